"""The pages of a peer review: what is asked of people, and what they are told."""
