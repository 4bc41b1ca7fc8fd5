"""What taking part tells learning record stores."""

import uuid
from datetime import datetime

import tincan

from connector.activities.models import Activity
from connector.activities.statements import origin, setting
from connector.courses.models import Membership
from xapi.statement import activity as activity_of
from xapi.statement import statement
from xapi.vocabulary.activity_types import COURSE, DISCUSSION
from xapi.vocabulary.events import ACTIVITY_COMPLETED


def completed(activity: Activity, member: Membership, at: datetime) -> tincan.Statement:
    """Return the statement that `member` has done all that the activity asks for.

    Args:
        at: Aware.
    """
    return statement(
        id_=uuid.uuid5(activity.id, f"{ACTIVITY_COMPLETED.key} {member.id}"),
        event=ACTIVITY_COMPLETED,
        object_=activity_of(activity.iri, DISCUSSION),
        timestamp=at,
        result=tincan.Result(completion=True),
        extensions=origin(member),
        parent=activity_of(activity.course.iri, COURSE),
        **setting(member, activity, DISCUSSION),
    )
