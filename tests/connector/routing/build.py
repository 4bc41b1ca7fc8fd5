"""Builds questions on their way."""

from datetime import timedelta

from sqlalchemy import select

from connector.courses.models import Membership
from connector.routing import services
from connector.routing.due import take_due
from connector.routing.models import Case, Request, State
from connector.routing.waves import advance
from connector.threads.models import ThreadKind
from tests import make
from tests.connector.threads import build


def question(session, *, activity, author, title="How do I file a report?", after=0, named=None, **more):
    """Ask a question, and send it on its way.

    Args:
        after: How many minutes after `make.NOW`, a Monday at half past nine.
    """
    thread = build.thread(
        session, activity=activity, author=author, title=title, kind=ThreadKind.QUESTION, after=after, **more
    )
    services.begin(session, thread, now=at(after), named=named)
    return thread


def answer(session, thread, *, author, after=1, **more):
    """Answer a question, as its page does."""
    post = build.reply(session, thread, author=author, after=after, **more)
    services.answered(session, thread, post, now=at(after))
    return post


def at(minutes):
    return make.NOW + timedelta(minutes=minutes)


def case(session, thread):
    return session.get_one(Case, thread.id)


def owner(session, thread):
    return session.get_one(Membership, case(session, thread).owner_id)


def asked(session, thread, *states):
    """Return who was asked, in order; only those whose requests are in some of the states, where any are given."""
    rows = session.scalars(select(Request).where(Request.thread_id == thread.id).order_by(Request.rank)).all()
    return [row.member for row in rows if not states or row.state in states]


def state(session, thread, member) -> State:
    return session.scalars(
        select(Request.state).where(Request.thread_id == thread.id, Request.member_id == member.id)
    ).one()


def tick(session, now, *, standby=()):
    """Do all that is due, as the worker does; in one transaction."""
    done = set()
    while (desk := take_due(session, now=now, excepting=done)) is not None:
        done.add(desk.case.thread_id)
        advance(desk, standby=standby)
    return len(done)
