"""Lists over several pages: how many there are, and which one an address turns to."""


def pages_of(count: int, *, most: int) -> int:
    """Return how many pages a list has; an empty one has one.

    Args:
        most: How many stand on a page.
    """
    return max(-(-count // most), 1)


def turn_to(page: int, count: int, *, most: int) -> tuple[int, int]:
    """Return the page that is turned to, and how many there are; one that does not exist becomes the nearest that does.

    Args:
        page: From 1.
        count: How many the whole list has.
        most: How many stand on a page.
    """
    pages = pages_of(count, most=most)
    return min(max(page, 1), pages), pages
