"""Discussion: threads, replies, and what is new for whom."""
