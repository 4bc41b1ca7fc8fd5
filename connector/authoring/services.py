"""An activity that is made here: prepared unseen, looked at, published, or thrown away."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.activities.changes import ON, note
from connector.activities.models import Activity, CourseChange, GroupMode
from connector.activities.services import find_activity, new_activity
from connector.authoring.models import PREPARED, What
from connector.courses.models import Membership
from connector.groups.mode import set_group_mode
from connector.threads.models import Rules
from connector.threads.ruling import begin_rules
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _


def prepare(
    session: Session, by: Membership, form: Mapping[str, Any], *, key: uuid.UUID, public_url: str, now: datetime
) -> Activity:
    """Make an activity that only those who lead the course see. The same form sent again returns the one that it made.

    Args:
        form: As `schemas.BeginForm` reads it.
        key: The form's.

    Raises:
        NotFoundError: The member does not lead the course.
        InvalidInputError: The course does not have the groups that were chosen.
    """
    if not by.is_staff:
        raise NotFoundError
    id_ = uuid.uuid5(by.id, str(key))
    if earlier := session.get(Activity, id_):
        return earlier
    activity = new_activity(
        by.course,
        id_,
        kind=form["kind"],
        title=form["title"],
        prompt=form["prompt"],
        opens_at=form["opens_at"],
        closes_at=form["closes_at"],
        score_maximum=form["score_maximum"],
        public_url=public_url,
        now=now,
    )
    activity.prepared_at = now
    session.add(activity)
    session.flush()
    begin_rules(session, activity)
    mode = form["group_mode"]
    if mode is not GroupMode.NONE:
        set_group_mode(session, activity, by, mode=mode, set_id=form["group_set"])
    return activity


def get_prepared(session: Session, by: Membership, activity_id: uuid.UUID) -> Activity:
    """Return an activity that is not published yet.

    Raises:
        NotFoundError: It is published, of another course, or the member does not lead the course.
    """
    activity = find_activity(session, by, activity_id)
    if not by.is_staff or activity.prepared_at is None:
        raise NotFoundError
    return activity


def publish(session: Session, activity: Activity, by: Membership, *, now: datetime) -> None:
    """Let everybody find a prepared activity on the course's page.

    Raises:
        ConflictError: It would have ended before anybody came.
    """
    if activity.closes_at is not None and activity.closes_at <= now:
        raise ConflictError(_("It would be closed at once: give it a later end first."))
    activity.prepared_at, activity.published_at = None, now
    note(session, by, What.ACTIVITY, PREPARED, ON, activity=activity, now=now)


def discard(session: Session, activity: Activity) -> None:
    """Throw a prepared activity away.

    Raises:
        ConflictError: Something was written in it already; closing it in its settings is the way then.
    """
    # Nobody but trainers was there; what refers to it, if anything, is theirs and worth a question.
    try:
        with session.begin_nested():
            # Its settings and what the log says of them go with it.
            for model in (CourseChange, Rules):
                session.execute(delete(model).where(model.activity_id == activity.id))
            session.delete(activity)
            session.flush()
    except IntegrityError as error:
        raise ConflictError(_("Something was written in it already, so it stays. Close it in its settings.")) from error
