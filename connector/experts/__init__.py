"""Who knows what in a course: declared by members, confirmed by those who lead it, shown by answers."""
