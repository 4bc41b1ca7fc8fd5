"""Reactions: what members find of posts in a word, which of them they keep, and which answers somebody vouches for."""
