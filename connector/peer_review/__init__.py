"""Peer review: who reviews whose work, and what the reviews say together."""
