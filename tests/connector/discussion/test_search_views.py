import html
import re
import uuid
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

import pytest
from sqlalchemy import select, update

from connector.activities.models import Placement
from connector.courses.models import Role
from connector.pool import services as pool
from connector.pool.making import Text
from connector.profiles.reading import list_authors
from connector.threads.finding import index_posts
from connector.threads.models import Post, PostState, Rules, ThreadKind
from tests import make
from tests.connector.threads import build
from tests.visits import text_of


def count_of(response):
    return re.search(r'<h2 id="found">([^<]+)</h2>', response.text)[1]


@pytest.fixture
def place(session, course):
    """A discussion that learners find in the course."""
    found = make.activity(session, course=course, title="Filing")
    session.execute(update(Placement).values(opened_at=make.NOW))
    return found


@pytest.fixture
def find(visiting, session, place):
    def look(reader, *, everywhere=False, page=None, **asked):
        index_posts(session, session.scalars(select(Post)).all())
        visit = visiting(reader, place)
        where = f"/s/{visit.sid}/search" if everywhere else f"{visit.path}/search"
        return visit.client.get(f"{where}?{urlencode(asked | ({'page': page} if page else {}))}")

    return look


@pytest.fixture
def archive(session, place, ana):
    return build.thread(
        session, activity=place, author=ana, title="The archive", body="Folders by date.", tags=("paper",)
    )


def test_before_anything_is_asked_the_page_tells_how_to(find, ana):
    page = find(ana)
    assert page.status_code == HTTPStatus.OK
    assert "Find what was said" in text_of(page)


def test_words_find_posts_with_marks_and_addresses(find, session, archive, ana, bo):
    reply = build.reply(session, archive, author=bo, body="We archive by customer.")
    page = find(ana, q="archives")
    assert count_of(page) == "2 posts"
    assert "<mark>archive</mark>" in page.text
    assert f"?post=2#post-{reply.id}" in page.text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("folder", "Two folders are full."),
        ("mappe", "Begge mapper er fulde, og vi ved ikke hvor de skal stå."),
        ("pärm", "Alla pärmar är fulla och vi vet inte var de ska stå."),
        ("map", "Alle mappen zijn vol en we weten niet waar ze heen moeten."),
    ],
)
def test_four_languages(find, session, place, ana, typed, text):
    languages = {"folder": "en", "mappe": "da", "pärm": "sv", "map": "nl"}
    build.thread(session, activity=place, author=ana, body=text, language=languages[typed])
    assert count_of(find(ana, q=typed)) == "1 post"


def test_each_filter(find, session, place, archive, ana, bo):
    asked = build.thread(
        session, activity=place, author=bo, title="An archive?", kind=ThreadKind.QUESTION, after=2 * 24 * 60
    )
    tries = {
        "author": str(bo.id),
        "tag": "#Paper",
        "kind": "question",
        "since": "2026-03-04",
        "until": "2026-03-02",
        "unread": "1",
    }
    counts = {name: count_of(find(ana, q="archive", **{name: value})) for name, value in tries.items()}
    assert counts == dict.fromkeys(tries, "1 post")
    assert count_of(find(ana, since="2026-03-02", until="2026-03-04")) == "2 posts"
    page = find(ana, q="archive", author=str(bo.id), kind="question")
    assert "Written by Bo Dam" in text_of(page)
    assert asked.title.partition(" ")[0] in text_of(page)


def test_an_author_is_never_found_by_what_they_wrote_under_an_alias(find, session, place, archive, ana, bo, trainer):
    session.add(Rules(activity_id=place.id, allows_anonymous=True))
    build.reply(session, archive, author=bo, body="The archive is a mess.", is_anonymous=True)
    for reader in (ana, bo, trainer):
        page = find(reader, q="archive", author=str(bo.id))
        assert count_of(page) == "0 posts"
        assert bo not in list_authors(session, reader, [place], now=make.NOW)
    assert "Bo Dam" not in find(ana, q="mess").text
    assert count_of(find(ana, q="mess")) == "1 post"


def test_only_what_one_may_read_is_found_and_counted(find, session, place, ana, bo, trainer, observer):
    build.thread(session, activity=place, author=ana, title="Private archive", is_private=True)
    held = build.thread(session, activity=place, author=ana, title="Held archive")
    held.opening.state = PostState.HELD
    gone = build.thread(session, activity=place, author=ana, title="Gone archive")
    gone.opening.state = PostState.REMOVED
    session.flush()
    counts = [count_of(find(reader, q="archive")) for reader in (ana, bo, trainer, observer)]
    assert counts == ["2 posts", "0 posts", "2 posts", "0 posts"]


def test_the_whole_course_is_searched_and_no_other_one(find, session, course, place, archive, ana):
    second = make.activity(session, course=course, title="Second")
    elsewhere = make.activity(session)
    session.execute(update(Placement).values(opened_at=make.NOW))
    build.thread(session, activity=second, author=ana, title="Another archive")
    stranger = make.member(session, course=elsewhere.course, name="Xenia Roe")
    build.thread(session, activity=elsewhere, author=stranger, title="A foreign archive")
    assert count_of(find(ana, q="archive")) == "1 post"
    page = find(ana, everywhere=True, q="archive")
    assert count_of(page) == "2 posts"
    assert "Second" in text_of(page)
    page = find(ana, everywhere=True, q="archive", author=str(stranger.id))
    assert (count_of(page), "Xenia" in page.text) == ("0 posts", False)


def test_a_discussion_of_another_course_is_not_found(visiting, session, place, ana):
    elsewhere = make.activity(session)
    visit = visiting(ana, place)
    assert visit.client.get(f"/s/{visit.sid}/discussions/{elsewhere.id}/search?q=x").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        "NEAR(a b",
        "title:archive OR *",
        "archive AND NOT (",
        "'; DROP TABLE post; --",
        "-",
        "* * *",
        "🙏",
        "\x00archive",
        "archive " * 1250,
        "x" * 10_000,
        "%' OR 1=1",
        "a:* & !b | <-> c",
    ],
)
def test_anything_may_be_typed(find, archive, ana, typed):
    page = find(ana, q=typed)
    assert page.status_code == HTTPStatus.OK
    assert len(page.text) < 60_000


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("since", "yesterday", "Give a day such as 2026-03-31."),
        ("until", "9999-12-31", "Give a day such as 2026-03-31."),
        ("since", "0001-01-01", "Give a day such as 2026-03-31."),
        ("author", "everybody", "Choose one from the list."),
        ("kind", "rant", "Choose one from the list."),
        ("unread", "perhaps", "Choose one from the list."),
    ],
)
def test_what_is_wrong_with_a_filter_stands_beside_it(find, ana, name, value, told):
    page = find(ana, q="archive", **{name: value})
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert told in text_of(page)
    assert 'value="archive"' in page.text


def test_days_in_the_wrong_order(find, ana):
    page = find(ana, since="2026-03-04", until="2026-03-02")
    assert "This day is before the first one." in text_of(page)


def test_an_empty_page_has_ways_on(find, archive, ana, bo):
    page = find(ana, q="zebrafish", author=str(ana.id))
    told = text_of(page)
    for hint in ("Nothing was found.", "Search without the filters", "Search the whole course", "Ask the others"):
        assert hint in told
    assert html.escape("<b>") not in told
    assert "<b>x" not in find(ana, q="<b>x").text


def test_an_address_keeps_what_was_asked_and_leads_on(find, session, place, ana):
    thread = build.thread(session, activity=place, author=ana, title="The archive")
    for number in range(30):
        build.reply(session, thread, author=ana, body=f"Archive {number}", after=number)
    first = find(ana, q="archive", author=str(ana.id))
    assert count_of(first) == "31 posts"
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    assert ("page=2" in following, "q=archive" in following, f"author={ana.id}" in following) == (True, True, True)
    for page in (2, 99, 10**30):
        assert "Page 2 of 2" in text_of(find(ana, q="archive", author=str(ana.id), page=page))


def test_a_long_page_asks_no_more_than_a_short_one(find, session, place, ana, bo, count_queries):
    asked = []
    for number in (1, 30):
        thread = build.thread(session, activity=place, author=ana, title=f"The archive {number}")
        for _number in range(number):
            build.reply(session, thread, author=bo, body="An archive.")
        session.commit()
        find(ana, q="archive")
        with count_queries() as queries:
            find(ana, q="archive")
        asked.append(len([each for each in queries if each.startswith("SELECT")]))
    assert asked[1] - asked[0] <= 2


def test_test_students_and_experts_search_too(find, session, course, archive, test_student):
    expert = make.member(session, course=course, role=Role.EXPERT)
    assert [count_of(find(reader, q="archive")) for reader in (test_student, expert)] == ["1 post", "1 post"]


def test_authors_are_offered_by_name(session, course, place, archive, ana, bo):
    build.reply(session, archive, author=bo)
    assert list(list_authors(session, ana, [place], now=make.NOW + timedelta(days=1))) == [ana, bo]
    assert list(list_authors(session, ana, [], now=make.NOW)) == []
    bo.person.erased_at = make.NOW
    session.flush()
    assert list(list_authors(session, ana, [place], now=make.NOW)) == [ana]


def test_the_bar_has_a_search_box(visiting, place, ana):
    page = visiting(ana, place).get().text
    assert f'action="/s/{re.search("/s/([^/]+)/", page)[1]}/discussions/{place.id}/search"' in page


# --- the knowledge pool -------------------------------------------------------------------------------------------------
@pytest.fixture
def entry(session, place, trainer):
    text = Text(title="How the archive works", body="Folders by date and place.", tags=("paper",))
    return pool.write(
        session, place, trainer, text, review_at=make.NOW + timedelta(days=90), key=uuid.uuid4(), now=make.NOW
    )


def test_entries_of_the_pool_are_found_all_over_the_course(find, archive, entry, ana):
    page = find(ana, everywhere=True, q="archive folders")
    assert count_of(page) == "2 results"
    assert f"/pool/{entry.id}" in page.text
    assert "From the knowledge pool" in text_of(page)
    assert "From the knowledge pool" not in text_of(find(ana, q="archive folders"))


def test_filters_that_say_nothing_of_entries_leave_them_out(find, archive, entry, ana):
    asked = [{"author": ana.id}, {"kind": "question"}, {"unread": "1"}, {"tag": "paper"}, {"until": "2020-01-01"}]
    pages = [text_of(find(ana, everywhere=True, q="archive", **each)) for each in asked]
    assert ["From the knowledge pool" in page for page in pages] == [False, False, False, True, False]


def test_entries_of_other_courses_and_what_was_taken_out_are_not_found(
    find, session, place, archive, entry, trainer, ana
):
    elsewhere = make.activity(session, course=make.course(session))
    stranger = make.member(session, course=elsewhere.course, role=Role.TRAINER)
    text = Text(title="The archive of others", body="Folders.")
    pool.write(
        session, elsewhere, stranger, text, review_at=make.NOW + timedelta(days=90), key=uuid.uuid4(), now=make.NOW
    )
    pool.remove(session, entry, trainer, now=make.NOW)
    page = find(ana, everywhere=True, q="archive")
    assert (count_of(page), "of others" in page.text) == ("1 post", False)


def test_many_entries_ask_no_more_of_the_database_than_one(
    find, session, place, archive, entry, trainer, ana, count_queries
):
    counts = []
    for more in (0, 18):
        for number in range(more):
            text = Text(title=f"How the archive works {number}", body="Folders.")
            pool.write(
                session, place, trainer, text, review_at=make.NOW + timedelta(days=90), key=uuid.uuid4(), now=make.NOW
            )
        session.commit()
        find(ana, everywhere=True, q="archive")
        with count_queries() as seen:
            find(ana, everywhere=True, q="archive")
        counts.append(len([each for each in seen if "pool_entry" in each or "FROM post" in each]))
    assert counts[0] == counts[1]
