"""Acts of members, told as features tell them: what delivery makes of them is what the tests are about."""

import uuid
from datetime import datetime

import tincan

from connector.activities.models import Activity
from connector.activities.statements import member_actor, origin, setting
from connector.courses.models import Membership
from tests import make
from xapi.examples import VALUES
from xapi.statement import activity, statement
from xapi.vocabulary import Event
from xapi.vocabulary.activity_types import DISCUSSION
from xapi.vocabulary.events import POST_REPLIED, THREAD_CREATED, USER_MENTIONED

EVENTS = (THREAD_CREATED, POST_REPLIED, USER_MENTIONED)


def act(
    by: Membership,
    place: Activity,
    *,
    event: Event = POST_REPLIED,
    target: Membership | None = None,
    at: datetime = make.NOW,
) -> tincan.Statement:
    """Build what `by` did in `place`."""
    extensions = {extension: VALUES[extension] for extension in event.extensions if extension in VALUES}
    parent = event.parent_type
    return statement(
        id_=uuid.uuid4(),
        event=event,
        object_=activity(f"{place.iri}/posts/{uuid.uuid4()}", event.object_type),
        timestamp=at,
        extensions={**origin(by), **extensions},
        target=member_actor(target) if target else None,
        parent=activity(f"{place.iri}/parent", parent) if parent else None,
        **setting(by, place, DISCUSSION),
    )
