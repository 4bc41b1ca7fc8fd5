from datetime import timedelta

import pytest
from sqlalchemy import func, select

from connector.moderation import reading, services
from connector.moderation.models import Act, Complaint, Deed
from connector.notifications.models import Notice
from connector.threads.access import get_post, get_thread
from connector.threads.models import PostState, PostVersion, Rules
from connector.web.errors import ConflictError, NotFoundError
from tests import make
from tests.connector.threads import build


@pytest.fixture
def thread(session, activity, ana):
    return build.thread(session, activity=activity, author=ana, title="Filing", body="By date.")


@pytest.fixture
def reply(session, thread, bo):
    return build.reply(session, thread, author=bo, body="Nonsense!")


def report(session, post, by, complaint=Complaint.UNKIND):
    return services.report(session, post, by, complaint, "It hurts.", now=make.NOW)


def told(session, member):
    mine = select(Notice.what).where(Notice.member_id == member.id, Notice.what.in_({"reported", "moderated"}))
    return session.scalars(mine).all()


def waiting(session, activity, trainer):
    sight = build.sight(session, activity, trainer)
    return [(each.post, len(each.reports)) for each in reading.list_waiting(session, sight)]


# --- reports ----------------------------------------------------------------------------------------------------------
def test_a_report_waits_for_those_who_lead_the_course(session, activity, ana, bo, trainer, reply, endpoint):
    report(session, reply, ana)
    assert waiting(session, activity, trainer) == [(reply, 1)]
    assert (told(session, trainer), told(session, bo)) == (["reported"], [])
    assert reply.state is PostState.VISIBLE


def test_a_member_reports_a_post_once(session, activity, ana, trainer, reply):
    assert report(session, reply, ana) is report(session, reply, ana, Complaint.OTHER)
    assert waiting(session, activity, trainer) == [(reply, 1)]


def test_nobody_reports_their_own_post_and_observers_none(session, bo, observer, reply):
    for member in (bo, observer):
        with pytest.raises(NotFoundError):
            report(session, reply, member)


def test_enough_reports_hold_a_post(session, activity, course, ana, bo, trainer, reply):
    session.add(Rules(activity_id=activity.id, hold_after_reports=2))
    report(session, reply, ana)
    assert reply.state is PostState.VISIBLE
    report(session, reply, make.member(session, course=course))
    assert reply.state is PostState.HELD
    assert told(session, bo) == ["moderated"]
    with pytest.raises(NotFoundError):
        get_post(session, build.sight(session, activity, ana), reply.id)
    services.approve(session, reply, trainer, now=make.NOW)
    assert waiting(session, activity, trainer) == []
    report(session, reply, make.member(session, course=course))
    assert reply.state is PostState.VISIBLE, "what was looked at counts no more"


# --- posts ------------------------------------------------------------------------------------------------------------
def test_what_is_removed_can_be_put_back(session, activity, ana, bo, trainer, reply, endpoint):
    services.remove(session, reply, trainer, "Rude.", now=make.NOW)
    assert reply.state is PostState.REMOVED
    services.restore(session, reply, trainer, now=make.NOW)
    assert reply.state is PostState.VISIBLE
    log = session.execute(select(Act.deed, Act.reason).order_by(Act.deed)).all()
    assert [tuple(row) for row in log] == [(Deed.REMOVED, "Rude."), (Deed.RESTORED, "")]
    assert told(session, bo) == ["moderated", "moderated"]


def test_nothing_is_put_back_that_its_author_took_back(session, trainer, reply):
    reply.state = PostState.WITHDRAWN
    for act in (services.restore, services.approve):
        with pytest.raises(NotFoundError):
            act(session, reply, trainer, now=make.NOW)


def test_a_changed_text_keeps_what_it_said_and_why(session, bo, trainer, reply):
    services.edit(session, reply, trainer, "Not so.", "No shouting.", now=make.NOW)
    version = session.scalars(select(PostVersion)).one()
    assert (version.body, version.reason, reply.body, reply.edited_at) == (
        "Nonsense!",
        "No shouting.",
        "Not so.",
        make.NOW,
    )
    assert services.edit(session, reply, trainer, "Not so.", "Again.", now=make.NOW) is None


def test_who_hid_is_revealed_with_a_reason_and_learns_of_it(session, activity, ana, trainer, thread):
    session.add(Rules(activity_id=activity.id, allows_anonymous=True))
    hidden = build.reply(session, thread, author=ana, is_anonymous=True)
    with pytest.raises(ValueError, match="reason"):
        services.reveal(session, hidden, trainer, " ", now=make.NOW)
    assert services.reveal(session, hidden, trainer, "A threat.", now=make.NOW) is ana
    assert session.scalars(select(Act.reason)).all() == ["A threat."]
    assert told(session, ana) == ["moderated"]
    assert hidden.is_anonymous


def test_a_name_that_is_shown_is_not_revealed(session, trainer, reply):
    with pytest.raises(NotFoundError):
        services.reveal(session, reply, trainer, "Why not.", now=make.NOW)


@pytest.mark.parametrize("act", ["hold", "remove", "approve", "edit", "mute", "close", "pin"])
def test_learners_moderate_nothing(session, activity, ana, bo, thread, reply, act):
    acts = {
        "hold": lambda: services.hold(session, reply, ana, "x", now=make.NOW),
        "remove": lambda: services.remove(session, reply, ana, "x", now=make.NOW),
        "approve": lambda: services.approve(session, reply, ana, now=make.NOW),
        "edit": lambda: services.edit(session, reply, ana, "x", "x", now=make.NOW),
        "mute": lambda: services.mute(session, bo, activity, by=ana, until=make.NOW, reason="x", now=make.NOW),
        "close": lambda: services.set_closed(session, thread, ana, is_closed=True, reason="", now=make.NOW),
        "pin": lambda: services.set_pinned(session, thread, ana, is_pinned=True, now=make.NOW),
    }
    with pytest.raises(NotFoundError):
        acts[act]()
    assert session.scalar(select(func.count()).select_from(Act)) == 0


# --- people -----------------------------------------------------------------------------------------------------------
def test_who_is_muted_reads_and_does_not_write_until_then(session, translated, activity, ana, trainer, thread):
    until = make.NOW + timedelta(days=1)
    services.mute(session, ana, activity, by=trainer, until=until, reason="Cool down.", now=make.NOW)
    with pytest.raises(ConflictError, match="You can read, but not write"):
        build.reply(session, thread, author=ana)
    assert get_thread(session, build.sight(session, activity, ana), thread.id) is thread
    assert build.reply(session, thread, author=ana, after=24 * 60).number == 2


def test_who_is_muted_no_more_writes(session, activity, ana, trainer, thread):
    until = make.NOW + timedelta(days=1)
    services.mute(session, ana, activity, by=trainer, until=until, reason="Cool down.", now=make.NOW)
    services.unmute(session, ana, activity, trainer, now=make.NOW)
    assert build.reply(session, thread, author=ana).number == 2


def test_those_who_lead_are_not_muted(session, activity, trainer):
    with pytest.raises(NotFoundError):
        services.mute(session, trainer, activity, by=trainer, until=make.NOW, reason="x", now=make.NOW)


# --- threads ----------------------------------------------------------------------------------------------------------
def test_a_thread_is_pinned_featured_and_closed_and_all_of_it_taken_back(session, trainer, thread, endpoint):
    services.set_pinned(session, thread, trainer, is_pinned=True, now=make.NOW)
    services.set_featured(session, thread, trainer, is_featured=True, now=make.NOW)
    services.set_closed(session, thread, trainer, is_closed=True, reason="Done.", now=make.NOW)
    assert (thread.pinned_at, thread.featured_at, thread.closed_at) == (make.NOW, make.NOW, make.NOW)
    services.set_pinned(session, thread, trainer, is_pinned=False, now=make.NOW)
    services.set_featured(session, thread, trainer, is_featured=False, now=make.NOW)
    services.set_closed(session, thread, trainer, is_closed=False, reason="", now=make.NOW)
    assert (thread.pinned_at, thread.featured_at, thread.closed_at) == (None, None, None)
