"""Who reviews what: for everybody at once, or one piece of work at a time; without a web, a database or a clock."""
