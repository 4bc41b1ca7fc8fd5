"""A little LMS on lti1p3platform, for the demo, local development and tests: courses, people, roster, gradebook, tools.

It plays an LMS by the letter, Moodle, or Canvas (`modes`), and can be made to fail (`switches`). It is written against the
specifications, not against our tool: of `lti` it knows only the names in `lti.claims`.
"""
