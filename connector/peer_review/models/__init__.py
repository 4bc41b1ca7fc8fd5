"""What is stored of a peer review."""
