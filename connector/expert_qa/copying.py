"""What copied questions take over: how they are asked, and what is asked of learners. Nobody's question is among it."""

from datetime import datetime

from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.expert_qa.models import Desk
from connector.participation.copying import copy_participation
from connector.threads.models import Rules


def copy_settings(session: Session, origin: Activity, copy: Activity, now: datetime) -> None:
    """Give `copy` the rules of `origin`; a date that is past in the new course stays behind."""
    rules, desk = session.get(Rules, origin.id), session.get(Desk, origin.id)
    if rules is not None:
        names = (column.key for column in Rules.__table__.columns if column.key != "activity_id")
        session.add(Rules(activity_id=copy.id, **{name: getattr(rules, name) for name in names}))
    if desk is not None:
        until = desk.assessed_until if desk.assessed_until and desk.assessed_until > now else None
        session.add(Desk(activity_id=copy.id, assessed_until=until, nudge_days=desk.nudge_days, starters=desk.starters))
    copy_participation(session, origin, copy)
    session.flush()
