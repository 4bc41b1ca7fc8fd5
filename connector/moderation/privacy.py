"""What moderation holds of people, and how that is forgotten."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from connector.activities.holders import Holder
from connector.activities.kinds import Holding
from connector.courses.models import Membership, Person
from connector.moderation.models import Act, Alike, Proposal, Report
from connector.threads.models import Mute, Post, Thread
from connector.web.i18n import gettext as _


def list_holdings(session: Session, person: Person) -> Sequence[Holding]:
    """Return what a person reported, and what was done about what they wrote: never who did it, or who reported it."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    reports = session.scalars(select(Report).where(Report.reporter_id.in_(mine)).order_by(Report.created_at))
    acts = session.scalars(
        select(Act)
        .outerjoin(Post, Post.id == Act.post_id)
        .where(or_(Act.member_id.in_(mine), Post.author_id.in_(mine)))
        .order_by(Act.done_at)
    )
    mutes = session.scalars(select(Mute).where(Mute.member_id.in_(mine)))
    found = session.scalars(
        select(Alike).join(Alike.post).where(Post.author_id.in_(mine)).order_by(Alike.found_at, Alike.id)
    )
    proposals = session.scalars(
        select(Proposal)
        .join(Thread, Thread.id == Proposal.thread_id)
        .where(Thread.author_id.in_(mine))
        .order_by(Proposal.proposed_at)
    )
    return [
        Holding(
            label=_("Reports of posts"),
            name="reports",
            records=[
                {
                    "post": str(each.post_id),
                    "what": each.complaint.value,
                    "note": each.note,
                    "at": each.created_at.isoformat(),
                }
                for each in reports
            ],
        ),
        Holding(
            label=_("What was done about your posts"),
            name="moderation",
            records=[{"what": each.deed.value, "reason": each.reason, "at": each.done_at.isoformat()} for each in acts],
        ),
        Holding(
            label=_("When you may not write"),
            name="mutes",
            records=[{"until": each.until.isoformat(), "reason": each.reason} for each in mutes],
        ),
        Holding(
            label=_("Hints that a post of yours is much like another one"),
            name="alike",
            records=[{"post": str(each.post_id), "at": each.found_at.isoformat()} for each in found],
        ),
        Holding(
            label=_("Wishes that your private threads be opened to the course"),
            name="proposals",
            records=[_proposal(each) for each in proposals],
        ),
    ]


def _proposal(each: Proposal) -> Mapping[str, Any]:
    return {
        "thread": str(each.thread_id),
        "note": each.note,
        "at": each.proposed_at.isoformat(),
        "answer": each.answer.value,
        "answered_at": each.answered_at.isoformat() if each.answered_at else None,
        "copy": str(each.copy_id) if each.copy_id else None,
    }


def forget(session: Session, person: Person) -> None:
    """Delete the words of a person's reports and the reasons that were given about them; that it happened stays known."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    theirs = select(Post.id).where(Post.author_id.in_(mine))
    unsynchronised = {"synchronize_session": False}
    session.execute(
        update(Report).where(Report.reporter_id.in_(mine)).values(note="").execution_options(**unsynchronised)
    )
    session.execute(
        update(Act)
        .where(or_(Act.member_id.in_(mine), Act.post_id.in_(theirs)))
        .values(reason="")
        .execution_options(**unsynchronised)
    )
    pairs = or_(Alike.post_id.in_(theirs), Alike.other_id.in_(theirs))
    session.execute(delete(Alike).where(pairs).execution_options(**unsynchronised))
    threads = select(Thread.id).where(Thread.author_id.in_(mine))
    session.execute(
        update(Proposal).where(Proposal.thread_id.in_(threads)).values(note="").execution_options(**unsynchronised)
    )
    session.execute(delete(Mute).where(Mute.member_id.in_(mine)).execution_options(**unsynchronised))


HOLDER = Holder(list_holdings=list_holdings, forget=forget)
