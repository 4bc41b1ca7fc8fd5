"""The knowledge pool of a course: what proved right, kept as entries that somebody looks after and that are looked at again.

An entry begins as an answer, as a post, or from scratch. Who should know keeps it right; others propose changes.
"""
