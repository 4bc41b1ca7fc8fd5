"""The page about groups for everybody else: their own groups, and those that they can sign up for."""

import uuid
from http import HTTPStatus

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.models import Activity, GroupMode
from connector.activities.pages import activity_bar
from connector.courses.models import Joining, Membership
from connector.courses.people import name_of
from connector.groups import joining, reading
from connector.groups.access import groups_of
from connector.groups.pages import PREFIX, enter, load_lists, to, toasts
from connector.groups.schemas import NameForm
from connector.web.errors import AppError, ConflictError, InvalidInputError
from connector.web.pages import prefers_json, render
from connector.web.requests import now
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("sign_up", __name__, url_prefix=PREFIX)


@blueprint.post("/<uuid:group_id>/join")
def join(activity_id: uuid.UUID, group_id: uuid.UUID) -> ResponseReturnValue:
    """Take a place in a group, or ask for one."""
    session, member, activity = enter(activity_id)
    try:
        is_in = joining.join(session, member, group_id, now=now())
    except ConflictError as error:
        return _refuse(session, member, activity, error)
    session.commit()
    return to("groups.index", activity, told="joined" if is_in else "asked")


@blueprint.post("/sets/<uuid:set_id>/begin")
def begin(activity_id: uuid.UUID, set_id: uuid.UUID) -> ResponseReturnValue:
    """Begin a group, or ask for that."""
    session, member, activity = enter(activity_id)
    try:
        is_in = joining.begin(session, member, set_id, load_lists(NameForm())["name"], now=now())
    except (ConflictError, InvalidInputError) as error:
        return _refuse(session, member, activity, error, set_id)
    session.commit()
    return to("groups.index", activity, told="joined" if is_in else "asked")


@blueprint.post("/sets/<uuid:set_id>/leave")
def leave(activity_id: uuid.UUID, set_id: uuid.UUID) -> ResponseReturnValue:
    """Leave the group of a set."""
    session, member, activity = enter(activity_id)
    try:
        joining.leave(session, member, set_id, now=now())
    except ConflictError as error:
        return _refuse(session, member, activity, error)
    session.commit()
    return to("groups.index", activity, told="left")


@blueprint.post("/sets/<uuid:set_id>/withdraw")
def withdraw(activity_id: uuid.UUID, set_id: uuid.UUID) -> ResponseReturnValue:
    """Take a wish back."""
    session, member, activity = enter(activity_id)
    joining.withdraw(session, member, set_id)
    session.commit()
    return to("groups.index", activity, told="withdrawn")


def own_page(
    session: Session,
    member: Membership,
    activity: Activity,
    *,
    refused: AppError | None = None,
    refused_set_id: uuid.UUID | None = None,
) -> Response:
    """Return the page."""
    errors = refused.errors if isinstance(refused, InvalidInputError) else {}
    sentence = refused.learner if refused is not None and not errors else None
    return render(
        "groups/own.html",
        status=refused.status if refused else HTTPStatus.OK,
        bar=activity_bar(member, activity, "groups.index"),
        activity=activity,
        member=member,
        GroupMode=GroupMode,
        Joining=Joining,
        own=reading.list_own(session, member),
        counting={group.id for group in groups_of(session, member, activity)},
        sign_ups=reading.list_sign_ups(session, member),
        errors={f"name-{refused_set_id}": errors.get("name", [])} if errors else {},
        typed=request.form.get("name", "") if errors else "",
        name_of=name_of,
        toasts=[(sentence, "bad")] if sentence else toasts(),
    )


def _refuse(
    session: Session, member: Membership, activity: Activity, error: AppError, set_id: uuid.UUID | None = None
) -> Response:
    """Show the page as it is now, with what did not work."""
    if prefers_json():
        raise error
    session.rollback()
    return own_page(session, member, activity, refused=error, refused_set_id=set_id)
