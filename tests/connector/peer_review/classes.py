"""Reviews for tests: a class whose grades are known."""

import random

from connector.peer_review.aggregation.reviews import Review


def reviews(
    count: int = 24, given: int = 4, *, seed: int = 1, bias: dict[int, float] | None = None, spread: float = 6.0
) -> tuple[list[Review], dict[str, float]]:
    """Return reviews of a class in a circle, and what the work is worth; some reviewers have a bias."""
    rng = random.Random(seed)  # noqa: S311 -- made-up scores
    worth = [min(95.0, max(30.0, rng.gauss(70, 12))) for _ in range(count)]
    found = []
    for who in range(count):
        for step in rng.sample(range(1, count), given):
            work = (who + step) % count
            said = worth[work] + (bias or {}).get(who, 0.0) + rng.gauss(0, spread)
            found.append(Review(f"p{who:02}", f"w{work:02}", min(100.0, max(0.0, said))))
    return found, {f"w{number:02}": value for number, value in enumerate(worth)}
