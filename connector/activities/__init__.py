"""Activities: what trainers place in a course, whatever kind it is."""
