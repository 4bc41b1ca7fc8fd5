"""What reviews come to, when authors read it, and what goes to the gradebook."""
