"""Three opinions on who can answer a question: what people wrote, what they know, and how lately they were here."""

import math
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from connector.routing.ranking.evidence import Candidate, PastAnswer, Question

_K1, _B = 1.2, 0.75
"""BM25's own constants. Source: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009, 3.4."""
_ANSWER_HALF_LIFE, _ACTIVE_HALF_LIFE = timedelta(days=90), timedelta(days=30)
_CONFIRMED, _CLAIMED = 2.0, 0.5
"""What a confirmed topic counts for, beside answers, and what one that nobody has confirmed yet."""
_MENTIONED = 0.5
"""How much less a topic counts that the question's words name: who asked did not say that it is about that."""
_ACCEPTED, _THANKS = 0.3, 0.15

Scores = Mapping[uuid.UUID, float]
"""Of candidates, those without any left out."""


def by_documents(question: Question, answers: Sequence[PastAnswer], *, now: datetime) -> Scores:
    """Return how well what people wrote fits the question: the document model, each answer weighed by its quality and age.

    Source: Balog, Azzopardi and de Rijke, Formal Models for Expert Finding in Enterprise Corpora, SIGIR 2006, model 2.
    """
    wanted = set(question.terms)
    if not wanted or not answers:
        return {}
    having = Counter(term for answer in answers for term in wanted.intersection(answer.terms))
    idf = {term: _rarity(having[term], len(answers)) for term in having}
    length = sum(len(answer.terms) for answer in answers) / len(answers) or 1.0
    scores: defaultdict[uuid.UUID, float] = defaultdict(float)
    for answer in answers:
        if fit := _bm25(answer.terms, idf, length):
            scores[answer.author_id] += fit * quality(answer) * _decay(answer.at, _ANSWER_HALF_LIFE, now)
    return dict(scores)


def by_tags(question: Question, answers: Sequence[PastAnswer], candidates: Iterable[Candidate]) -> Scores:
    """Return how much people answered under the question's tags and the topics that its words name, and which they know."""
    weights = dict.fromkeys(question.mentions, _MENTIONED) | dict.fromkeys(question.tags, 1.0)
    if not weights:
        return {}
    used = Counter(tag for answer in answers for tag in answer.tags)
    told = {tag: weight * _rarity(used[tag], len(answers)) for tag, weight in weights.items()}
    given: Counter[tuple[uuid.UUID, str]] = Counter(
        (answer.author_id, tag) for answer in answers for tag in answer.tags & weights.keys()
    )
    scores: defaultdict[uuid.UUID, float] = defaultdict(float)
    for (author_id, tag), count in given.items():
        scores[author_id] += told[tag] * math.log1p(count)
    for candidate in candidates:
        known = sum(weights.get(tag, 0.0) for tag in candidate.topics)
        said = sum(weights.get(tag, 0.0) for tag in candidate.claims - candidate.topics)
        if known or said:
            scores[candidate.id] += _CONFIRMED * known + _CLAIMED * said
    return dict(scores)


def by_activity(candidates: Iterable[Candidate], *, now: datetime) -> Scores:
    """Return how lately and how often people were active."""
    scores = {each.id: sum(_decay(at, _ACTIVE_HALF_LIFE, now) for at in each.active_at) for each in candidates}
    return {id_: score for id_, score in scores.items() if score > 0}


def quality(answer: PastAnswer) -> float:
    """Return how much an answer counts for: more where it was accepted, or people gave thanks."""
    return 1 + _ACCEPTED * answer.is_accepted + _THANKS * math.log1p(answer.thanks)


def _bm25(terms: Sequence[str], idf: Mapping[str, float], average: float) -> float:
    counts = Counter(term for term in terms if term in idf)
    norm = _K1 * (1 - _B + _B * len(terms) / average)
    return sum(idf[term] * count * (_K1 + 1) / (count + norm) for term, count in counts.items())


def _rarity(having: int, documents: int) -> float:
    return math.log(1 + (max(documents - having, 0) + 0.5) / (having + 0.5))


def _decay(at: datetime, half_life: timedelta, now: datetime) -> float:
    return math.exp2(-(max(now - at, timedelta(0)) / half_life))
