"""Whom a question goes to, wave after wave, until somebody has answered it."""
