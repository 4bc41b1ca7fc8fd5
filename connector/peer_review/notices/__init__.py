"""What people are told of a peer review, and when they are reminded."""
