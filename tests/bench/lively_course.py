"""Facts of a course that lives, as many as wanted: much is looked at, some written, a little asked and reviewed.

Acts belong together as they do in courses: threads get replies from others for some days and one in ten gets none,
questions get answers and some an accepted one, work gets four reviews, most of them in time. Always the same ones.
"""

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from connector.reports.models import milliseconds

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
DAYS = 180
BLOCK = 100
"""Facts that belong together."""
_TAGS = (["planning"], ["budget"], ["people"], ["planning", "people"], [])
_MIX = (("thread.viewed", 47), ("post.replied", 20), ("post.reacted", 12), ("thread.created", 4), ("question.asked", 3), ("question.answered", 5), ("answer.accepted", 2), ("question.resolved", 1), ("review.assigned", 2), ("review.submitted", 2), ("review.rated", 2))  # fmt: skip
"""Of each hundred."""


def make(size: int, feed_id: int, place_id: uuid.UUID, base: str, people: list[str]) -> Iterator[dict[str, Any]]:
    """Yield facts, the oldest first.

    Args:
        size: How many; a multiple of a hundred.
        base: The IRI of the activity that they happened in.
        people: As facts call them; the first ones do more than the last.
    """
    chance, blocks = random.Random(7), size // BLOCK  # noqa: S311 -- the same ones each time
    for block in range(blocks):
        moment = BEGIN + timedelta(days=DAYS) * (block / blocks)
        number = 0
        for event, count in _MIX:
            for place in range(count):
                at = moment + timedelta(seconds=number)
                who = people[int(len(people) * chance.random() ** 2)]
                other = people[int(len(people) * chance.random() ** 2)]
                yield {
                    "feed_id": feed_id, "id": uuid.uuid5(place_id, f"{block} {number}"), "stored": milliseconds(at),
                    "at": milliseconds(at), "day": at.toordinal(), "actor": who, "role": "learner", "event": event,
                    "verb": "https://w3id.org/xapi/acrossx/verbs/posted",
                    "object_type": "http://id.tincanapi.com/activitytype/forum-topic", "activity_id": place_id,
                    **_EMPTY, "parent": base, **_about(event, block, place, base, at, other, chance),
                }  # fmt: skip
                number += 1


_EMPTY = dict.fromkeys(("target", "about", "score", "rating", "seconds", "words", "due", "word", "tags", "criteria"))


def _about(
    event: str, block: int, place: int, base: str, at: datetime, other: str, chance: random.Random
) -> dict[str, Any]:
    """Return what an act is about: something that began some blocks ago."""
    earlier = max(block - chance.randrange(6), 0)
    name = f"{block}-{place}"
    if event.startswith("review."):
        return _of_review(event, block, earlier, place, base, at, other, chance)
    if event.startswith(("question.", "answer.")):
        return _of_question(event, name, 3 * block + place, 3 * earlier + place % 3, base, other)
    thread = 4 * earlier + place % 4
    match event:
        case "thread.created":
            return {"object": f"{base}/t/{4 * block + place}", "words": chance.randrange(300)}
        case "post.replied":
            parent = base if thread % 10 == 0 else f"{base}/t/{thread}"  # nobody answers every tenth
            return {"object": f"{base}/p/{name}", "parent": parent, "target": other, "words": place}
        case "thread.viewed":
            return {"object": f"{base}/t/{thread}"}
        case _:
            return {"object": f"{base}/p/{earlier}-{place}"}


def _of_question(event: str, name: str, new: int, known: int, base: str, other: str) -> dict[str, Any]:
    question = f"{base}/q/{known}"
    match event:
        case "question.asked":
            return {"object": f"{base}/q/{new}", "tags": _TAGS[new // 3 % len(_TAGS)], "words": 30}
        case "question.answered":
            return {"object": question, "about": f"{base}/a/{name}", "target": other, "seconds": 3600.0}
        case "answer.accepted":
            return {"object": f"{base}/a/{name}", "parent": question, "target": other}
        case _:
            return {"object": question, "word": "asker"}


def _of_review(
    event: str, block: int, earlier: int, place: int, base: str, at: datetime, other: str, chance: random.Random
) -> dict[str, Any]:
    if event == "review.assigned":
        review, due = 2 * block + place, milliseconds(at + timedelta(days=7))
        return {"object": f"{base}/r/{review}", "parent": f"{base}/w/{review // 4}", "due": due}
    if event == "review.rated":
        return {"object": f"{base}/r/{2 * max(block - 8, 0) + place}", "rating": chance.randrange(3) / 2}
    review = 2 * earlier + place
    criteria = {f"{base}/criteria/{each}": chance.randrange(5) / 4 for each in range(4)}
    return {
        "object": f"{base}/w/{review // 4}", "about": f"{base}/r/{review}", "target": other, "seconds": 600.0,
        "score": sum(criteria.values()) / 4, "words": 120, "criteria": criteria,
    }  # fmt: skip
