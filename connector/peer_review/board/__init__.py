"""What a trainer reads of a peer review, and mends."""
