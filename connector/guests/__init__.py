"""Experts from outside: invited by mail to one question, or to the questions of one activity, without an LMS account.

A guest comes in by a link that is theirs alone, and by a code from their mailbox on each new browser. They see what they
were invited to under pseudonyms, and nothing else: their addresses begin with `/guest/`, and no page of a visit knows them.
"""
