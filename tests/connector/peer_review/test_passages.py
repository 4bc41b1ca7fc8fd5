"""Comments on passages of a text, over HTTP: marked, kept, sent, read, and found again in a text that changed."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.peer_review import privacy
from connector.peer_review.board import alike
from connector.peer_review.models.passages import Passage
from connector.peer_review.models.reviews import Review
from connector.peer_review.models.setup import Late, SecondRound
from connector.peer_review.passages import LIMIT, MOST
from tests.connector.peer_review import acts
from tests.connector.peer_review.test_path import fill, hand_in
from tests.make import NOW

TEXT = """# My plan

We **meet** every week & talk about [the *price*](https://x.example/p).

- First we listen.
- Then we write.

| who | when |
|---|---|
| Ana | Monday |

We meet every week.
"""


@pytest.fixture
def reviewing(visiting, session, trainer, ana, bo, activity, endpoint):
    """Bo, who reviews what Ana handed in; and where."""
    acts.set_rules(session, activity, trainer, reviews_each=1, needed=1)
    hand_in(visiting, ana, activity, body=TEXT)
    visit = hand_in(visiting, bo, activity, body="Another plan.")
    where = visit.post("/reviews").headers["Location"].removeprefix(visit.path)
    visit.get(where)
    return visit, where


def mark(visit, where, **more):
    return visit.post(f"{where}/passages", version="1", **more)


def marks_of(page):
    """Return the words that a page marks, by what comments on them."""
    found = {}
    for note, words in re.findall(r'<mark class="passage[^"]*" aria-details="([^"]+)">(.*?)</mark>', page, re.DOTALL):
        found[note] = found.get(note, "") + words
    return found


@pytest.fixture
def send(clock):
    """Return how to fill the form in and send it: a minute later each time."""

    def act(visit, where, **typed):
        clock.move(minutes=1)
        page = visit.get(where).text
        comments = dict.fromkeys(re.findall(r'name="(passage-[0-9a-f-]{36})"', page), "Say how.")
        assert visit.post(where, act="send", **fill(page), **{**comments, **typed}).status_code == 303
        return visit.post(f"{where}/send")

    return act


def rows(database):
    """Return the passages, in a session of its own: the test's would lock the database."""
    with database.session(writes=False) as own:
        return own.scalars(select(Passage).order_by(Passage.start)).all()


def mark_many(database, visit, where, count):
    """Mark passages until there are so many."""
    end = 4
    while len(rows(database)) < count:
        end += 1
        assert mark(visit, where, place=f"0-{end}").status_code == 303


def author_reads(visiting, session, activity, trainer, ana):
    """Let a trainer show what there is, and the author read."""
    acts.set_rules(session, activity, trainer, released_at=NOW)
    return visiting(ana, activity).get("/feedback").text


def test_passage_is_marked_sent_and_read_without_names(
    visiting, session, reviewing, database, send, activity, trainer, ana
):
    visit, where = reviewing
    page = visit.get(where).text
    place = re.search(r'name="place" value="(\d+-\d+)"[^>]*aria-label="Comment on “First we listen', page)[1]
    answer = mark(visit, where, place=place, exact="", prefix="", suffix="", start="", words="")
    field = answer.headers["Location"].partition("#")[2]
    assert field == f"passage-{rows(database)[0].id}"
    said = visit.client.post(
        visit.path + where,
        json={"fields": {field: "To whom?"}},
        headers={"X-CSRF-Token": visit.token, "Accept": "application/json"},
    )
    assert said.json == {"saved": True}
    assert "To whom?" in visit.get(where).text
    assert send(visit, where, **{field: "To whom?"}).status_code == 303
    read = author_reads(visiting, session, activity, trainer, ana)
    assert "To whom?" in read
    assert list(marks_of(read).values()) == ["First we listen."]
    assert "Bo Dam" not in read
    assert "To whom?" in (led := visiting(trainer, activity).get(f"/works/{_work(database)}").text)
    assert list(marks_of(led).values()) == ["First we listen."]


def test_words_marked_across_elements(session, reviewing):
    visit, where = reviewing
    # As a browser sends them: line breaks are two characters, and it counts where they begin.
    answer = mark(
        visit, where, by="marks", exact="week & talk about the price.\r\n\r\nFirst", prefix="", suffix=" we", start="23"
    )
    assert answer.status_code == 303
    page = visit.get(where).text
    assert "".join(marks_of(page).values()) == "week &amp; talk about the price.First"
    assert page.count('class="passage-number" id="mark-') == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": "marks", "exact": "Nowhere in it", "start": "3"},
        {"by": "marks", "exact": "", "start": "0"},
        {"by": "marks", "exact": "\r\n", "start": "7"},
        {"by": "marks", "exact": "x" * 30_000, "start": "99999999999999999999"},
        {"by": "marks", "exact": "<script>alert(1)</script>", "start": "-5"},
        {"place": "0-0"},
        {"place": "-3-9"},
        {"place": "999999999-999999999"},
        {"place": "' OR 1"},
        {"words": "Not one of them"},
        {"words": "We meet every week"},
        {"words": "  "},
        {},
    ],
)
def test_words_that_are_not_there_are_refused_in_words_and_nothing_is_lost(session, reviewing, database, wrong):
    visit, where = reviewing
    page = visit.get(where).text
    typed = {name: text for name, text in fill(page).items() if name.startswith("comment")}
    answer = mark(visit, where, **typed, **wrong)
    assert answer.status_code == 422
    assert "The words that you mean" in answer.text
    assert "<script>alert" not in answer.text
    assert rows(database) == []
    assert "Since it says so." in visit.get(where).text


def test_words_are_found_whatever_their_spaces(session, reviewing, database):
    visit, where = reviewing
    assert mark(visit, where, by="words", words="then  we\nwrite").status_code == 303
    assert mark(visit, where, by="words", words="Then we write").status_code == 303
    assert [each.exact for each in rows(database)] == ["Then we write"]


def test_comments_that_are_empty_or_too_long_are_not_sent(session, reviewing, database):
    visit, where = reviewing
    mark(visit, where, words="Then we write")
    field = f"passage-{rows(database)[0].id}"
    page = visit.get(where).text
    assert "take the comment away" in visit.post(where, act="send", **fill(page), **{field: " "}).text
    answer = visit.post(where, act="send", **fill(page), **{field: "x" * 10_240})
    assert answer.status_code == 422
    assert f"This is too long; {LIMIT} characters fit." in answer.text
    assert visit.post(f"{where}/send").status_code == 422
    assert rows(database)[0].comment == ""


def test_too_many_passages_are_refused(visiting, session, reviewing, database):
    visit, where = reviewing
    mark_many(database, visit, where, MOST)
    answer = mark(visit, where, place="2-9")
    assert answer.status_code == 422
    assert f"You have commented on {MOST} passages" in answer.text


def test_comment_that_was_sent_is_taken_away_when_the_review_is_sent_again(
    visiting, session, reviewing, database, send, activity, trainer, ana
):
    visit, where = reviewing
    mark(visit, where, words="Then we write")
    mark(visit, where, words="First we listen")
    send(visit, where)
    first, second = rows(database)
    visit.post(f"{where}/passages", drop=str(first.id))
    assert [each.is_dropped for each in rows(database)] == [True, False]
    visit.post(f"{where}/passages", keep=str(first.id))
    visit.post(f"{where}/passages", drop=str(second.id))
    assert "Say how." in author_reads(visiting, session, activity, trainer, ana)
    send(visit, where)
    assert [each.id for each in rows(database)] == [first.id]
    mark(visit, where, words="Monday")
    unsent = next(each.id for each in rows(database) if not each.comment)
    visit.post(f"{where}/passages", drop=str(unsent))
    assert [each.id for each in rows(database)] == [first.id]


def test_only_the_reviewer_marks_and_only_what_was_sent_is_read(
    visiting, session, reviewing, database, send, activity, trainer, ana
):
    visit, where = reviewing
    mark(visit, where, words="Then we write")
    row = rows(database)[0]
    other = visiting(ana, activity)
    other.get()
    assert mark(other, where, words="Then we write").status_code == 404
    assert other.post(f"{where}/passages", drop=str(row.id)).status_code == 404
    assert visit.post(f"{where}/passages", drop="5f0f9c4e-1f2a-4a9e-8a52-0c1f9f0f6a11").status_code == 404
    send(visit, where)
    visit.post(where, act="save", **{f"passage-{row.id}": "Not sent yet."})
    mark(visit, where, words="Monday")
    read = author_reads(visiting, session, activity, trainer, ana)
    assert ("Say how." in read, "Not sent yet." in read, "Monday</mark>" in read) == (True, False, False)


def test_after_the_end_a_comment_is_kept_and_not_sent(session, reviewing, database, send, activity, trainer, clock):
    visit, where = reviewing
    acts.set_rules(session, activity, trainer, reviews_due_at=NOW + timedelta(hours=1), late=Late.REFUSE)
    session.commit()
    clock.move(hours=2)
    assert mark(visit, where, words="Then we write").status_code == 303
    assert send(visit, where).status_code == 409
    assert rows(database)[0].comment == ""
    assert "Say how." in visit.get(where).text


def test_text_that_changes_meanwhile_keeps_its_comments(visiting, session, reviewing, send, activity, trainer, ana):
    visit, where = reviewing
    mark(visit, where, words="Then we write")
    author = visiting(ana, activity)
    author.get("/work")
    author.post("/work", body="A new beginning.\n\nThen we write and read.")
    assert mark(visit, where, words="First we listen").status_code == 303, "it is looked for in the text that was seen"
    page = visit.get(where).text
    assert list(marks_of(page).values()) == ["Then we write"]
    assert "These words stand in version 1, and not in the one that you see." in page
    assert "First we listen" in page
    send(visit, where)
    read = author_reads(visiting, session, activity, trainer, ana)
    assert sorted(marks_of(read).values()) == ["First we listen", "Then we write"]
    newest = author.get("/feedback?text=2").text
    assert list(marks_of(newest).values()) == ["Then we write"]
    assert "First we listen" in newest
    assert author.get("/feedback?text=99").status_code == 200


def test_second_round_begins_without_marks_and_shows_those_of_the_first(
    visiting, session, reviewing, database, send, activity, trainer, ana
):
    visit, where = reviewing
    acts.set_rules(session, activity, trainer, second_round=SecondRound.BRIEF)
    session.commit()
    mark(visit, where, words="Then we write")
    send(visit, where)
    author_reads(visiting, session, activity, trainer, ana)
    author = visiting(ana, activity)
    author.get("/revision")
    assert author.post("/revision", body="Quite another plan.").status_code == 303
    with database.session(writes=False) as own:
        again = own.scalars(select(Review).where(Review.round == 2)).one()
    assert not [name for name in again.typed if name.startswith("passage")]
    second = f"/reviews/{again.id}"
    page = visit.get(second).text
    assert "Then we write" in page
    assert marks_of(page) == {}
    assert visit.post(f"{second}/passages", version="2", words="another").status_code == 303
    assert "Then we write" in author.get("/feedback").text


def test_author_puts_a_comment_on_the_list_of_changes(
    visiting, session, reviewing, database, send, activity, trainer, ana
):
    visit, where = reviewing
    mark(visit, where, words="Then we write")
    send(visit, where, summary="Good.")
    row = rows(database)[0]
    author_reads(visiting, session, activity, trainer, ana)
    author = visiting(ana, activity)
    author.get("/feedback")
    for _ in range(2):
        assert author.post("/intentions", review=where[-36:], passage=str(row.id)).status_code == 303
    page = author.get("/feedback").text
    assert page.count("On your list") == 1
    assert "I will change this" in page, "the review as a whole is not on the list"
    visit.post(f"{where}/passages", drop=str(row.id))
    send(visit, where)
    assert author.get("/feedback").text.count('class="row" id="intention-') == 1
    assert author.post("/intentions", review=where[-36:], passage=str(row.id)).status_code == 422


def test_exports_have_the_comments(visiting, session, reviewing, send, activity, trainer, ana, bo):
    visit, where = reviewing
    mark(visit, where, words="Then we write")
    send(visit, where)
    mark(visit, where, words="Monday")
    leader = visiting(trainer, activity)
    table = list(csv.DictReader(io.StringIO(leader.get("/export.csv").text.lstrip("\ufeff"))))
    assert [(row["passage"], row["comment"]) for row in table if row["passage"]] == [("Then we write", "Say how.")]
    told = json.loads(leader.get("/export.json").text)
    assert [[each["exact"] for each in review["passages"]] for review in told["reviews"]] == [["Then we write"]]
    session.rollback()
    held = {each.name: each.records for each in privacy.list_of(session, bo.person)}["review_passages"]
    assert [(each["about"], each["text"]) for each in held] == [("Then we write", "Say how."), ("Monday", "")]
    privacy.forget(session, bo.person)
    assert [each.exact for each in session.scalars(select(Passage))] == ["Then we write"]


def test_own_name_in_a_comment_is_warned_about(reviewing):
    visit, where = reviewing
    field = mark(visit, where, words="Then we write").location.partition("#")[2]
    visit.post(where, act="save", **{field: "Ask whoever led it."})
    warning = "Your name seems to stand in what you wrote"
    assert warning not in visit.get(f"{where}/send").text
    visit.post(where, act="save", **{field: "Ask me, Bo Dam."})
    assert warning in visit.get(f"{where}/send").text


def test_statement_counts_the_words_and_tells_none(session, reviewing, database, send, stored_statements):
    visit, where = reviewing
    send(visit, where)
    mark(visit, where, words="Then we write")
    send(visit, where, **{f"passage-{rows(database)[0].id}": "Zwiebelturm Zwiebelturm Zwiebelturm"})
    sent = [body for body in stored_statements if b"verb/reviewed" in body]
    counts = [re.search(rb'word-count":\s*(\d+)', body)[1] for body in sent]
    assert int(counts[-1]) == int(counts[0]) + 3
    assert not any(b"Zwiebelturm" in body or b"Then we write" in body for body in stored_statements)


def test_comments_that_two_write_alike_are_found(
    visiting, session, reviewing, database, send, activity, trainer, people
):
    visit, where = reviewing
    session.commit()
    words = (
        "The third paragraph promises a date and then gives none, which makes every reader look for it in vain again"
    )
    mark(visit, where, words="Then we write")
    send(visit, where, **{f"passage-{rows(database)[0].id}": words})
    other = hand_in(visiting, people[0], activity, body="Something else.")
    there = other.post("/reviews").headers["Location"].removeprefix(other.path)
    page = other.get(there).text
    other.post(there, act="send", **{**fill(page), "summary": words})
    other.post(f"{there}/send")
    session.rollback()
    assert len(alike.list_reviews(session, activity, trainer)) == 1


def test_pages_take_as_many_queries_for_thirty_as_for_one(
    visiting, session, reviewing, database, send, activity, trainer, ana, count_queries
):
    visit, where = reviewing
    mark(visit, where, place="0-4")
    send(visit, where)
    author_reads(visiting, session, activity, trainer, ana)
    author, leader = visiting(ana, activity), visiting(trainer, activity)
    work = _work(database)
    session.commit()

    def look():
        found = []
        for who, page in ((visit, where), (author, "/feedback"), (leader, f"/works/{work}")):
            who.get(page)
            with count_queries() as seen:
                assert who.get(page).status_code == 200
            found.append(len(seen))
        return found

    one = look()
    mark_many(database, visit, where, 30)
    send(visit, where)
    thirty = look()
    assert author.get("/feedback").text.count('id="mark-') == 30
    assert all(many <= few for many, few in zip(thirty, one, strict=True))


def _work(database):
    with database.session(writes=False) as own:
        return own.scalars(select(Review.submission_id)).one()
