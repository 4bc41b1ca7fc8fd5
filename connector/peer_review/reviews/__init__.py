"""Writing a review, sending it, and what is said about it between reviewer and author."""
