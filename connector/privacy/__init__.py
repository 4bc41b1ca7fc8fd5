"""What people may ask of us about themselves: not to be recorded, and to be forgotten."""
