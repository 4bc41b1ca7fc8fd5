"""Who changes groups keeps what they wrote in the former one's threads, and sees nothing else that was answered there."""

import pytest
from sqlalchemy import delete

from connector.activities.models import GroupMode
from connector.courses.models import GroupMember
from tests.connector.groups import build as groups
from tests.connector.threads import build


@pytest.fixture
def thread(session, activity, ana, bo):
    """A thread of a group that Ana has left, in which she answered."""
    north, south = groups.lms_set(session, activity.course).values()
    activity.group_mode, activity.group_set_id = GroupMode.SEPARATE, north.set_id
    groups.put(session, north, ana, bo)
    thread = build.thread(session, activity=activity, author=bo, title="Ours", body="What begins.", group_id=north.id)
    theirs = build.reply(session, thread, author=bo, body="Between us.")
    build.reply(session, thread, author=ana, parent=theirs, body="What Ana wrote.")
    build.thread(session, activity=activity, author=bo, title="Another", body="Elsewhere.", group_id=north.id)
    session.execute(delete(GroupMember).where(GroupMember.membership_id == ana.id))
    groups.put(session, south, ana)
    session.commit()
    return thread


def test_ones_own_posts_are_found_below_what_the_thread_began_with(visiting, activity, ana, thread):
    visit = visiting(ana, activity)
    row = visit.get().text
    assert ("Ours" in row, "Another" in row, "1 reply" in row) == (True, False, True)
    page = visit.get(f"/threads/{thread.id}").text
    assert ("What begins." in page, "What Ana wrote." in page, "Between us." in page) == (True, True, False)
    assert "Between us." not in visit.get(f"/threads/{thread.id}/changes?after=0").text


def test_nothing_is_added_there(visiting, activity, ana, thread):
    visit = visiting(ana, activity)
    page = visit.get(f"/threads/{thread.id}").text
    assert "a group that you are not in" in page
    assert "<textarea" not in page
    assert visit.post(f"/threads/{thread.id}/replies", body="One more.").status_code == 404


def test_who_is_in_the_group_reads_all_of_it(visiting, activity, bo, thread):
    page = visiting(bo, activity).get(f"/threads/{thread.id}").text
    assert ("Between us." in page, "What Ana wrote." in page) == (True, True)
