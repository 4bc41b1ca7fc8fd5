"""Profile cards: what the members of a course may know of each other."""
