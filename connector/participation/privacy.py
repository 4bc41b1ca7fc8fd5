"""What taking part holds of people, and how that is forgotten."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connector.activities.holders import Holder
from connector.activities.kinds import Holding
from connector.courses.models import Membership, Person
from connector.participation.models import Completion, Criterion, Extension, Mark, Remark, ShownPoints
from connector.web.i18n import gettext as _


def list_holdings(session: Session, person: Person) -> Sequence[Holding]:
    """Return how a person was marked, what they read with it, what they completed, and later due dates of theirs."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    marks = session.execute(
        select(Criterion.title, Mark.points, Mark.marked_at)
        .join(Criterion, Criterion.id == Mark.criterion_id)
        .where(Mark.member_id.in_(mine))
        .order_by(Mark.marked_at)
    )
    remarks = session.scalars(select(Remark.text).where(Remark.member_id.in_(mine)))
    done = session.execute(
        select(Completion.activity_id, Completion.completed_at).where(Completion.member_id.in_(mine))
    )
    later = session.execute(select(Extension.activity_id, Extension.due_at).where(Extension.member_id.in_(mine)))
    shown = session.execute(select(ShownPoints.activity_id, ShownPoints.since).where(ShownPoints.member_id.in_(mine)))
    return [
        Holding(
            label=_("Where you show your points"),
            name="shown_points",
            records=[{"activity": str(activity), "since": at.isoformat()} for activity, at in shown],
        ),
        Holding(
            label=_("Marks"),
            name="marks",
            records=[{"criterion": title, "points": points, "at": at.isoformat()} for title, points, at in marks],
        ),
        Holding(label=_("Remarks"), name="remarks", records=[{"text": text} for text in remarks if text]),
        Holding(
            label=_("Activities completed"),
            name="completed",
            records=[{"activity": str(activity), "at": at.isoformat()} for activity, at in done],
        ),
        Holding(
            label=_("Later due dates"),
            name="extensions",
            records=[{"activity": str(activity), "due_at": at.isoformat()} for activity, at in later],
        ),
    ]


def forget(session: Session, person: Person) -> None:
    """Delete marks, remarks and due dates of a person; that an activity was completed stays, as a former member's."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    for table in (Mark, Remark, Extension, ShownPoints):
        session.execute(delete(table).where(table.member_id.in_(mine)).execution_options(synchronize_session=False))


HOLDER = Holder(list_holdings=list_holdings, forget=forget)
