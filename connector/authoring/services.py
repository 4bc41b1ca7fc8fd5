"""An activity that is made here: prepared unseen, looked at, published, or thrown away."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.activities.changes import ON, note
from connector.activities.kinds import find_idea, kinds
from connector.activities.models import Activity, CourseChange, GroupMode
from connector.activities.services import find_activity, new_activity
from connector.authoring.models import PREPARED, What
from connector.courses.models import Membership
from connector.groups.mode import list_sets_in_use, set_group_mode
from connector.notifications.models import Subscription
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
    begin_template(session, activity, by, form["template"], now=now)
    mode = form["group_mode"]
    if mode is not GroupMode.NONE:
        set_group_mode(session, activity, by, mode=mode, set_id=form["group_set"])
    return activity


def begin_template(
    session: Session, activity: Activity, by: Membership, key: str, *, is_open: bool = False, now: datetime
) -> None:
    """Give a new activity the rules of the idea that it began with, if it began with one of its own kind.

    Args:
        is_open: Whether people find it at once, with all that the idea wants to stand there.
    """
    idea = find_idea(activity.kind, key)
    if idea is None:
        return
    activity.template = idea.key
    if idea.begin is not None:
        idea.begin(session, activity, by, now)
    if idea.is_in_groups and activity.group_mode is GroupMode.NONE and list_sets_in_use(session, activity.course_id):
        set_group_mode(session, activity, by, mode=GroupMode.SEPARATE, set_id=None)
    if is_open and idea.open is not None:
        idea.open(session, activity, by, now)


def tell(session: Session, activity: Activity) -> Sequence[str]:
    """Return how a prepared activity will work for learners, a sentence each."""
    idea = find_idea(activity.kind, activity.template)
    groups = {
        GroupMode.SEPARATE: _("Each group is by itself, and sees no other."),
        GroupMode.VISIBLE: _("Each group is by itself, and can look at the others."),
    }
    sentences = [
        *kinds()[activity.kind].tell(session, activity),
        idea.opening if idea else "",
        groups.get(activity.group_mode, ""),
    ]
    return [each for each in sentences if each]


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
    idea = find_idea(activity.kind, activity.template)
    if idea is not None and idea.open is not None:
        idea.open(session, activity, by, now)
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
            kinds()[activity.kind].clear(session, activity)
            for model, place in ((CourseChange, CourseChange.activity_id), (Subscription, Subscription.scope_id)):
                session.execute(delete(model).where(place == activity.id))
            session.delete(activity)
            session.flush()
    except IntegrityError as error:
        raise ConflictError(_("Something was written in it already, so it stays. Close it in its settings.")) from error
