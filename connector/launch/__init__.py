"""Launches: from an LMS's login request to a page inside a launch session."""
