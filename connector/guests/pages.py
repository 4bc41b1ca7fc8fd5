"""What the pages of a guest share beside the way in: the bar, the composer, and where a form leads."""

from http import HTTPStatus
from typing import Any

from flask import Response, make_response, redirect, url_for
from sqlalchemy.orm import Session

from connector.content.drafts import find_draft
from connector.content.text import BODY_LIMIT
from connector.courses.models import Membership
from connector.guests.frame import is_known_browser
from connector.guests.models import Invitation
from connector.web.errors import AppError, InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.security import no_store


def guest_page(name: str, invitation: Invitation, *, status: HTTPStatus = HTTPStatus.OK, **context: Any) -> Response:
    """Return one of the guest's pages, in the bar that all of them have."""
    titles = {"title": _("A question for you"), "subtitle": None, "home_url": url_for("guest.index")}
    foot = {"label": _("What is kept of you"), "url": url_for("guest.privacy")} if is_known_browser() else None
    bar = {**titles, "foot": foot}
    return render(f"guests/{name}.html", status=status, bar=bar, invitation=invitation, **context)


def back_to(endpoint: str, **values: Any) -> Response:
    """Lead to one of the guest's pages."""
    return no_store(make_response(redirect(url_for(endpoint, **values), HTTPStatus.SEE_OTHER)))


def composer_of(
    session: Session, member: Membership, place: str, drafts_url: str, *, is_retyped: bool
) -> dict[str, Any]:
    """Return what `ui.composer` takes beside the form's own fields: what members have, but for names to address.

    Args:
        member: Who the guest is.
        place: Names the draft.
    """
    return {
        "place": place,
        "drafts_url": drafts_url,
        "saved_draft": find_draft(session, member, place),
        "is_retyped": is_retyped,
        "uploads": True,
        "attachments_url": url_for("guest.send_file"),
        "preview_url": url_for("guest.preview"),
        "maxlength": BODY_LIMIT,
    }


def sentences_of(error: AppError | None) -> list[str]:
    """Return what is wrong with a text or the files that came with it."""
    if not isinstance(error, InvalidInputError):
        return []
    return [sentence for name in ("body", "file") for sentence in error.errors.get(name, ())]
