import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from connector.activities.models import GroupMode, Placement
from connector.search.models import SearchDocument
from connector.search.services import look_alike
from connector.threads import changing, services, tagging
from connector.threads.finding import Filters, find_posts, find_similar, reindex_posts, remove_lost
from connector.threads.models import Moderation, PostState, Rules, ThreadKind
from tests import make
from tests.connector.groups import build as groups
from tests.connector.threads import build


@pytest.fixture(autouse=True)
def _opened(session, activity):
    """Let learners find the activity in the course."""
    open_to_learners(session, activity)


def open_to_learners(session, activity):
    session.execute(update(Placement).where(Placement.activity_id == activity.id).values(opened_at=make.NOW))


@pytest.fixture
def find(session, activity):
    """Return how a member finds posts, by their bodies."""

    def found(member, query, *, where=activity, after=60, **filters):
        now = make.NOW + timedelta(minutes=after)
        result = find_posts(session, member, query, Filters(**filters), activity=where, now=now, limit=20)
        assert result.count == len(result.posts)
        return {each.post.body for each in result.posts}

    return found


def test_posts_are_found_by_title_and_text(session, activity, ana, bo, find):
    thread = build.thread(session, activity=activity, author=ana, title="Filing letters", body="Tell me.")
    build.reply(session, thread, author=bo, body="By date, I file **everything**.")
    assert find(bo, "letters") == {"Tell me."}
    assert find(bo, "filed everything") == {"By date, I file **everything**."}
    assert find(bo, "elephants") == set()


def test_hit_shows_title_and_excerpt(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana, title="Filing <letters>", body="Tell me.")
    reply = build.reply(session, thread, author=bo, body="Letters & bills")
    found = find_posts(session, ana, "letters", Filters(), activity=None, now=make.NOW, limit=5)
    assert {each.post.id: (each.title, each.excerpt) for each in found.posts} == {
        thread.opening.id: ("Filing &lt;<mark>letters</mark>&gt;", "Tell me."),
        reply.id: ("Filing &lt;letters&gt;", "<mark>Letters</mark> &amp; bills"),
    }


def test_changed_post_is_found_as_it_is_now(session, activity, ana, find):
    thread = build.thread(session, activity=activity, author=ana, title="Filing", body="Old words.")
    changing.edit_post(session, thread.opening, ana, "New sentence.", now=make.NOW, title="Sorting")
    assert find(ana, "sorting sentence") == {"New sentence."}
    assert find(ana, "old") == find(ana, "filing") == set()


def test_withdrawn_post_is_found_by_nobody(session, activity, ana, bo, trainer, find):
    thread = build.thread(session, activity=activity, author=ana)
    reply = build.reply(session, thread, author=bo, body="A secret.")
    changing.withdraw_post(session, reply, bo, now=make.NOW)
    assert find(ana, "secret") == find(bo, "secret") == find(trainer, "secret") == set()
    assert session.scalar(select(func.count()).where(SearchDocument.id == reply.id)) == 0


def test_held_post_is_found_by_its_author_and_those_who_lead(session, activity, ana, bo, trainer, find):
    session.add(Rules(activity_id=activity.id, moderation=Moderation.ALL))
    session.flush()
    build.thread(session, activity=activity, author=ana, body="A careful question.")
    assert find(ana, "careful") == find(trainer, "careful") == {"A careful question."}
    assert find(bo, "careful") == set()


def test_private_thread_is_found_by_its_two_sides(session, activity, ana, bo, trainer, find):
    build.thread(session, activity=activity, author=ana, body="A private matter.", is_private=True)
    assert find(ana, "matter") == find(trainer, "matter") == {"A private matter."}
    assert find(bo, "matter") == set()
    assert find(bo, "", where=None) == set()


def test_thread_of_a_group_is_found_in_that_group(session, activity, ana, bo, find):
    group, _ = groups.lms_set(session, activity.course).values()
    activity.group_mode, activity.group_set_id = GroupMode.SEPARATE, group.set_id
    groups.put(session, group, ana)
    build.thread(session, activity=activity, author=ana, body="Within the group.", group_id=group.id)
    assert find(ana, "within") == {"Within the group."}
    assert find(bo, "within") == set()
    groups.put(session, group, bo)
    session.commit()
    assert find(bo, "within") == {"Within the group."}


def test_answers_that_are_shown_after_ones_own_are_found_after_it(session, activity, ana, bo, find):
    thread = build.thread(session, activity=activity, author=ana, body="What is it?")
    thread.shows_after_posts = 1
    build.reply(session, thread, author=ana, body="The solution.")
    assert find(bo, "solution") == set()
    build.reply(session, thread, author=bo, body="My own guess.")
    assert find(bo, "solution") == {"The solution."}


def test_thread_that_has_not_begun_is_not_found(session, activity, ana, bo, trainer, find):
    thread = build.thread(session, activity=activity, author=trainer, body="For later.")
    thread.opens_at = make.NOW + timedelta(days=1)
    session.flush()
    assert find(bo, "later") == set()
    assert find(trainer, "later") == {"For later."}
    assert find(bo, "later", after=2 * 24 * 60) == {"For later."}


def test_author_filter_never_finds_an_alias(session, activity, ana, bo, trainer, find):
    session.add(Rules(activity_id=activity.id, allows_anonymous=True))
    session.flush()
    thread = build.thread(session, activity=activity, author=ana, body="Named question.")
    build.reply(session, thread, author=ana, body="Hidden question.", is_anonymous=True)
    for reader in (ana, bo, trainer):
        assert find(reader, "question", author_id=ana.id) == {"Named question."}
        assert find(reader, "", author_id=ana.id) == {"Named question."}
        assert find(reader, "question") == {"Named question.", "Hidden question."}


def test_filters(session, activity, ana, bo, find):
    asked = build.thread(session, activity=activity, author=ana, body="Word one.", kind=ThreadKind.QUESTION, after=10)
    build.thread(session, activity=activity, author=bo, body="Word two.", tags=["exam"], after=20)
    build.reply(session, asked, author=bo, body="Word three.", after=30)
    assert find(ana, "word", author_id=bo.id) == {"Word two.", "Word three."}
    assert find(ana, "word", tag="exam") == {"Word two."}
    assert find(ana, "word", kind=ThreadKind.QUESTION) == {"Word one.", "Word three."}
    assert find(ana, "word", since=make.NOW + timedelta(minutes=20)) == {"Word two.", "Word three."}
    assert find(ana, "word", before=make.NOW + timedelta(minutes=20)) == {"Word one."}
    assert find(ana, "word", is_unread=True) == {"Word two.", "Word three."}
    assert find(ana, "", kind=ThreadKind.QUESTION, author_id=bo.id) == {"Word three."}


def test_a_thread_is_found_by_its_tags_as_they_are_now(session, activity, ana, bo, trainer, find):
    thread = build.thread(session, activity=activity, author=ana, body="Where is it?", tags=["parking lot"])
    build.reply(session, thread, author=bo, body="Behind the house.")
    assert find(bo, "parking") == find(bo, "#parking") == {"Where is it?"}
    tagging.set_tags(session, thread, ana, ["bikes"])
    assert (find(bo, "parking"), find(bo, "bikes")) == (set(), {"Where is it?"})
    tagging.add_tags(session, [thread], trainer, ["cars"])
    assert find(bo, "cars") == {"Where is it?"}


def test_whole_course_or_one_activity(session, activity, ana, find):
    other = make.activity(session, course=activity.course)
    open_to_learners(session, other)
    elsewhere = make.activity(session)
    build.thread(session, activity=activity, author=ana, body="Word here.")
    build.thread(session, activity=other, author=ana, body="Word there.")
    stranger = make.member(session, course=elsewhere.course)
    build.thread(session, activity=elsewhere, author=stranger, body="Word elsewhere.")
    assert find(ana, "word") == {"Word here."}
    assert find(ana, "word", where=None) == {"Word here.", "Word there."}
    assert find(ana, "", where=None) == {"Word here.", "Word there."}


def test_similar_threads_are_suggested(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana, title="How do I reset my password?")
    build.reply(session, thread, author=bo, body="Where do I reset my password?")
    build.thread(session, activity=activity, author=ana, title="My password is private", is_private=True)
    alike = look_alike(session, "Password reset mail", "", course_id=activity.course_id)
    found = find_similar(session, bo, alike, activity=activity, now=make.NOW, limit=5)
    assert [each.id for each in found] == [thread.opening.id]


def test_everything_can_be_indexed_again(session, activity, ana, find):
    for number in range(5):
        build.thread(session, activity=activity, author=ana, body=f"Word {number}.", after=number)
    session.execute(SearchDocument.__table__.delete())
    session.add(
        SearchDocument(
            id=uuid.uuid4(), kind="post", course_id=activity.course_id, activity_id=activity.id, language="xx",
            at=make.NOW, title="", text="word", terms="\nword", lexemes="word",
        )
    )  # fmt: skip
    session.flush()
    counts, after = [], None
    while True:
        after, count = reindex_posts(session, after=after, limit=2)
        counts.append(count)
        if after is None:
            break
    assert counts == [2, 2, 1, 0]
    assert find(ana, "word") == {f"Word {number}." for number in range(5)}
    assert remove_lost(session) == 1
    assert session.scalar(select(func.count()).select_from(SearchDocument)) == 5


def test_number_of_queries_stays_the_same(session, activity, ana, bo, count_queries):
    thread = build.thread(session, activity=activity, author=ana, body="Word.")

    def ask():
        with count_queries() as queries:
            find_posts(session, bo, "word", Filters(), activity=activity, now=make.NOW, limit=20)
        return len(queries)

    ask()
    few = ask()
    for number in range(15):
        author = make.member(session, course=activity.course)
        services.post_reply(session, thread.opening, author, f"Word {number}", key=uuid.uuid4(), now=make.NOW)
    session.flush()
    session.expire_all()
    session.refresh(bo)
    session.refresh(activity)
    assert ask() <= few + 2


def test_removed_post_comes_back_when_it_is_restored(session, activity, ana, trainer, find):
    from connector.moderation import services as moderation

    thread = build.thread(session, activity=activity, author=ana, body="A joke.")
    moderation.remove(session, thread.opening, trainer, "not funny", now=make.NOW)
    assert find(trainer, "joke") == set()
    moderation.restore(session, thread.opening, trainer, now=make.NOW)
    assert find(ana, "joke") == {"A joke."}
    assert thread.opening.state is PostState.VISIBLE


def test_posts_that_move_are_found_where_they_are(session, activity, ana, trainer, find):
    from connector.moderation import moving

    other = make.activity(session, course=activity.course)
    thread = build.thread(session, activity=activity, author=ana, title="Letters", body="Word one.")
    reply = build.reply(session, thread, author=ana, body="Word two.")
    act = moving.split(session, reply, trainer, "Bills", "another matter", now=make.NOW)
    assert find(ana, "bills") == {"Word two."}
    moving.undo(session, act, trainer, now=make.NOW)
    assert find(ana, "bills") == set()
    moving.move(session, thread, other, trainer, "belongs there", now=make.NOW)
    assert find(ana, "word") == set()
    assert find(ana, "word", where=other) == {"Word one.", "Word two."}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_operator_reads_every_post_again(session, database_url, activity, ana, find):
    from click.testing import CliRunner

    from connector.cli import main

    for number in range(3):
        build.thread(session, activity=activity, author=ana, body=f"Word {number}.")
    session.execute(SearchDocument.__table__.delete())
    session.commit()
    environ = {"KRING_DATABASE_URL": database_url, "KRING_SECRET_KEY": "0123456789abcdef0123456789abcdef"}
    result = CliRunner().invoke(main, ["search", "reindex"], env=environ, catch_exceptions=False)
    assert result.output == "3 posts and 0 entries of the pool can be found; 0 that are no more were dropped.\n"
    assert find(ana, "word") == {"Word 0.", "Word 1.", "Word 2."}


def test_prompt_that_a_copied_discussion_takes_over_is_found(session, activity, trainer, find):
    from connector.discussion.copying import copy_settings

    thread = build.thread(session, activity=activity, author=trainer, body="What do you expect?")
    thread.pinned_at = make.NOW
    copy = make.activity(session, course=activity.course)
    copy_settings(session, activity, copy, make.NOW)
    assert find(trainer, "expect", where=copy) == {"What do you expect?"}
