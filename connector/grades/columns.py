"""Where an activity's column of the gradebook is to be: with its resource link, or in the course where it has none.

An activity that was made here has no link, so its column stands in the course by itself. Placed later, it keeps the column,
bound to the link; where the LMS has made another one with the link, that one is used, and ours goes.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from connector.activities.models import Activity, Placement
from connector.grades.models import MAIN, Grade, LineItem, State
from lti import claims
from lti.messages import GradeEndpoint
from lti.profiles import Profile, profile_for


class Lack(StrEnum):
    """What keeps an activity's points out of the gradebook."""

    GRADEBOOK = "gradebook"
    """The LMS takes no scores from us in this course."""
    COLUMN = "column"
    """It takes scores, but the activity has no column, and we may not make one."""


def find_endpoint(session: Session, activity: Activity) -> GradeEndpoint:
    """Return where the LMS keeps grades: as the activity's newest link says that knows, else as the course's launches do.

    Where nothing is known, it is an endpoint that offers nothing.
    """
    placement = session.scalar(
        select(Placement)
        .where(
            Placement.activity_id == activity.id,
            or_(Placement.lineitems_url.is_not(None), Placement.lineitem_url.is_not(None)),
        )
        .order_by(Placement.created_at.desc(), Placement.id)
        .limit(1)
    )
    if placement is None:
        course = activity.course
        return GradeEndpoint(lineitems=course.lineitems_url, lineitem=None, scopes=frozenset(course.grade_scopes))
    return GradeEndpoint(
        lineitems=placement.lineitems_url, lineitem=placement.lineitem_url, scopes=frozenset(placement.scopes)
    )


def find_lack(endpoint: GradeEndpoint, item: LineItem | None) -> Lack | None:
    """Return what the LMS does not let us do for the points of an activity to arrive; None where they can.

    Args:
        item: The activity's line item, as far as it is known.
    """
    if claims.SCOPE_SCORE not in endpoint.scopes:
        return Lack.GRADEBOOK
    has_column = endpoint.lineitem is not None or (item is not None and item.url is not None)
    may_make = endpoint.lineitems is not None and claims.SCOPE_LINE_ITEM in endpoint.scopes
    return None if has_column or may_make else Lack.COLUMN


def note_link(session: Session, placement: Placement, *, now: datetime) -> None:
    """Bring the column of an activity that was made here together with the link that it was opened by, once it has one.

    The LMS's own column for the link is the better one: it is where teachers look for the link's grades. All that was sent
    goes there, and ours is taken away. Otherwise ours is bound to the link, where the LMS lets that be done afterwards.
    """
    activity = placement.activity
    if activity.published_at is None or not placement.is_link:
        return
    item = session.scalar(
        select(LineItem)
        .where(LineItem.activity_id == activity.id, LineItem.tag == MAIN)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if item is None or item.url is None or item.is_coupled:
        return
    if placement.lineitem_url is None:
        if item.link_id != placement.resource_link_id and profile_of(activity).can_bind_later:
            item.link_id, item.wants_update, item.due_at = placement.resource_link_id, True, now
    elif placement.lineitem_url != item.url:
        _move(session, item, now)


def profile_of(activity: Activity) -> Profile:
    """Return the habits of the LMS that an activity is in."""
    platform = activity.course.deployment.platform
    return profile_for(platform.product, platform.issuer)


def _move(session: Session, item: LineItem, now: datetime) -> None:
    """Let the worker find the link's own column, and send there all that was sent."""
    item.former_url, item.url, item.link_id = item.url, None, None
    item.wants_update, item.due_at = True, now
    session.execute(
        update(Grade)
        .where(Grade.line_item_id == item.id, Grade.state == State.SENT)
        .values(version=Grade.version + 1, state=State.DUE, due_at=now, wanted_at=now, attempts=0, conflicts=0)
    )
