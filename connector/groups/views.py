"""The pages about groups for who leads the course: the sets, one set, one group, and who is in it."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.courses.models import GroupSet, Joining, Membership
from connector.courses.people import name_of, role_of
from connector.groups import joining, reading, services
from connector.groups.building import deal_rest
from connector.groups.joining_views import own_page
from connector.groups.naming import by_name
from connector.groups.pages import PREFIX, enter, lead, load_lists, to, toasts, trait_label
from connector.groups.placing import find_members, place
from connector.groups.schemas import DecisionForm, MoveForm, NameForm, SignUpForm
from connector.web.errors import AppError, ConflictError, InvalidInputError, NotFoundError
from connector.web.pages import prefers_json, render
from connector.web.requests import now
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("groups", __name__, url_prefix=PREFIX)


@blueprint.get("")
def index(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the sets to who leads the course, and to others their groups and what they can sign up for."""
    session, member, activity = enter(activity_id)
    if not member.is_staff:
        return own_page(session, member, activity)
    sets = reading.list_sets(session, member.course_id)
    return render(
        "groups/index.html",
        bar=activity_bar(member, activity, "people.index"),
        activity=activity,
        sets=[row for row in sets if row.set.is_active],
        dissolved=[row for row in sets if not row.set.is_active],
        loose=reading.list_loose(session, member.course_id),
        toasts=toasts(),
    )


@blueprint.get("/sets/<uuid:set_id>")
def show_set(activity_id: uuid.UUID, set_id: uuid.UUID) -> ResponseReturnValue:
    """Show a set."""
    session, member, activity = lead(activity_id)
    return _set_page(session, member, activity, services.find_set(session, member, set_id))


@blueprint.post("/sets/<uuid:set_id>/name")
def rename_set(activity_id: uuid.UUID, set_id: uuid.UUID) -> ResponseReturnValue:
    """Give a set another name."""
    session, member, activity = lead(activity_id)
    try:
        services.rename_set(session, member, set_id, load_lists(NameForm())["name"])
    except InvalidInputError as error:
        errors = {f"set-{name}": sentences for name, sentences in error.errors.items()}
        return _refuse(session, member, activity, set_id, error, errors=errors)
    session.commit()
    return to("groups.show_set", activity, set_id=set_id, told="saved")


@blueprint.post("/sets/<uuid:set_id>/sign-up")
def set_sign_up(activity_id: uuid.UUID, set_id: uuid.UUID) -> ResponseReturnValue:
    """Say how people come into the groups of a set."""
    session, member, activity = lead(activity_id)
    try:
        services.set_sign_up(session, member, set_id, **load_lists(SignUpForm()))
    except InvalidInputError as error:
        return _refuse(session, member, activity, set_id, error)
    session.commit()
    return to("groups.show_set", activity, set_id=set_id, told="saved")


@blueprint.post("/sets/<uuid:set_id>/groups")
def add_group(activity_id: uuid.UUID, set_id: uuid.UUID) -> ResponseReturnValue:
    """Add an empty group to a set."""
    session, member, activity = lead(activity_id)
    try:
        group_set = services.change_set(session, member, set_id)
        services.add_group(session, group_set, load_lists(NameForm())["name"])
    except (InvalidInputError, ConflictError) as error:
        return _refuse(session, member, activity, set_id, error)
    session.commit()
    return to("groups.show_set", activity, set_id=set_id, told="saved")


@blueprint.post("/sets/<uuid:set_id>/deal-rest")
def deal_the_rest(activity_id: uuid.UUID, set_id: uuid.UUID) -> ResponseReturnValue:
    """Put the learners who are in no group into the smallest ones."""
    session, member, activity = lead(activity_id)
    count = deal_rest(session, member, set_id, now=now())
    session.commit()
    return to("groups.show_set", activity, set_id=set_id, told="placed" if count else "")


@blueprint.post("/sets/<uuid:set_id>/<any(dissolve,restore):what>")
def end_or_restore_set(activity_id: uuid.UUID, set_id: uuid.UUID, what: str) -> ResponseReturnValue:
    """Use a set no more, or again."""
    session, member, activity = lead(activity_id)
    change = services.dissolve_set if what == "dissolve" else services.restore_set
    change(session, member, set_id, now=now())
    session.commit()
    return to("groups.show_set", activity, set_id=set_id, told="dissolved" if what == "dissolve" else "restored")


@blueprint.post("/sets/<uuid:set_id>/wishes/<uuid:wish_id>")
def decide(activity_id: uuid.UUID, set_id: uuid.UUID, wish_id: uuid.UUID) -> ResponseReturnValue:
    """Fulfil a wish, or drop it."""
    session, member, activity = lead(activity_id)
    agrees = load_lists(DecisionForm())["agrees"]
    try:
        joining.decide(session, member, set_id, wish_id, agrees=agrees, now=now())
    except (InvalidInputError, ConflictError) as error:
        return _refuse(session, member, activity, set_id, error)
    session.commit()
    return to("groups.show_set", activity, set_id=set_id, told="placed" if agrees else "saved")


@blueprint.get("/sets/<uuid:set_id>/rest")
def show_rest(activity_id: uuid.UUID, set_id: uuid.UUID) -> ResponseReturnValue:
    """Show who is in no group of a set, to put them into one."""
    session, member, activity = lead(activity_id)
    group_set = services.find_set(session, member, set_id)
    people = reading.list_rest(session, group_set, request.args.get("page", 1, type=int))
    return _people_page(session, member, activity, group_set, people)


@blueprint.post("/sets/<uuid:set_id>/people")
def move(activity_id: uuid.UUID, set_id: uuid.UUID) -> ResponseReturnValue:
    """Move people into a group of a set, or out of theirs."""
    session, member, activity = lead(activity_id)
    form = load_lists(MoveForm(), "members")
    group_set = services.change_set(session, member, set_id)
    target = services.change_group(session, member, form["to"]) if form["to"] else None
    if target is not None and target.set_id != group_set.id:
        raise NotFoundError
    if not group_set.is_active or (target is not None and not target.is_active):
        raise ConflictError
    members = find_members(session, member.course_id, form["members"])
    place(session, group_set, dict.fromkeys(members, target), now=now())
    session.commit()
    if request.args.get("from", type=uuid.UUID):
        return to("groups.show_group", activity, group_id=request.args.get("from", type=uuid.UUID), told="moved")
    return to("groups.show_rest", activity, set_id=set_id, told="moved", into=target.id if target else None)


@blueprint.get("/<uuid:group_id>")
def show_group(activity_id: uuid.UUID, group_id: uuid.UUID) -> ResponseReturnValue:
    """Show a group and who is in it."""
    session, member, activity = lead(activity_id)
    group = services.find_group(session, member, group_id)
    people = reading.list_members(session, group, request.args.get("page", 1, type=int))
    return _people_page(session, member, activity, group.set, people, group=group)


@blueprint.post("/<uuid:group_id>/name")
def rename_group(activity_id: uuid.UUID, group_id: uuid.UUID) -> ResponseReturnValue:
    """Give a group another name."""
    session, member, activity = lead(activity_id)
    try:
        services.rename_group(session, member, group_id, load_lists(NameForm())["name"])
    except InvalidInputError as error:
        if prefers_json():
            raise
        group = services.find_group(session, member, group_id)
        people = reading.list_members(session, group, 1)
        return _people_page(session, member, activity, group.set, people, group=group, errors=error.errors)
    session.commit()
    return to("groups.show_group", activity, group_id=group_id, told="saved")


@blueprint.post("/<uuid:group_id>/<any(dissolve,restore):what>")
def end_or_restore_group(activity_id: uuid.UUID, group_id: uuid.UUID, what: str) -> ResponseReturnValue:
    """Use a group no more, or again."""
    session, member, activity = lead(activity_id)
    change = services.dissolve_group if what == "dissolve" else services.restore_group
    group = change(session, member, group_id, now=now())
    session.commit()
    told = "dissolved" if what == "dissolve" else "restored"
    return to("groups.show_set", activity, set_id=group.set_id, told=told)


def _refuse(
    session: Session,
    member: Membership,
    activity: Activity,
    set_id: uuid.UUID,
    error: InvalidInputError | ConflictError,
    *,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    """Show the set again, as it was, with what was typed and what is wrong with it."""
    if prefers_json():
        raise error
    session.rollback()
    group_set = services.find_set(session, member, set_id)
    told = error.errors if isinstance(error, InvalidInputError) else {}
    return _set_page(session, member, activity, group_set, errors=errors or told, refused=error)


def _set_page(
    session: Session,
    member: Membership,
    activity: Activity,
    group_set: GroupSet,
    *,
    errors: dict[str, list[str]] | None = None,
    refused: AppError | None = None,
) -> Response:
    others = {str(row.set.id): row.set.name for row in reading.list_sets(session, member.course_id)}
    sentence = refused.learner if refused is not None and not errors else None
    return render(
        "groups/set.html",
        status=refused.status if refused else HTTPStatus.OK,
        bar=activity_bar(member, activity, "people.index"),
        activity=activity,
        set=group_set,
        page=reading.read_set(session, member, group_set),
        typed=request.form.to_dict() if errors else {},
        errors=errors or {},
        Joining=Joining,
        name_of=name_of,
        trait_label=lambda trait: trait_label(trait, others),
        toasts=[(sentence, "bad")] if sentence else toasts(),
    )


def _people_page(
    session: Session,
    member: Membership,
    activity: Activity,
    group_set: GroupSet | None,
    people: reading.PeoplePage,
    **context: Any,
) -> Response:
    is_own = group_set is not None and group_set.is_own
    targets = services.list_groups(session, group_set) if group_set is not None and is_own else ()
    group = context.setdefault("group", None)
    errors = context.setdefault("errors", {})
    return render(
        "groups/people.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(member, activity, "people.index"),
        activity=activity,
        set=group_set,
        is_own=is_own,
        people=people,
        targets=by_name(each for each in targets if each is not group),
        into=request.args.get("into", ""),
        previous_url=_page_url(people.page - 1) if people.page > 1 else None,
        next_url=_page_url(people.page + 1) if people.page < people.pages else None,
        typed=request.form.to_dict() if errors else {},
        name_of=name_of,
        role_of=role_of,
        toasts=toasts(),
        **context,
    )


def _page_url(page: int) -> str:
    """Return the address of another page of the same people."""
    into = request.args.get("into", type=uuid.UUID)
    return url_for(str(request.endpoint), **{**(request.view_args or {}), "page": page, "into": into})
