"""What is stored of a person, for them and for whoever looks after people's data in the LMS."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from flask import current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.kinds import Holding, kinds
from connector.courses.models import Person
from connector.privacy.holdings import list_holdings
from connector.web.errors import NotFoundError
from connector.web.pages import render
from connector.web.requests import current_session, now
from connector.web.security import no_store
from connector.web.sessions import current_launch, launch_blueprint

log = structlog.get_logger(__name__)

blueprint = launch_blueprint("privacy", __name__, url_prefix="/s/<sid>/privacy")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Say what is stored of the person that the launch is about."""
    session, launch = current_session(), current_launch()
    if launch.membership_id is not None:
        raise NotFoundError
    person = session.get(Person, launch.subject_id) if launch.subject_id else None
    is_theirs = _is_asked_by_them()
    return render(
        "launch/privacy.html",
        bar=None,
        person=person,
        holdings=[each for each in _list_all(session, person) if is_theirs or not each.is_own] if person else [],
        is_theirs=is_theirs,
        may_export=launch.may_export,
    )


@blueprint.get("/export")
def export() -> ResponseReturnValue:
    """Give a copy of what is stored, to the person or to an administrator of their LMS."""
    session, launch = current_session(), current_launch()
    person = session.get(Person, launch.subject_id) if launch.subject_id and launch.may_export else None
    if person is None:
        raise NotFoundError
    log.info("personal_data_exported", person=str(person.id))
    listed = _list_all(session, person)
    told = listed if _is_asked_by_them() else [each for each in listed if not each.is_own]
    response = jsonify(
        exported_at=now().isoformat(),
        person=_describe(person),
        only_for_the_person=[each.name for each in listed if each not in told],
        **{each.name: each.records for each in told},
    )
    response.headers["Content-Disposition"] = 'attachment; filename="kring-personal-data.json"'
    return no_store(response)


def _is_asked_by_them() -> bool:
    """Return whether the person that the launch is about made it.

    An administrator who asks for their own data cannot be told from one who asks for somebody's, and gets what these get.
    """
    launch = current_launch()
    return launch.may_export and not launch.is_lms_admin


def _list_all(session: Session, person: Person) -> Sequence[Holding]:
    """Return what is stored of a person, in every folder and activity."""
    of_folders = list_holdings(session, person, current_app.extensions["kring_holders"])
    return [*of_folders, *(each for parts in kinds().values() for each in parts.list_holdings(session, person))]


def _describe(person: Person) -> Mapping[str, Any]:
    return {
        "lms": person.platform.issuer,
        "lms_user_id": person.subject,
        "name": person.name,
        "email": person.email,
        "language": person.locale,
        "known_since": person.created_at.isoformat(),
        "account_in_learning_records": str(person.pseudonym),
    }
