"""What authors hand in, alone or as a group, and what becomes of it."""
