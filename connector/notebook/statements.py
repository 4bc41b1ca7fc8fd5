"""What the notebook tells learning record stores: that somebody wrote for themselves, if they agreed, and nothing else."""

import uuid
from datetime import datetime

import tincan

from connector.activities.statements import member_actor, registration
from connector.courses.models import Membership
from xapi.statement import activity, statement
from xapi.vocabulary.activity_types import COURSE, NOTE
from xapi.vocabulary.events import REFLECTION_MADE
from xapi.vocabulary.extensions import VISIBILITY

PRIVATE = "private"


def reflected(member: Membership, at: datetime) -> tincan.Statement:
    """Return the statement that a member who agreed to it wrote something down for themselves.

    It says neither what, how much nor about what, and of where only the course. Its ids are random and kept nowhere, so that it leads to no note.

    Args:
        at: Aware.
    """
    tenant = member.course.deployment.platform.tenant
    return statement(
        id_=uuid.uuid4(),
        event=REFLECTION_MADE,
        actor=member_actor(member),
        object_=activity(f"{tenant.iri}/reflections/{uuid.uuid4()}", NOTE),
        timestamp=at,
        extensions={VISIBILITY: PRIVATE},
        has_consent=True,
        grouping=activity(member.course.iri, COURSE),
        registration=registration(member),
    )
