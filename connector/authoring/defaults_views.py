"""The operators' page about what an organisation's courses begin with, and how far trainers may go."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.authoring.course_words import label_of, moderation_words, value_in_words
from connector.authoring.defaults_schemas import DefaultsForm
from connector.authoring.models import What
from connector.courses.policies import NAMES, change_policy, get_policy, list_policy_changes
from connector.platforms.admin_frame import admin_blueprint, admin_page, find_tenant, tenant_index
from connector.platforms.models import Tenant
from connector.privacy.views import states
from connector.web.errors import InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext
from connector.web.requests import current_session, load, now

blueprint = admin_blueprint("defaults", __name__, url_prefix="/admin/defaults", label=lambda: _("Defaults"))


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show the defaults of the only organisation, or a list of them."""
    return tenant_index(current_session(), "defaults", _("Defaults"), _page)


@blueprint.get("/<uuid:tenant_id>")
def show(tenant_id: uuid.UUID) -> ResponseReturnValue:
    """Show what an organisation wants of its courses."""
    session = current_session()
    return _page(session, find_tenant(session, tenant_id))


@blueprint.post("/<uuid:tenant_id>")
def change(tenant_id: uuid.UUID) -> ResponseReturnValue:
    """Change what an organisation wants of its courses."""
    session = current_session()
    tenant = find_tenant(session, tenant_id)
    try:
        change_policy(session, tenant.id, load(DefaultsForm()), now=now())
    except InvalidInputError as error:
        session.rollback()
        return _page(session, find_tenant(session, tenant_id), typed=request.form.to_dict(), errors=error.errors)
    session.commit()
    return redirect(url_for("defaults.show", tenant_id=tenant.id, saved=1), HTTPStatus.SEE_OTHER)


def _page(
    session: Session,
    tenant: Tenant,
    *,
    typed: dict[str, Any] | None = None,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    return admin_page(
        "authoring/defaults.html",
        current="defaults.index",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        tenant=tenant,
        typed=typed if typed is not None else _typed(session, tenant),
        errors=errors or {},
        states=states(),
        moderation=moderation_words(),
        labels=_labels(),
        log=[
            (each.changed_at, _labels()[each.what], _words(each.what, each.before), _words(each.what, each.after))
            for each in list_policy_changes(session, tenant.id)
        ],
        toasts=[_("Saved.")] if "saved" in request.args and not errors else [],
    )


def _typed(session: Session, tenant: Tenant) -> dict[str, Any]:
    policy = get_policy(session, tenant.id)
    hidden = policy.allows_anonymous
    return {
        **{name: getattr(policy, name) for name in NAMES},
        "recording": policy.recording.value,
        "allows_anonymous": "" if hidden is None else "on" if hidden else "off",
    }


def _labels() -> dict[str, str]:
    return {
        "recording": _("Recording"),
        "moderation": label_of(What.MODERATION),
        "allows_anonymous": label_of(What.ALLOWS_ANONYMOUS),
        "keep_days": label_of(What.KEEP_DAYS),
        "may_record_fully": _("Trainers may record more than random numbers"),
        "may_hide_names": _("Trainers may let names be hidden"),
        "most_keep_days": _("Days that texts are kept at most"),
    }


def _words(what: str, value: str | None) -> str:
    if what == "recording":
        return states()[value or "on"][0]
    if what == "most_keep_days":
        return ngettext("%(num)s day", "%(num)s days", int(value)) if value else _("No limit")
    if what == "allows_anonymous" and value is None:
        return _("In questions alone")
    return value_in_words(What(what) if what in set(What) else What.LEARNERS_START, value)
