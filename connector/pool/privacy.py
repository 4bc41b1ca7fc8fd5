"""What the pool holds of people, and how it is forgotten: entries stay, as a former member's."""

from collections.abc import Sequence

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.holders import Holder
from connector.activities.kinds import Holding
from connector.content.mentions import forget_mentions
from connector.courses.models import Membership, Person
from connector.pool.finding import index_entries
from connector.pool.models import Entry, EntryMark, EntryVersion, Proposal
from connector.threads.finding import index_posts
from connector.threads.models import Post
from connector.web.i18n import gettext as _


def list_holdings(session: Session, person: Person) -> Sequence[Holding]:
    """Return what is stored of a person."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    entries = session.scalars(
        select(Entry).where(or_(Entry.owner_id.in_(mine), Entry.author_id.in_(mine))).order_by(Entry.created_at)
    )
    changed = session.scalars(
        select(EntryVersion).where(EntryVersion.replaced_by_id.in_(mine)).order_by(EntryVersion.replaced_at)
    )
    proposals = session.scalars(select(Proposal).where(Proposal.by_id.in_(mine)).options(joinedload(Proposal.entry)))
    saved = session.execute(
        select(Entry.title, EntryMark.created_at)
        .join(EntryMark, EntryMark.entry_id == Entry.id)
        .where(EntryMark.member_id.in_(mine))
        .order_by(EntryMark.created_at)
    )
    return [
        Holding(
            label=_("Entries of the knowledge pool"),
            name="pool_entries",
            records=[
                {"title": each.title, "text": each.body, "written_at": each.created_at.isoformat()} for each in entries
            ],
        ),
        Holding(
            label=_("Changes in the knowledge pool"),
            name="pool_changes",
            records=[{"replaced": each.title, "at": each.replaced_at.isoformat()} for each in changed],
        ),
        Holding(
            label=_("Changes that you proposed"),
            name="pool_proposals",
            records=[
                {"entry": each.entry.title, "title": each.title, "text": each.body, "reason": each.reason}
                for each in proposals
            ],
        ),
        Holding(
            label=_("Saved entries of the knowledge pool"),
            name="pool_saved",
            records=[{"title": title, "at": at.isoformat()} for title, at in saved],
        ),
    ]


def forget(session: Session, person: Person) -> None:
    """Delete what was a person's alone; what they wrote for the course stays, as a former member's."""
    mine = select(Membership.id).where(Membership.person_id == person.id).scalar_subquery()
    session.execute(delete(EntryMark).where(EntryMark.member_id.in_(mine)))
    session.execute(delete(Proposal).where(Proposal.by_id.in_(mine)))
    # Names are taken out of all texts at once, whoever holds them, and what changed must be found as it is now.
    changed = forget_mentions(session, person)
    index_posts(session, [text for text in changed if isinstance(text, Post)])
    index_entries(session, [text for text in changed if isinstance(text, Entry)])


HOLDER = Holder(list_holdings=list_holdings, forget=forget)
