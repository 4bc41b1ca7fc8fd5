"""Telling those of something whom somebody has found already, with what they want to hear."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.bulk import insert_new
from connector.notifications.models import UNREAD, Notice
from connector.notifications.recipients import Recipient
from connector.notifications.services import notify

_FEW = 50
"""So many notices are quickest as rows; more, as one query that the database makes them from."""


def tell_recipients(
    session: Session,
    recipients: Collection[Recipient],
    what: str,
    *,
    about: uuid.UUID,
    activity: Activity,
    thread_id: uuid.UUID | None = None,
    now: datetime,
) -> None:
    """Tell those who were found already; otherwise as `notify`."""
    if len(recipients) > _FEW:
        ids = [each.id for each in recipients]
        notify(session, ids, what, about=about, activity=activity, by=None, thread_id=thread_id, now=now)
    elif recipients and activity.switched_off_at is None:
        told = {"what": what, "about": about, "activity_id": activity.id, "thread_id": thread_id}
        rows = [
            {
                "id": uuid.uuid4(),
                "member_id": each.id,
                "person_id": each.person_id,
                "mail_due_at": now if each.is_mailed else None,
                "created_at": now,
                "is_held": False,
                **told,
            }
            for each in sorted(recipients, key=lambda each: each.id)
        ]
        session.flush()
        connection = session.connection()
        connection.execute(insert_new(connection, Notice, unless=UNREAD), rows)
