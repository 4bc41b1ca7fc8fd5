"""What is kept of a guest: to see, to take along, and to have forgotten."""

import json
from typing import Any

from flask import Response, current_app, url_for
from flask.typing import ResponseReturnValue

from connector.guests import privacy
from connector.guests.frame import confirmed
from connector.guests.guest_views import blueprint
from connector.guests.models import Invitation
from connector.privacy.erasure import erase_person
from connector.web.i18n import gettext as _
from connector.web.pages import render


@blueprint.get("/privacy", endpoint="privacy")
def show_privacy() -> ResponseReturnValue:
    """Show what is kept of the guest, and what they can do about it."""
    session, invitation, _at = confirmed()
    return render(
        "guests/privacy.html",
        bar={"title": _("A question for you"), "subtitle": None, "home_url": url_for("guest.index"), "foot": None},
        invitation=invitation,
        holdings=[each for each in privacy.list_of_guest(session, invitation) if each.records],
        is_recorded=invitation.member is not None and invitation.member.person.is_recorded,
    )


@blueprint.get("/privacy/export")
def export() -> ResponseReturnValue:
    """Send all that is kept of the guest, as a file."""
    session, invitation, at = confirmed()
    held: dict[str, Any] = {each.name: each.records for each in privacy.list_of_guest(session, invitation)}
    text = json.dumps({"at": at.isoformat(), **held}, ensure_ascii=False, indent=2)
    headers = {
        "Content-Disposition": 'attachment; filename="my-data.json"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(text, content_type="application/json", headers=headers)


@blueprint.post("/privacy/forget")
def forget() -> ResponseReturnValue:
    """Forget the guest: the link opens nothing from now on, and what they wrote has nobody's name."""
    session, invitation, at = confirmed()
    tenant = invitation.activity.course.deployment.platform.tenant.name
    _forget(session, invitation, at)
    session.commit()
    return render("guests/forgotten.html", tenant=tenant)


def _forget(session: Any, invitation: Invitation, at: Any) -> None:
    if invitation.member is not None:
        erase_person(session, invitation.member.person, holders=current_app.extensions["kring_holders"], now=at)
    privacy.forget_guest(session, invitation, revoked_at=at)
    session.flush()
