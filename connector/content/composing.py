"""What every form for a text takes beside its own fields: where its draft, its preview and its files are."""

from http import HTTPStatus
from typing import Any

from babel import Locale
from flask import Response, jsonify, url_for
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.config import LOCALES
from connector.content.drafts import find_draft
from connector.content.models import Draft
from connector.courses.models import Membership
from connector.web.security import no_store


def draft_context(
    session: Session, member: Membership, place: str, *, activity: Activity | None = None, is_retyped: bool = False
) -> dict[str, Any]:
    """Return what `ui.composer` takes for a text whose draft is kept.

    Args:
        place: Names the draft: what the text is for.
        activity: Where it will stand; None where it stands in none.
        is_retyped: Whether the form comes back with what was typed; then that goes before the draft.
    """
    return {
        "place": place,
        "drafts_url": url_for("content.save_draft", place=place),
        "saved_draft": find_draft(session, member, place),
        "is_retyped": is_retyped,
        "preview_url": url_for("content.preview", activity=activity.id if activity else None),
    }


def file_context() -> dict[str, Any]:
    """Return what `ui.composer` takes for a text that has files."""
    return {"uploads": True, "attachments_url": url_for("files.send")}


def language_choices() -> list[tuple[str, str]]:
    """Return the languages that a text can be said to be in, each by its own name; nothing said first."""
    return [("", "–"), *((code, str(Locale.parse(code).get_display_name())) for code in LOCALES)]


def draft_answer(draft: Draft, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return a draft as scripts ask for it."""
    response = jsonify(
        revision=draft.revision, fields=draft.fields, updated_at=draft.updated_at.isoformat(), others=draft.others
    )
    response.status_code = status
    return no_store(response)
