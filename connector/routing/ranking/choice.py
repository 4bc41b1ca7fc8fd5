"""Whom to ask: three lists put together, weighed by who has time, and two kinds of people picked from it."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime

from connector.routing.ranking.evidence import (
    ACTIVE,
    CLAIMED,
    MENTIONED,
    SIMILAR,
    TAG,
    TOPIC,
    Candidate,
    PastAnswer,
    Question,
    Ranked,
    Reason,
)
from connector.routing.ranking.lists import Scores, by_activity, by_documents, by_tags

_FLAT = 60
"""How little the first places differ. Source: Cormack, Clarke and Büttcher, Reciprocal Rank Fusion, SIGIR 2009."""
LOAD = 0.02
"""How much less likely each open request makes it that somebody is asked."""
DOCUMENTS, TAGS, ACTIVITY = "documents", "tags", "activity"
_LISTS = (DOCUMENTS, TAGS, ACTIVITY)
_NEVER = datetime.min.replace(tzinfo=UTC)
_ALIKE = 9
"""Digits to which scores must agree to be the same: sums of fractions differ by the order they are made in."""


def rank(
    question: Question,
    candidates: Sequence[Candidate],
    answers: Sequence[PastAnswer],
    *,
    now: datetime,
    load: float = LOAD,
) -> Sequence[Ranked]:
    """Return those who may be asked, the likeliest to answer first; of equal ones, who was asked longest ago.

    Args:
        load: How much each open request counts against being asked again.
    """
    able = [each for each in candidates if each.availability > 0]
    scores: Mapping[str, Scores] = {
        DOCUMENTS: by_documents(question, answers, now=now),
        TAGS: by_tags(question, answers, able),
        ACTIVITY: by_activity(able, now=now),
    }
    ids = {each.id for each in able}
    places: defaultdict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for name, each in scores.items():
        for id_, place in _places({id_: score for id_, score in each.items() if id_ in ids}).items():
            places[id_][name] = place
    given = _given(question, answers)
    ranked = [
        Ranked(
            candidate=each,
            score=_fuse(places[each.id].values()) * each.availability / (1 + load * each.open_requests),
            reasons=_reasons(question, each, places[each.id], given),
            lists=places[each.id],
        )
        for each in able
    ]
    return sorted(ranked, key=_order)


def choose_experts(ranked: Sequence[Ranked], *, most: int) -> Sequence[Ranked]:
    """Return the experts to ask, the likeliest first."""
    return [each for each in ranked if each.candidate.is_expert][:most]


def choose_peers(ranked: Sequence[Ranked], *, most: int) -> Sequence[Ranked]:
    """Return fellow learners to ask: the best of each list in turn, so that it is not always the same few."""
    peers = [each for each in ranked if not each.candidate.is_expert]
    queues = {name: sorted((each for each in peers if name in each.lists), key=_by(name)) for name in _LISTS}
    chosen: dict[uuid.UUID, Ranked] = {}
    while len(chosen) < most and any(queues.values()):
        for queue in queues.values():
            while queue and queue[0].candidate.id in chosen:
                queue.pop(0)
            if queue and len(chosen) < most:
                best = queue.pop(0)
                chosen[best.candidate.id] = best
    return list(chosen.values())


def _by(name: str) -> Callable[[Ranked], tuple[float, float, datetime, uuid.UUID]]:
    return lambda each: (_weakened(each, name), *_order(each))


def _weakened(each: Ranked, name: str) -> float:
    """Return a place in a list, the further back the less time somebody has: the score without the other lists."""
    candidate = each.candidate
    return -candidate.availability / ((_FLAT + each.lists[name]) * (1 + LOAD * candidate.open_requests))


def _order(each: Ranked) -> tuple[float, datetime, uuid.UUID]:
    return -round(each.score, _ALIKE), each.candidate.asked_at or _NEVER, each.candidate.id


def _places(scores: Scores) -> Mapping[uuid.UUID, int]:
    """Return everybody's place by score; equal ones share theirs."""
    ordered = sorted({round(score, _ALIKE) for score in scores.values()}, reverse=True)
    counts = Counter(round(score, _ALIKE) for score in scores.values())
    places, before = {}, 0
    for score in ordered:
        places[score] = before + 1
        before += counts[score]
    return {id_: places[round(score, _ALIKE)] for id_, score in scores.items()}


def _fuse(places: Collection[int]) -> float:
    return sum(1 / (_FLAT + place) for place in places)


def _given(question: Question, answers: Sequence[PastAnswer]) -> Mapping[uuid.UUID, Mapping[str, int]]:
    """Return how many answers people gave under each tag of the question, and each topic that it names."""
    found: defaultdict[uuid.UUID, Counter[str]] = defaultdict(Counter)
    about = question.tags | question.mentions
    for answer in answers:
        found[answer.author_id].update(answer.tags & about)
    return found


def _reasons(
    question: Question, candidate: Candidate, places: Mapping[str, int], given: Mapping[uuid.UUID, Mapping[str, int]]
) -> Sequence[Reason]:
    """Return why somebody is asked, the strongest reason first."""
    claims = candidate.claims - candidate.topics
    told = [
        (TOPIC, candidate.topics & question.tags),
        (MENTIONED, candidate.topics & question.mentions),
        (CLAIMED, claims & (question.tags | question.mentions)),
    ]
    reasons = [_about(question, code, tags) for code, tags in told if tags]
    counts = given.get(candidate.id, {})
    if tags := {tag for tag, count in counts.items() if count}:
        reasons.append(_about(question, TAG, tags, max(counts[tag] for tag in tags)))
    if DOCUMENTS in places:
        reasons.append(Reason(SIMILAR))
    if not reasons and ACTIVITY in places:
        reasons.append(Reason(ACTIVE))
    return reasons


def _about(question: Question, code: str, tags: Collection[str], count: int = 0) -> Reason:
    """Return a reason that names topics, with what the question calls them."""
    ordered = tuple(sorted(tags))
    return Reason(code, ordered, count, tuple((tag, question.called[tag]) for tag in ordered if tag in question.called))
