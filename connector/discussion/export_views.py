"""A discussion as a file, for who leads the course."""

import uuid
from collections.abc import Collection

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.discussion import export
from connector.discussion.pages import enter_any
from connector.threads.access import Sight
from connector.web.errors import NotFoundError
from connector.web.requests import current_session
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("export", __name__, url_prefix="/s/<sid>/discussions/<uuid:activity_id>")
_WAYS = {"csv": (export.as_csv, "text/csv; charset=utf-8"), "json": (export.as_json, "application/json")}


@blueprint.get("/export.<form>")
def download(activity_id: uuid.UUID, form: str) -> ResponseReturnValue:
    """Send every post of the discussion."""
    session = current_session()
    sight = enter_any(session, activity_id)
    if not sight.member.is_staff or form not in _WAYS:
        raise NotFoundError
    return as_file(session, sight, form)


def as_file(session: Session, sight: Sight, form: str, among: Collection[uuid.UUID] | None = None) -> Response:
    """Return posts as a file.

    Args:
        form: `csv` or `json`.
        among: The threads to take; None for all.
    """
    write, media_type = _WAYS[form]
    # Whole before the first byte leaves: a mistake must not end as half a file.
    return Response(
        "".join(write(session, sight, among)),
        content_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="discussion-{sight.activity.id.hex[:8]}.{form}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
