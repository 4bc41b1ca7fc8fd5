"""Search over 100,000 posts, suggestions among 20,000 questions, and how many duplicates are suggested.

Ratios are against LIKE in the same run: one pass over the same rows that counts what has all the words, which finds no
other form of a word, no compound and no slip, and ranks nothing. For suggestions, LIKE ranks by the words that match.
"""

import itertools
import random
import re
import statistics
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.db import Database
from connector.search import services
from connector.search.languages import LANGUAGES, STOP_WORDS
from connector.search.models import SearchDocument
from connector.search.services import Document
from connector.serving import settle
from tests import make
from tests.bench import databases
from tests.connector.search.shelf import read_pairs

POSTS, IN_COURSE, QUESTIONS = 100_000, 20_000, 20_000
VOCABULARY = 20_000
ROUNDS = 20
LIMIT = 20
AT = 5
SHORTEST = 5


def main() -> None:
    """Print figures for each engine."""
    for language in LANGUAGES:
        _vocabulary(language)
    with databases.each() as each:
        settle()  # as the server does, once it has begun
        for name, database in each.items():
            print(f"-- {name}")
            _duplicates(database)
            _posts(database)
            _questions(database)


# --- how many duplicates are suggested -------------------------------------------------------------------------------
def _duplicates(database: Database) -> None:
    """Print recall on the questions in tests/fixtures, and on which share LIKE would suggest."""
    print(f"{'duplicates suggested':28}{'R@1':>8}{'R@5':>8}{'LIKE R@5':>10}{'ratio':>8}{'untagged':>10}")
    for language in LANGUAGES:
        one, five, like = _recall(database, language, language)
        _, untagged, _ = _recall(database, language, None)
        print(f"{language:28}{one:>8.3f}{five:>8.3f}{like:>10.3f}{five / like:>7.1f}x{untagged:>10.3f}")


def _recall(database: Database, language: str, tag: str | None) -> tuple[float, float, float]:
    pairs, others = read_pairs(language)
    with database.session(writes=True) as session:
        activity = make.activity(session)
        ids = {question: uuid.uuid4() for question in (*itertools.chain(*pairs), *others)}
        for question, id_ in ids.items():
            services.index(session, _document(activity, question, "", id_=id_, language=tag))
        wanted = [(one, other) for pair in pairs for one, other in (pair, pair[::-1])]
        first = five = like = 0
        for one, other in wanted:
            found = services.similar(
                session, one, "", course_id=activity.course_id, among=None, limit=AT, excepting=ids[one]
            )
            first += found[:1] == [ids[other]]
            five += ids[other] in found
            like += ids[other] in _like_ranked(session, activity, one, excepting=ids[one])
        session.rollback()
    return first / len(wanted), five / len(wanted), like / len(wanted)


def _like_ranked(session: Session, activity: Activity, question: str, *, excepting: uuid.UUID) -> Sequence[uuid.UUID]:
    words = dict.fromkeys(re.findall(r"\w+", question.lower()))
    matched = sum(
        case((func.lower(SearchDocument.title).contains(word, autoescape=True), 1), else_=0) for word in words
    )
    found = select(SearchDocument.id).where(
        SearchDocument.course_id == activity.course_id, SearchDocument.id != excepting
    )
    return session.scalars(found.order_by(matched.desc(), SearchDocument.number).limit(AT)).all()


# --- posts -----------------------------------------------------------------------------------------------------------
def _posts(database: Database) -> None:
    """Index posts of one course of IN_COURSE and of many small ones; search the large one."""
    chance = random.Random(1)  # noqa: S311 -- the same texts in every run
    with database.session(writes=True) as session:
        activity = make.activity(session)
        others = [make.activity(session) for _ in range(40)]
        session.commit()
        for have, count in ((0, 1_000), (1_000, IN_COURSE)):
            seconds = _fill(session, [activity], chance, count - have)
            print(f"indexed {count - have:,} posts: {seconds / (count - have) * 1000:.2f} ms each")
            _searches(session, activity, f"{count:,} posts in the course")
        seconds = _fill(session, others, chance, POSTS - IN_COURSE)
        print(
            f"indexed {POSTS - IN_COURSE:,} posts of 40 other courses: {seconds / (POSTS - IN_COURSE) * 1000:.2f} ms each"
        )
        databases.analyse(session, "search_document", "search_word")
        _searches(session, activity, f"{IN_COURSE:,} posts in the course, {POSTS:,} in all")
        session.execute(SearchDocument.__table__.delete())
        session.commit()


def _fill(session: Session, activities: Sequence[Activity], chance: random.Random, count: int) -> float:
    """Index posts in batches, as many transactions would; return the seconds that took."""
    documents = [
        _document(chance.choice(activities), *texts(chance, (4, 9), (20, 90)), after=number) for number in range(count)
    ]
    started = time.perf_counter()
    for start in range(0, count, 100):
        services.index(session, *documents[start : start + 100])
        session.commit()
    return time.perf_counter() - started


def _searches(session: Session, activity: Activity, told: str) -> None:
    everything = select(SearchDocument.id).where(SearchDocument.activity_id == activity.id)
    print(f"{told:44}{'p50':>11}{'p95':>11}{'cpu p95':>11}{'LIKE p50':>12}{'ratio':>8}")
    for name, make_query in KINDS.items():
        chance = random.Random(2)  # noqa: S311 -- the same texts in every run
        ours, likes = [], []
        for _ in range(ROUNDS):
            query = make_query(chance)
            ours.append(_timed(lambda query=query: _search(session, activity, query, everything)))
            likes.append(_timed(lambda query=query: _like(session, activity, query)))
        _row(name, ours, likes)


def _search(session: Session, activity: Activity, query: str, among: object) -> None:
    services.search(session, query, course_id=activity.course_id, among=among, limit=LIMIT)


def _like(session: Session, activity: Activity, query: str) -> None:
    words = re.findall(r"\w+", query)[:12] or [query]
    both = func.lower(SearchDocument.title + " " + SearchDocument.text)
    session.scalar(
        select(func.count()).where(
            SearchDocument.course_id == activity.course_id,
            and_(*(both.contains(word, autoescape=True) for word in words)),
        )
    )


# --- questions -------------------------------------------------------------------------------------------------------
def _questions(database: Database) -> None:
    """Ask for questions like one that is typed, in a course with more and more of them."""
    chance = random.Random(3)  # noqa: S311 -- the same texts in every run
    print(f"{'suggestions while typing':44}{'p50':>11}{'p95':>11}{'cpu p95':>11}{'LIKE p50':>12}{'ratio':>8}")
    with database.session(writes=True) as session:
        activity = make.activity(session)
        everything = select(SearchDocument.id).where(SearchDocument.activity_id == activity.id)
        have = 0
        for count in (2_000, QUESTIONS):
            documents = [
                _document(activity, *texts(chance, (5, 12), (0, 40)), after=number) for number in range(have, count)
            ]
            services.index(session, *documents)
            session.commit()
            have = count
            databases.analyse(session, "search_document", "search_word")
            for told, words in (("title", 0), ("title and text", 60)):
                asked = [texts(chance, (5, 12), (words, words)) for _ in range(5 * ROUNDS)]
                ours = [_timed(lambda one=one: _similar(session, activity, one, everything)) for one in asked]
                likes = [
                    _timed(lambda one=one: _like_ranked(session, activity, one[0], excepting=uuid.uuid4()))
                    for one in asked
                ]
                _row(f"{told}, {count:,} questions", ours, likes)
        session.execute(SearchDocument.__table__.delete())
        session.commit()


def _similar(session: Session, activity: Activity, question: Sequence[str], among: object) -> None:
    services.similar(session, *question, course_id=activity.course_id, among=among, limit=AT)


# --- texts -----------------------------------------------------------------------------------------------------------
_vocabularies: dict[str, tuple[list[str], list[float]]] = {}
_SOUNDS = {
    "da": ("b bl br d dr f fl fr g gr h j k kl kr l m n p pr r s sk sl sp st t tr v", "a e i o u y æ ø å", "d g k l n nd r rd s st t v ng"),
    "sv": ("b bl br d dr f fl fr g gr h j k kl kr l m n p pr r s sk sl sp st t tr v", "a e i o u y ä ö å", "d g k l n nd r rd s st t tt ng"),
    "nl": ("b bl br d dr g gr h j k kl kr l m n p pr r s sch sl sp st t tr v w z", "a aa e ee i ie o oe oo u ui ij", "d f g k l n nd p r rt s t cht"),
    "en": ("b bl br c ch cl d dr f fl g gr h j l m n p pl pr r s sh sl sp st t th tr w", "a ai e ea i o oa oo u", "b ck d g l ll m n nd nt p r rt s t ve"),
}  # fmt: skip


def _vocabulary(language: str) -> tuple[list[str], list[float]]:
    """Return words of a language and how often each comes, by Zipf's law: small words first, compounds everywhere."""
    if language not in _vocabularies:
        chance = random.Random(language)  # noqa: S311 -- the same texts in every run
        onsets, vowels, codas = (sounds.split() for sounds in _SOUNDS[language])
        words = dict.fromkeys(sorted(STOP_WORDS[language]))
        while len(words) < VOCABULARY:
            if len(words) > 500 and chance.random() < 0.3:
                word = "".join(chance.choices(list(words)[200:500], k=2))
            else:
                count = chance.choice((1, 1, 2, 2, 2, 3))
                word = "".join(
                    chance.choice(onsets) + chance.choice(vowels) + chance.choice((*codas, "")) for _ in range(count)
                )
            words[word] = None
        weights = [1 / (rank + 2.7) for rank in range(VOCABULARY)]
        _vocabularies[language] = list(words), list(itertools.accumulate(weights))
    return _vocabularies[language]


def _words(chance: random.Random, count: int, language: str) -> list[str]:
    words, weights = _vocabulary(language)
    return chance.choices(words, cum_weights=weights, k=count)


def texts(chance: random.Random, *lengths: tuple[int, int]) -> list[str]:
    """Return texts in one language, each with between so many words."""
    language = chance.choice(LANGUAGES)
    return [" ".join(_words(chance, chance.randint(*each), language)) for each in lengths]


def _ranked(first: int, last: int) -> Callable[[random.Random], str]:
    """Return how to choose a word of those ranks."""
    return lambda chance: chance.choice(
        [word for word in _vocabulary(chance.choice(LANGUAGES))[0][first:last] if len(word) >= SHORTEST]
    )


def _several(chance: random.Random) -> str:
    words, _ = _vocabulary(chance.choice(LANGUAGES))
    return " ".join(chance.sample(words[200:600], 3))


def _slip(chance: random.Random) -> str:
    word = _ranked(300, 1_500)(chance)
    at = chance.randint(1, len(word) - 2)
    return f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}"


KINDS: dict[str, Callable[[random.Random], str]] = {
    "a common word": _ranked(160, 220),
    "a rare word": _ranked(5_000, 15_000),
    "three words": _several,
    "part of a compound": lambda chance: _ranked(300, 2_000)(chance)[:5],
    "a slip of the finger": _slip,
    "a beginning*": lambda chance: f"{_ranked(300, 2_000)(chance)[:4]}*",
    '"two in order"': lambda chance: '"{} {}"'.format(*chance.sample(_vocabulary("da")[0][160:300], 2)),
    "small words only": lambda chance: " ".join(chance.sample(sorted(STOP_WORDS["da"] & STOP_WORDS["sv"]), 2)),
    "nonsense": lambda chance: "".join(chance.choices("qxzwj", k=9)),
    "10,000 characters": lambda chance: " ".join(_words(chance, 2_000, "nl"))[:10_000],
}


def _document(
    activity: Activity,
    title: str,
    text: str,
    *,
    after: int = 0,
    id_: uuid.UUID | None = None,
    language: str | None = None,
) -> Document:
    at = make.NOW + timedelta(seconds=after)
    return Document(id_ or uuid.uuid4(), "post", activity.course_id, activity.id, title, text, language, at)


# --- figures ---------------------------------------------------------------------------------------------------------
def _timed(do: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that passed, and those of a processor that this process had."""
    started, began = time.perf_counter(), time.process_time()
    do()
    return time.perf_counter() - started, time.process_time() - began


def _row(told: str, ours: Sequence[tuple[float, float]], likes: Sequence[tuple[float, float]]) -> None:
    passed, busy = ([1000 * each for each in figures] for figures in zip(*ours, strict=True))
    median, like = statistics.median(passed), statistics.median(each for each, _busy in likes) * 1000
    p95s = [statistics.quantiles(each, n=20)[-1] for each in (passed, busy)]
    print(
        f"  {told:42}{median:>8.1f} ms{p95s[0]:>8.1f} ms{p95s[1]:>8.1f} ms{like:>9.1f} ms{median / like:>7.2f}x",
        flush=True,
    )


if __name__ == "__main__":
    main()
