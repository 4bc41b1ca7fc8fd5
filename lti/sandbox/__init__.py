"""A little LMS on lti1p3platform, for the demo, local development and tests: courses, people, roster, gradebook.

It is written against the specifications, not against our tool: of `lti` it knows only the names in `lti.claims`.
"""
