"""What this folder holds of people: drafts, files, and their names in what others wrote to them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from connector.activities.holders import Holder
from connector.activities.kinds import Holding
from connector.content import drafts, mentions
from connector.content.attachments import list_attachments_of
from connector.content.models import Attachment, MentionPace
from connector.courses.models import Membership, Person
from connector.web.i18n import gettext as _

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def list_holdings(session: Session, person: Person) -> Sequence[Holding]:
    """Return the drafts and the files of a person."""
    typed = [
        {"place": draft.place, "texts": draft.fields, "at": draft.updated_at.isoformat()}
        for draft in drafts.list_drafts_of(session, person)
    ]
    sent = [
        {
            "id": str(each.id),
            "name": each.name,
            "type": each.media_type,
            "size": each.size,
            "description": each.alt,
            "sent_at": each.created_at.isoformat(),
        }
        for each in list_attachments_of(session, person)
    ]
    mine = select(Membership.id).where(Membership.person_id == person.id)
    paces = session.scalars(select(MentionPace).where(MentionPace.member_id.in_(mine)).order_by(MentionPace.since))
    return [
        Holding(label=_("Drafts"), name="drafts", records=typed, is_own=True),
        Holding(label=_("Files"), name="files", records=sent),
        Holding(
            label=_("How many people you addressed in a day"),
            name="addressed",
            records=[{"count": each.count, "since": each.since.isoformat()} for each in paces],
        ),
    ]


def forget(session: Session, person: Person) -> None:
    """Delete drafts, let files that belong to nothing expire at once, and take the name out of what others wrote.

    Files in posts stay with these, as a former member's.
    """
    drafts.forget(session, person)
    mine = select(Membership.id).where(Membership.person_id == person.id).scalar_subquery()
    theirs = update(Attachment).where(Attachment.member_id.in_(mine))
    session.execute(delete(MentionPace).where(MentionPace.member_id.in_(mine)))
    # Housekeeping deletes them with their bytes: nothing is sent to the store while somebody is erased.
    session.execute(theirs.where(Attachment.holder_id.is_(None)).values(created_at=_LONG_AGO))
    mentions.forget_mentions(session, person)


HOLDER = Holder(list_holdings=list_holdings, forget=forget)
