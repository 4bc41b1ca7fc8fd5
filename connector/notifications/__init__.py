"""Notices: what a member is told of, in the bell and by mail; and who wants to be told of what."""
