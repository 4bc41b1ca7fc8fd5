"""What a member says to know, and how that shows: answers under any word for a topic count for it."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from connector.courses.models import Membership
from connector.experts.evidence import Answer
from connector.experts.models import Claim, Topic
from connector.experts.wording import list_words
from connector.search.naming import Wording, wording
from connector.web.i18n import ngettext


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Something that a member says to know."""

    tag: str
    claim: Claim
    others: Sequence[str] = ()
    """What the course calls it as well."""
    suggested: Sequence[str] = ()
    """What the member says that it is called as well, and nobody has decided on; for those who lead the course."""
    evidence: str
    """How it shows, in words; empty where nothing shows it yet."""
    decided_by: Membership | None = None
    """Who confirmed or declined it; None where nobody has, or where they are forgotten."""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What a course calls its topics."""

    wording: Wording
    suggested: Mapping[tuple[uuid.UUID, str], Sequence[str]]
    """By who suggests them, and by the topic."""


def known_topics(topics: Sequence[Topic], answers: Sequence[Answer], words: Words) -> Sequence[Known]:
    """Return what a member says to know, with how it shows: answers under any word for it count."""
    counts = Counter(name for answer in answers for name in words.wording.names(answer.tags))
    found = []
    for topic in topics:
        count = max(counts[name] for name in words.wording.names([topic.tag]))
        found.append(
            Known(
                tag=topic.tag,
                claim=topic.claim,
                decided_by=topic.decided_by,
                decided_at=topic.decided_at,
                others=words.wording.synonyms(topic.tag),
                suggested=words.suggested.get((topic.member_id, topic.tag), ()),
                evidence=in_answers(count) if count else "",
            )
        )
    return found


def words_of(session: Session, reader: Membership) -> Words:
    """Return what the reader's course calls things, and what waits for those who lead it, where the reader does; one query."""
    rows = [each for words in list_words(session, reader.course_id).values() for each in words]
    suggested: defaultdict[tuple[uuid.UUID, str], list[str]] = defaultdict(list)
    for each in rows:
        if each.said_by_id is not None and reader.is_staff:
            suggested[each.said_by_id, each.tag].append(each.word)
    return Words(wording((each.tag, each.word) for each in rows if each.said_by_id is None), suggested)


def in_answers(count: int) -> str:
    """Return how many questions somebody has answered, in words."""
    return ngettext("answered %(num)s question", "answered %(num)s questions", count)
