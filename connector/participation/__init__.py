"""What taking part in an activity means: what counts, when it is complete, and how it becomes a grade."""
