"""What people write: normalised, rendered and limited in one way for every activity."""
