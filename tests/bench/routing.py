"""Routing replayed in time order: whom it would have asked, against who gave the accepted answer, and who bears the load.

The history is made up, by a design that is fixed below: experts know a few topics well and answer now and then; five busy
generalists answer everything, and seldom best. Where KRING_DUMP names a folder with the Posts.xml of a Stack Exchange dump,
its history is replayed too; nothing of such a dump is kept here.
"""

import os
import random
import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

from connector.routing.ranking.choice import choose_experts, choose_peers, rank
from connector.routing.ranking.evidence import Candidate, PastAnswer, Question, Ranked
from connector.search.languages import is_stop_word
from connector.search.words import stem, tokens

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
AT, BUSIEST = 3, 5
OPEN_FOR = timedelta(days=2)
"""How long a request stays open, for the load."""
WEEK = timedelta(days=7)
WARM_UP = 0.25
"""The part of the history that is only learned from."""

# The design of the made-up history.
TOPICS, EXPERTS_PER_TOPIC, GENERALISTS, BYSTANDERS, QUESTIONS = 12, 3, 5, 20, 600
OF_TOPIC, COMMON = 40, 300
TAGGED = 0.7
MINUTES_BETWEEN = 7 * 60
GENERALISTS_ACTIVITY = 4.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a history, with its answers."""

    at: datetime
    asker: uuid.UUID
    terms: Sequence[str]
    tags: frozenset[str]
    answers: Sequence[tuple[uuid.UUID, Sequence[str], timedelta]]
    """Who answered, with which words, after how long."""
    accepted: uuid.UUID | None


@dataclass(slots=True)
class Past:
    """What is known at a moment of a replay."""

    answers: list[PastAnswer] = field(default_factory=list)
    active: defaultdict[uuid.UUID, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    asked: defaultdict[uuid.UUID, list[datetime]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class Figures:
    """How a method did."""

    answered: float
    """On which share of questions it would have asked one of those who answered."""
    accepted: float
    """On which share of those with an accepted answer it would have asked its author."""
    busiest: float
    """Which share of all requests went to the five who got most."""


Method = Callable[[Question, Past, Sequence[uuid.UUID], datetime], Sequence[uuid.UUID]]
"""Takes a question and who may be asked; returns whom it asks, at most `AT`."""


# --- methods ----------------------------------------------------------------------------------------------------------
def by_ranking(question: Question, past: Past, people: Sequence[uuid.UUID], now: datetime) -> Sequence[uuid.UUID]:
    """Ask whom Kring would ask if nobody had said anything: no topic is confirmed, nobody has named a capacity."""
    return [each.candidate.id for each in _rank(question, past, people, now, {}, {})[:AT]]


def by_first_wave(
    question: Question,
    past: Past,
    people: Sequence[uuid.UUID],
    now: datetime,
    *,
    topics: Mapping[uuid.UUID, frozenset[str]],
    capacity: Mapping[uuid.UUID, int],
) -> Sequence[uuid.UUID]:
    """Ask whom Kring would ask first: up to two experts, and peers from different lists.

    Args:
        topics: What people are confirmed to know.
        capacity: How many questions a week they want at most.
    """
    ranked = _rank(question, past, people, now, topics, capacity)
    experts = choose_experts(ranked, most=AT - 1)
    peers = choose_peers(ranked, most=AT - len(experts))
    return [each.candidate.id for each in (*experts, *peers)]


def _rank(
    question: Question,
    past: Past,
    people: Sequence[uuid.UUID],
    now: datetime,
    topics: Mapping[uuid.UUID, frozenset[str]],
    capacity: Mapping[uuid.UUID, int],
) -> Sequence[Ranked]:
    candidates = []
    for each in people:
        known = topics.get(each, frozenset())
        lately = sum(at > now - WEEK for at in past.asked[each])
        candidates.append(
            Candidate(
                id=each,
                is_expert=bool(known & question.tags),
                topics=known,
                availability=float(lately < capacity.get(each, lately + 1)),
                open_requests=sum(at > now - OPEN_FOR for at in past.asked[each]),
                asked_at=past.asked[each][-1] if past.asked[each] else None,
                active_at=past.active[each],
            )
        )
    return rank(question, candidates, past.answers, now=now)


def by_most_answers(
    _question: Question, past: Past, people: Sequence[uuid.UUID], _now: datetime
) -> Sequence[uuid.UUID]:
    """Ask who has answered most."""
    counts = Counter(answer.author_id for answer in past.answers)
    return sorted(people, key=lambda each: (-counts[each], each))[:AT]


def by_chance(question: Question, _past: Past, people: Sequence[uuid.UUID], now: datetime) -> Sequence[uuid.UUID]:
    """Ask anybody."""
    chance = random.Random(f"{now} {len(question.terms)}")  # noqa: S311 -- the same in every run
    return chance.sample(list(people), min(AT, len(people)))


METHODS: dict[str, Method] = {
    "chance": by_chance,
    "most answers": by_most_answers,
    "Kring, where nothing is said": by_ranking,
}


# --- the replay -------------------------------------------------------------------------------------------------------
def replay(history: Sequence[Asked], method: Method) -> Figures:
    """Go through a history, asking by a method; everybody who has answered before may be asked, but for who asks."""
    past, loads = Past(), Counter[uuid.UUID]()
    tried = answered = accepted = with_accepted = 0
    waiting: list[tuple[datetime, PastAnswer]] = []
    first = int(len(history) * WARM_UP)
    for number, asked in enumerate(history):
        waiting = _learn(past, waiting, asked.at)
        known = sorted({answer.author_id for answer in past.answers} - {asked.asker})
        if number >= first and known:
            chosen = method(Question(terms=asked.terms, tags=asked.tags), past, known, asked.at)
            loads.update(chosen)
            for each in chosen:
                past.asked[each].append(asked.at)
            authors = {author for author, _, _ in asked.answers} & set(known)
            tried += bool(authors)
            answered += bool(authors & set(chosen))
            with_accepted += asked.accepted in authors
            accepted += asked.accepted in authors and asked.accepted in chosen
        waiting += [(asked.at + after, _past(asked, author, terms, after)) for author, terms, after in asked.answers]
        past.active[asked.asker].append(asked.at)
    busiest = sum(count for _, count in loads.most_common(BUSIEST))
    return Figures(answered / max(tried, 1), accepted / max(with_accepted, 1), busiest / max(loads.total(), 1))


def _learn(past: Past, waiting: list[tuple[datetime, PastAnswer]], now: datetime) -> list[tuple[datetime, PastAnswer]]:
    for at, answer in waiting:
        if at <= now:
            past.answers.append(answer)
            past.active[answer.author_id].append(at)
    return [each for each in waiting if each[0] > now]


def _past(asked: Asked, author: uuid.UUID, terms: Sequence[str], after: timedelta) -> PastAnswer:
    return PastAnswer(
        author_id=author,
        terms=[*asked.terms, *terms],
        tags=asked.tags,
        at=asked.at + after,
        is_accepted=author == asked.accepted,
    )


# --- a history that is made up ----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Course:
    """A course that is made up: its history, and what its people have said."""

    history: Sequence[Asked]
    topics: Mapping[uuid.UUID, frozenset[str]]
    """What people are confirmed to know: of each three experts, two have said so."""
    capacity: Mapping[uuid.UUID, int]
    """How many questions a week they want at most."""

    def first_wave(self) -> Method:
        """Return how Kring asks in this course."""
        return partial(by_first_wave, topics=self.topics, capacity=self.capacity)


def make_course(seed: int = 1, *, questions: int = QUESTIONS) -> Course:
    """Return half a year of a course: whose topics, experts and busy people are known, because they were drawn here."""
    chance = random.Random(seed)  # noqa: S311 -- the same history in every run
    experts = [uuid.UUID(int=chance.getrandbits(128)) for _ in range(TOPICS * EXPERTS_PER_TOPIC)]
    generalists = [uuid.UUID(int=chance.getrandbits(128)) for _ in range(GENERALISTS)]
    bystanders = [uuid.UUID(int=chance.getrandbits(128)) for _ in range(BYSTANDERS)]
    topic_of = {expert: number % TOPICS for number, expert in enumerate(experts)}
    activity = {
        **{expert: chance.uniform(0.3, 1.0) for expert in experts},
        **dict.fromkeys(generalists, GENERALISTS_ACTIVITY),
        **dict.fromkeys(bystanders, 0.15),
    }

    def skill(person: uuid.UUID, topic: int) -> float:
        if person in topic_of:
            return 0.95 if topic_of[person] == topic else 0.1
        return 0.35 if person in generalists else 0.1

    people = [*experts, *generalists, *bystanders]
    weights = [1 / (place + 2) for place in range(TOPICS)]
    history = []
    for number in range(questions):
        topic = chance.choices(range(TOPICS), weights)[0]
        asker = chance.choice(bystanders)
        eager = [0.0 if each == asker else activity[each] * (0.05 + skill(each, topic)) ** 2 for each in people]
        authors = list(dict.fromkeys(chance.choices(people, eager, k=chance.choice((1, 2, 2, 3)))))
        best = max(authors, key=lambda each: skill(each, topic) + chance.gauss(0, 0.15))
        history.append(
            Asked(
                at=BEGINNING + timedelta(minutes=MINUTES_BETWEEN * number),
                asker=asker,
                terms=_terms(chance, topic, 14),
                tags=frozenset({f"topic {topic}"}) if chance.random() < TAGGED else frozenset(),
                answers=[
                    (each, _terms(chance, topic, 25), timedelta(hours=chance.expovariate(1 / 8))) for each in authors
                ],
                accepted=best if chance.random() < 0.4 + 0.5 * skill(best, topic) else None,
            )
        )
    declared = {each: frozenset({f"topic {topic_of[each]}"}) for each in experts[: 2 * TOPICS]}
    return Course(history, declared, dict.fromkeys(generalists, 8) | dict.fromkeys([*experts, *bystanders], 5))


def _terms(chance: random.Random, topic: int, count: int) -> Sequence[str]:
    """Return words of which a third are the topic's own."""
    own = [f"t{topic}w{int(OF_TOPIC * chance.random() ** 2)}" for _ in range(count // 3)]
    return [*own, *(f"w{int(COMMON * chance.random() ** 2)}" for _ in range(count - len(own)))]


# --- a history from a dump --------------------------------------------------------------------------------------------
def read_dump(folder: Path) -> Sequence[Asked]:
    """Return the history of a Stack Exchange site, from its Posts.xml."""
    questions: dict[str, dict[str, str]] = {}
    answers: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for _event, row in ET.iterparse(folder / "Posts.xml"):  # noqa: S314 -- a file that whoever runs this has chosen
        if row.get("PostTypeId") == "1":
            questions[row.attrib["Id"]] = dict(row.attrib)
        elif row.get("PostTypeId") == "2":
            answers[row.attrib["ParentId"]].append(dict(row.attrib))
        row.clear()
    return [
        _of_dump(row, answers[id_]) for id_, row in sorted(questions.items(), key=lambda each: each[1]["CreationDate"])
    ]


def _of_dump(row: dict[str, str], answers: Sequence[dict[str, str]]) -> Asked:
    at = _time(row)
    accepted = next((each for each in answers if each["Id"] == row.get("AcceptedAnswerId")), None)
    return Asked(
        at=at,
        asker=_user(row),
        terms=_words(f"{row.get('Title', '')} {row.get('Body', '')}"),
        tags=frozenset(re.findall(r"[^<>|]+", row.get("Tags", ""))),
        answers=[(_user(each), _words(each.get("Body", "")), _time(each) - at) for each in answers],
        accepted=None if accepted is None else _user(accepted),
    )


def _time(row: dict[str, str]) -> datetime:
    return datetime.fromisoformat(row["CreationDate"]).replace(tzinfo=UTC)


def _user(row: dict[str, str]) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, row.get("OwnerUserId") or f"gone {row['Id']}")


def _words(text: str) -> Sequence[str]:
    plain = re.sub(r"<[^>]+>", " ", text)
    return [stem(each.word, "en") for each in tokens(plain) if not is_stop_word(each.word, "en")]


# --- figures ----------------------------------------------------------------------------------------------------------
def main() -> None:
    """Print figures for the history that is made up, and for a dump where one is named."""
    course = make_course()
    _print("made up", course.history, METHODS | {"Kring, topics and capacity said": course.first_wave()})
    if folder := os.environ.get("KRING_DUMP"):
        _print(Path(folder).name, read_dump(Path(folder)), METHODS)


def _print(name: str, history: Sequence[Asked], methods: Mapping[str, Method]) -> None:
    print(f"{f'{name}, {len(history)} questions':40}{'Hit@3':>10}{'accepted Hit@3':>18}{'on 5 busiest':>16}")
    for told, method in methods.items():
        found = replay(history, method)
        print(f"  {told:38}{found.answered:>10.2f}{found.accepted:>18.2f}{found.busiest:>16.0%}", flush=True)


if __name__ == "__main__":
    main()
