"""The private notebook: what somebody thinks for themselves in a course, beside what they say to the others."""
