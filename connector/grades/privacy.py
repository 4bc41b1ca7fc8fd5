"""What is kept here of people's grades, and how that is forgotten; the LMS's own gradebook is the LMS's."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from connector.activities.holders import Holder
from connector.activities.kinds import Holding
from connector.courses.models import Membership, Person
from connector.grades.models import Grade, LineItem, State
from connector.web.i18n import gettext as _


def list_holdings(session: Session, person: Person) -> Sequence[Holding]:
    """Return the grades of a person as they are to be in their LMSs."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    grades = session.scalars(
        select(Grade)
        .where(Grade.member_id.in_(mine), Grade.wanted_at.is_not(None))
        .order_by(Grade.wanted_at)
        .options(joinedload(Grade.line_item).joinedload(LineItem.activity))
    )
    records = [
        {
            "activity": each.line_item.activity.title,
            "points": each.points,
            "maximum": each.maximum,
            "comment": each.comment,
            "at": each.wanted_at.isoformat() if each.wanted_at else None,
        }
        for each in grades
    ]
    return [Holding(label=_("Grades"), name="grades", records=records)]


def forget(session: Session, person: Person) -> None:
    """Delete what was said with a person's grades and what LMSs answered; nothing more of them is sent."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    nothing = {"comment": None, "sent_comment": None, "seen_comment": None, "answer_detail": None}
    session.execute(
        update(Grade)
        .where(Grade.member_id.in_(mine))
        .values(**nothing, state=State.NONE, due_at=None)
        .execution_options(synchronize_session=False)
    )


HOLDER = Holder(list_holdings=list_holdings, forget=forget)
