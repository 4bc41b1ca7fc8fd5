"""How many more questions experts take this week, in words: what was asked of them is known to who asks, above."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from flask import current_app, has_app_context
from sqlalchemy.orm import Session

from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext


def room_in_words(session: Session, ids: Collection[uuid.UUID], *, now: datetime) -> Mapping[uuid.UUID, str]:
    """Return how many more questions members take; who takes as many as come is left out.

    Args:
        ids: Of memberships.
    """
    if not ids or not has_app_context():  # the services alone, without the application that knows who was asked
        return {}
    room: Mapping[uuid.UUID, int] = current_app.extensions.get("kring_room", _nobody)(session, ids, now)
    return {id_: _in_words(count) for id_, count in room.items()}


def _in_words(count: int) -> str:
    if count == 0:
        return _("takes no more questions this week")
    return ngettext("takes %(num)s more question this week", "takes %(num)s more questions this week", count)


def _nobody(_session: Session, _ids: Collection[uuid.UUID], _now: datetime) -> Mapping[uuid.UUID, int]:
    return {}
