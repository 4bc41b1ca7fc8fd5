"""Who reviews what: at once for a class, or one after the other on demand."""
