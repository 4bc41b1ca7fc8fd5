"""The pages on which who leads the course makes a set of groups, one for each way."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.courses.models import GroupSet, Membership
from connector.groups import building, reading
from connector.groups.building import TRAITS
from connector.groups.naming import free_name
from connector.groups.pages import PREFIX, lead, load_lists, to, trait_label
from connector.groups.schemas import CopyForm, DealForm, HandForm, NewSignUpForm
from connector.groups.services import find_set, lock_sets
from connector.web.errors import InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.pages import prefers_json, render
from connector.web.requests import now
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("group_making", __name__, url_prefix=PREFIX)

_LISTS = ("roles", "traits")
Form = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to make groups; the texts are asked for when a page is made."""

    icon: str
    label: Callable[[], str]
    about: Callable[[], str]
    schema: type[Schema]


WAYS: Mapping[str, Way] = {
    "random": Way(
        icon="people",
        label=lambda: _("By chance"),
        about=lambda: _("Kring deals the learners into groups of the same size."),
        schema=DealForm,
    ),
    "mixed": Way(
        icon="chart",
        label=lambda: _("Mixed"),
        about=lambda: _("By chance, with the departments, cohorts or roles spread evenly over the groups."),
        schema=DealForm,
    ),
    "sign-up": Way(
        icon="check-circle",
        label=lambda: _("People sign up"),
        about=lambda: _("Learners choose a group; you can limit the places, or agree to each."),
        schema=NewSignUpForm,
    ),
    "hand": Way(
        icon="edit",
        label=lambda: _("By hand"),
        about=lambda: _("You begin with empty groups, and put people into them."),
        schema=HandForm,
    ),
    "copy": Way(
        icon="book",
        label=lambda: _("Copy groups"),
        about=lambda: _("Take over the groups of your LMS, or others, and change them here."),
        schema=CopyForm,
    ),
}


@blueprint.get("/new")
def choose(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Ask in which way."""
    _session, member, activity = lead(activity_id)
    return render("groups/ways.html", bar=activity_bar(member, activity, "people.index"), activity=activity, ways=WAYS)


@blueprint.get(f"/new/<any({', '.join(repr(way) for way in WAYS)}):way>")
def ask(activity_id: uuid.UUID, way: str) -> ResponseReturnValue:
    """Ask what it takes."""
    session, member, activity = lead(activity_id)
    names = [row.set.name for row in reading.list_sets(session, member.course_id) if row.set.is_active]
    typed = {"name": free_name(_("Study groups"), names), "unit": "size", "number": 4, "roles": ["learner"]}
    if way in {"hand", "sign-up"}:
        typed["number"] = 3
    source = request.args.get("source", "")
    return _form_page(session, member, activity, way, typed | {"source": source, "joining": "open"})


@blueprint.post(f"/new/<any({', '.join(repr(way) for way in WAYS)}):way>")
def make(activity_id: uuid.UUID, way: str) -> ResponseReturnValue:
    """Make the set."""
    session, member, activity = lead(activity_id)
    lists = _LISTS if way in {"random", "mixed"} else ()
    try:
        form = load_lists(WAYS[way].schema(), *lists)
        group_set = _make(session, member, way, form)
    except InvalidInputError as error:
        if prefers_json():
            raise
        session.rollback()
        typed = request.form.to_dict() | {name: request.form.getlist(name) for name in _LISTS}
        return _form_page(session, member, activity, way, typed, errors=error.errors)
    session.commit()
    return to("groups.show_set", activity, set_id=group_set.id, told="made")


def _make(session: Session, by: Membership, way: str, form: Form) -> GroupSet:
    """Return the set that a form asks for, made now or by the same form before."""
    set_id = uuid.uuid5(form["idempotency_key"], str(by.id))
    lock_sets(session, by)  # of one form that is sent twice at once, the later finds what the earlier made
    known = session.get(GroupSet, set_id)
    if known is not None:
        return known
    common: dict[str, Any] = {"set_id": set_id, "now": now()}
    if way == "copy":
        source = find_set(session, by, form["source"]) if form["source"] else None
        return building.copy_set(session, by, form["name"], source, **common)
    if way in {"hand", "sign-up"}:
        how = {name: form[name] for name in ("joining", "capacity", "may_start") if name in form}
        return building.make_set(session, by, form["name"], form["number"], **how, **common)
    if way == "mixed" and not form["traits"]:
        raise InvalidInputError({"traits": [_("Choose what shall be spread.")]})
    return building.deal_set(
        session,
        by,
        form["name"],
        **{form["unit"]: form["number"]},
        roles=form["roles"],
        traits=form["traits"] if way == "mixed" else (),
        **common,
    )


def _form_page(
    session: Session,
    member: Membership,
    activity: Activity,
    way: str,
    typed: Form,
    *,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    sets = [row for row in reading.list_sets(session, member.course_id) if row.set.is_active and row.groups]
    names = {str(row.set.id): row.set.name for row in sets}
    loose = reading.list_loose(session, member.course_id) if way == "copy" else ()
    return render(
        "groups/new.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(member, activity, "people.index"),
        activity=activity,
        way=way,
        kind=WAYS[way],
        typed=typed,
        errors=errors or {},
        key=typed.get("idempotency_key") or uuid.uuid4(),
        traits=_trait_choices(names),
        sources=[*names.items(), *([("", _("Groups of the LMS that are in no set"))] if loose else [])],
    )


def _trait_choices(set_names: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    return [*set_names.items(), *((trait, trait_label(trait, {})) for trait in TRAITS)]
