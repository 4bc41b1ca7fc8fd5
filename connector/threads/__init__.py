"""Threads and their posts: what discussions, and questions to experts, are made of."""
