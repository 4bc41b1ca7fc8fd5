"""What suggestions cost, and what they find, where an operator has put a model: `tests.bench.search` is without one.

With KRING_SEMANTIC_MODEL, that model is measured: how many questions it finds in other languages, and what it does to those of
one language. Else one is made up, as wide as real ones, of all the words of the made-up texts: it costs what they cost. Of the
real questions it knows every word and no meaning, so it shows what a model does that is of no use.
"""

import itertools
import os
import random
import re
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.config import Settings
from connector.db import Database
from connector.search import nearness, services
from connector.search.languages import LANGUAGES
from connector.search.meanings import Model
from connector.search.models import SearchDocument
from connector.search.worker import Maker
from tests import make
from tests.bench import databases
from tests.bench.search import AT, QUESTIONS, ROUNDS, VOCABULARY, _document, _row, _timed, _vocabulary, texts
from tests.connector.search.shelf import DUPLICATES, read_pairs

WIDTH = 256
COMMON = 1e-3
"""Of how many words one must be the same for it to count half. Source: Arora, Liang and Ma, ICLR 2017."""


def main() -> None:
    """Print figures for each engine."""
    with tempfile.TemporaryDirectory() as folder, databases.each() as each:
        chosen = os.environ.get("KRING_SEMANTIC_MODEL", "")
        model = Model(chosen or make_up(Path(folder)))
        print(f"the model: {chosen or 'made up'}, {model.width} numbers a vector")
        for name, database in each.items():
            print(f"-- {name}")
            settings = Settings(database_url="", semantic_model=chosen or folder)
            _within(database, model, settings)
            if chosen:
                _across(database, model, settings)
            _questions(database, model, settings)


def make_up(folder: Path) -> str:
    """Write a model that knows every word of the benchmarks, and return where it is.

    Words of one rank mean the same in every language; those of the questions in tests/fixtures mean something each.
    """
    from model2vec import StaticModel
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    chance = np.random.default_rng(1)
    means = chance.normal(size=(VOCABULARY, WIDTH)).astype(np.float32)
    words, rows = {"[UNK]": 0}, [np.zeros(WIDTH, np.float32)]
    for language in LANGUAGES:
        for rank, word in enumerate(_vocabulary(language)[0]):
            if words.setdefault(word, len(words)) == len(rows):
                rows.append(means[rank] + chance.normal(size=WIDTH).astype(np.float32) * 0.3)
    counted = Counter(
        word
        for file in sorted(DUPLICATES.glob("*.tsv"))
        for word in re.findall(r"\w+", file.read_text(encoding="utf-8").lower())
    )
    for word, count in counted.items():
        if words.setdefault(word, len(words)) == len(rows):
            # What is common tells less: real models have that in the lengths of their rows too.
            weight = COMMON / (COMMON + count / counted.total())
            rows.append(chance.normal(size=WIDTH).astype(np.float32) * weight)
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    StaticModel(np.array(rows), tokenizer, normalize=True).save_pretrained(folder)
    return str(folder)


@contextmanager
def _known(database: Database, settings: Settings, *, is_on: bool = True) -> Iterator[Session]:
    """Yield a session whose searches know what texts mean, or do not."""
    database.info.clear()
    if is_on:
        nearness.attach(database, settings)
    with database.session(writes=False) as session:
        yield session
    database.info.clear()


# --- what is found -----------------------------------------------------------------------------------------------------
def _within(database: Database, model: Model, settings: Settings) -> None:
    """Print how many duplicates of a language are suggested, with the model and without it."""
    print(f"{'duplicates suggested':28}{'R@1':>8}{'R@5':>8}{'with: R@1':>12}{'R@5':>8}")
    for language in LANGUAGES:
        pairs, others = read_pairs(language)
        questions = [*itertools.chain(*pairs), *others]
        wanted = [(one, other) for pair in pairs for one, other in (pair, pair[::-1])]
        _print_recall(database, model, settings, language, questions, wanted)


def _across(database: Database, model: Model, settings: Settings) -> None:
    """Print how many questions are found by their translation, among all questions of another language and of one's own.

    The files have the same questions line by line, as far as they are as long as each other.
    """
    print(f"{'translations suggested':28}{'R@1':>8}{'R@5':>8}{'with: R@1':>12}{'R@5':>8}")
    for one, other in (("sv", "da"), ("da", "sv"), ("nl", "da"), ("da", "nl"), ("sv", "nl")):
        asked, known = (
            [line.split("\t")[0] for line in (DUPLICATES / f"{each}.tsv").read_text(encoding="utf-8").splitlines()]
            for each in (one, other)
        )
        # Half of them in one's own language too, but never the question itself: so words have something to find.
        wanted = list(zip(asked[::2], known[::2], strict=True))
        _print_recall(database, model, settings, f"{one} -> {other}", [*known, *asked[1::2]], wanted)


def _print_recall(
    database: Database,
    model: Model,
    settings: Settings,
    told: str,
    questions: Sequence[str],
    wanted: Sequence[tuple[str, str]],
) -> None:
    with database.session(writes=True) as session:
        activity = make.activity(session)
        ids = {question: uuid.uuid4() for question in questions}
        services.index(session, *(_document(activity, each, "", id_=id_) for each, id_ in ids.items()))
        session.commit()
        course_id = activity.course_id
    _make_all(database, model)
    figures = []
    for is_on in (False, True):
        first = five = 0
        with _known(database, settings, is_on=is_on) as session:
            for one, other in wanted:
                found = services.similar(
                    session, one, "", course_id=course_id, among=None, limit=AT, excepting=ids.get(one)
                )
                first += found[:1] == [ids[other]]
                five += ids[other] in found
        figures += [first / len(wanted), five / len(wanted)]
    print(f"{told:28}{figures[0]:>8.3f}{figures[1]:>8.3f}{figures[2]:>12.3f}{figures[3]:>8.3f}", flush=True)
    _clear(database)


# --- what it costs -----------------------------------------------------------------------------------------------------
def _questions(database: Database, model: Model, settings: Settings) -> None:
    """Print what the worker takes for a vector, and what suggestions cost with a model, against the same without it."""
    chance = random.Random(3)  # noqa: S311 -- the same texts in every run
    with database.session(writes=True) as session:
        activity = make.activity(session)
        documents = [_document(activity, *texts(chance, (5, 12), (0, 40)), after=number) for number in range(QUESTIONS)]
        services.index(session, *documents)
        session.commit()
        databases.analyse(session, "search_document", "search_word")
        session.commit()
    began = time.process_time()
    _make_all(database, model)
    print(f"made {QUESTIONS:,} vectors: {(time.process_time() - began) / QUESTIONS * 1000:.2f} ms of a processor each")
    titles = [" ".join(texts(chance, (5, 12))) for _ in range(1_000)]
    began = time.process_time()
    for title in titles:
        model.vector(title, "")
    print(f"what a title means: {(time.process_time() - began):.3f} ms of a processor")
    print(f"{'suggestions while typing':44}{'p50':>11}{'p95':>11}{'cpu p95':>11}{'without':>12}{'ratio':>8}")
    for told, words in (("title", 0), ("title and text", 60)):
        asked = [texts(chance, (5, 12), (words, words)) for _ in range(5 * ROUNDS)]
        without, having = (_ask(database, settings, activity, asked, is_on=is_on) for is_on in (False, True))
        _row(f"{told}, {QUESTIONS:,} questions", having, without)
    with _known(database, settings) as session:
        first = _timed(lambda: _similar(session, activity, asked[0]))
    print(f"the first suggestion of a process: {first[0] * 1000:.0f} ms, with opening the model")
    _clear(database)


def _ask(
    database: Database, settings: Settings, activity: Activity, asked: Sequence[Sequence[str]], *, is_on: bool
) -> Sequence[tuple[float, float]]:
    with _known(database, settings, is_on=is_on) as session:
        _similar(session, activity, asked[0])  # what a process does once
        return [_timed(lambda one=one: _similar(session, activity, one)) for one in asked]


def _similar(session: Session, activity: Activity, question: Sequence[str]) -> None:
    among = select(SearchDocument.id).where(SearchDocument.activity_id == activity.id)
    services.similar(session, *question, course_id=activity.course_id, among=among, limit=AT)


def _make_all(database: Database, model: Model) -> None:
    maker = Maker(database, model)
    while maker.make_some():
        pass


def _clear(database: Database) -> None:
    with database.session(writes=True) as session:
        session.execute(SearchDocument.__table__.delete())
        session.commit()


if __name__ == "__main__":
    main()
