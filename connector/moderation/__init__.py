"""What members report, and what those who lead a course do about posts and threads: logged, with a reason, reversible."""
