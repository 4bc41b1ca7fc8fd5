import re
import uuid
from http import HTTPStatus

import pytest

from connector.activities.models import GroupMode
from connector.courses.models import Group, GroupMember, Role
from connector.profiles import reading
from connector.threads.models import PostState, Rules
from connector.web.errors import NotFoundError
from tests import make
from tests.connector.threads import build
from tests.visits import text_of


def group(session, course, name, *members):
    row = Group(id=uuid.uuid4(), course=course, lms_id=name, name=name)
    session.add(row)
    session.flush()
    session.add_all(GroupMember(group_id=row.id, membership_id=member.id) for member in members)
    session.flush()
    return row


def writings(session, reader, author, page=1):
    return reading.list_writings(session, reader, author, page=page, now=make.NOW)


@pytest.fixture
def card(visiting, activity):
    def look(reader, member_id, query=""):
        visit = visiting(reader, activity)
        return visit.client.get(f"/s/{visit.sid}/people/{member_id}{query}", follow_redirects=True)

    return look


def test_a_card_says_who_somebody_is_and_what_they_wrote(card, session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana, title="Filing", body="By date.")
    build.reply(session, thread, author=ana, body="Or by customer.")
    page = text_of(card(bo, ana.id))
    for told in ("Ana Holm", "In Onboarding since 2 March 2026", "1 thread", "1 reply", "Or by customer."):
        assert told in page
    assert "What others see of you" not in page


def test_ones_own_card_says_what_others_see(card, ana):
    page = text_of(card(ana, "me"))
    assert "What others see of you" in page
    assert "You have not written anything yet." in page


def test_roles_stand_in_words(card, bo, trainer):
    assert "Trainer" in text_of(card(bo, trainer.id))


def test_nothing_written_under_an_alias_is_listed_or_counted(card, session, activity, ana, bo, trainer):
    session.add(Rules(activity_id=activity.id, allows_anonymous=True))
    open_ = build.thread(session, activity=activity, author=bo, title="Open")
    build.thread(session, activity=activity, author=ana, title="Secret", body="A secret.", is_anonymous=True)
    build.reply(session, open_, author=ana, body="Another secret.", is_anonymous=True)
    for reader in (ana, bo, trainer):
        found = writings(session, reader, ana)
        assert (found.posts, found.thread_count, found.reply_count) == ([], 0, 0)
        assert "ecret" not in text_of(card(reader, ana.id))


def test_what_was_taken_from_sight_is_not_listed_even_for_trainers(session, activity, ana, trainer):
    for state in (PostState.REMOVED, PostState.WITHDRAWN):
        build.thread(session, activity=activity, author=ana).opening.state = state
    session.flush()
    assert writings(session, trainer, ana).posts == []


def test_readers_see_what_they_can_read(session, course, activity, ana, bo, trainer):
    build.thread(session, activity=activity, author=ana, title="Private", is_private=True)
    held = build.thread(session, activity=activity, author=ana, title="Held")
    held.opening.state = PostState.HELD
    session.flush()
    assert [len(writings(session, reader, ana).posts) for reader in (ana, bo, trainer)] == [2, 0, 2]


def test_pages_of_writings(session, activity, ana, bo, count_queries):
    thread = build.thread(session, activity=activity, author=ana)
    for number in range(30):
        build.reply(session, thread, author=ana, after=number)
    session.commit()
    session.expunge_all()
    with count_queries() as queries:
        found = writings(session, bo, ana, page=9)
    assert (len(found.posts), found.page, found.pages, found.reply_count) == (11, 2, 2, 30)
    assert len(queries) <= 5


@pytest.mark.parametrize("name", ["2147483648", "-1", "x"])
def test_a_page_that_does_not_exist_is_the_nearest_that_does(card, ana, bo, name):
    assert card(bo, ana.id, f"?page={name}").status_code == HTTPStatus.OK


def test_who_knows_of_which_groups(session, course, activity, ana, bo, trainer, observer):
    activity.group_mode = GroupMode.SEPARATE
    group(session, course, "Both", ana, bo)
    group(session, course, "Hers", ana)
    readers = (ana, bo, trainer, observer)
    names = [[each.name for each in reading.list_groups_of(session, reader, ana)] for reader in readers]
    assert names == [["Both", "Hers"], ["Both"], ["Both", "Hers"], ["Both", "Hers"]]
    activity.group_mode = GroupMode.VISIBLE
    session.flush()
    assert [each.name for each in reading.list_groups_of(session, bo, ana)] == ["Both", "Hers"]


def test_members_of_other_courses_are_not_found(card, session, ana):
    stranger = make.member(session)
    with pytest.raises(NotFoundError):
        reading.get_person(session, ana, stranger.id)
    assert card(ana, stranger.id).status_code == HTTPStatus.NOT_FOUND
    assert card(ana, uuid.uuid4()).status_code == HTTPStatus.NOT_FOUND


def test_who_left_and_who_was_forgotten(card, session, activity, ana, bo):
    build.thread(session, activity=activity, author=ana, body="By date.")
    ana.is_active = False
    assert "No longer in the course" in text_of(card(bo, ana.id))
    ana.person.erased_at = make.NOW
    page = text_of(card(bo, ana.id))
    assert "Former member" in page
    assert "By date." not in page


def test_nothing_tells_when_somebody_was_here(card, session, ana, bo):
    ana.seen_at = make.NOW.replace(hour=8, minute=17)
    page = card(bo, ana.id).text.partition("<main")[2]
    assert ("08:17" in page, "8:17" in page, "T09:30" in page) == (False, False, False)


def test_observers_and_others_have_cards_too(card, session, course, bo, observer):
    expert = make.member(session, course=course, role=Role.EXPERT, name="Ingrid Vos")
    for member, role in ((observer, "Observer"), (expert, "Expert")):
        assert role in text_of(card(bo, member.id))


def test_a_byline_leads_to_the_card_unless_its_author_is_hidden(visiting, session, activity, ana, bo):
    session.add(Rules(activity_id=activity.id, allows_anonymous=True))
    thread = build.thread(session, activity=activity, author=ana)
    build.reply(session, thread, author=bo, is_anonymous=True)
    page = visiting(bo, activity).get(f"/threads/{thread.id}").text
    assert re.findall(r'/people/([0-9a-f-]{36})"', page) == [str(ana.id)]
