"""Grades on their way to the LMS's gradebook, and what the gradebook says of them."""
