"""The directory of a course, what a member says of themselves, and what is expected of experts."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.pages import visit_bar
from connector.courses.access import current_member
from connector.courses.models import Membership, Role
from connector.courses.people import name_of
from connector.experts import directory, services
from connector.experts.models import Standing
from connector.experts.schemas import DecisionForm, StandingForm, TopicForm, TopicsForm
from connector.threads.tags import TAG_LIMIT
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, load, now
from connector.web.sessions import launch_blueprint

INTRODUCTION_PAGES = 4
"""How many pages the introduction for experts has."""

blueprint = launch_blueprint("experts", __name__, url_prefix="/s/<sid>/experts")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show who knows what."""
    session = current_session()
    member = current_member(session)
    return render(
        "experts/index.html",
        bar=visit_bar(session, member, "experts.index"),
        member=member,
        entries=directory.list_experts(session, member, now=now()),
        name_of=name_of,
        may_answer=_may_answer(member),
        standings={Standing.EXPERT.value: _("Expert"), Standing.MENTOR.value: _("Mentor"), "none": _("Neither")},
        toasts=[_("Saved.")] if "saved" in request.args else [],
    )


@blueprint.post("/<uuid:member_id>/topic")
def decide(member_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm what a member says to know, or decline it."""
    session = current_session()
    member = current_member(session)
    topic = services.get_topic(session, member, member_id, request.form.get("tag", ""))
    is_confirmed = load(DecisionForm())["decision"] == "confirm"
    services.decide(session, topic, member, is_confirmed=is_confirmed, now=now())
    session.commit()
    return _back("experts.index", saved=1)


@blueprint.post("/<uuid:member_id>/standing")
def appoint(member_id: uuid.UUID) -> ResponseReturnValue:
    """Make a member an expert or a mentor, or neither."""
    session = current_session()
    helper = services.get_helper(session, current_member(session), member_id)
    chosen = load(StandingForm())["standing"]
    services.appoint(session, helper, None if chosen == "none" else Standing(chosen))
    session.commit()
    return _back("experts.index", saved=1)


@blueprint.get("/own")
def own() -> ResponseReturnValue:
    """Show what the member says to know."""
    session = current_session()
    return _own_page(session, _answering_member(session))


@blueprint.post("/own")
def declare() -> ResponseReturnValue:
    """Add topics."""
    session = current_session()
    member = _answering_member(session)
    typed = request.form.get("tags", "")
    try:
        form = load(TopicsForm(), instead={"chosen": request.form.getlist("chosen")})
        services.declare(session, member, [*form["chosen"], *form["tags"]], now=now())
    except (InvalidInputError, ConflictError) as error:
        errors = error.errors if isinstance(error, InvalidInputError) else {"tags": [str(error)]}
        return _own_page(session, member, typed=typed, errors=errors)
    session.commit()
    return _back("experts.own", saved=1)


@blueprint.post("/own/withdraw")
def withdraw() -> ResponseReturnValue:
    """Take a topic back."""
    session = current_session()
    services.withdraw(session, _answering_member(session), load(TopicForm())["tag"])
    session.commit()
    return _back("experts.own", saved=1)


@blueprint.get("/introduction")
def introduction() -> ResponseReturnValue:
    """Show a page of what is expected of experts, to be read in five minutes."""
    session = current_session()
    member = _answering_member(session)
    return render(
        "experts/introduction.html",
        bar=visit_bar(session, member, "experts.introduction"),
        expert=services.expert_of(session, member),
        page=min(max(request.args.get("page", 1, type=int), 1), INTRODUCTION_PAGES),
        pages=INTRODUCTION_PAGES,
    )


@blueprint.post("/introduction")
def introduce() -> ResponseReturnValue:
    """Note that the member has read it, or knows it; those who lead the course see that."""
    session = current_session()
    services.introduce(session, _answering_member(session), now=now())
    session.commit()
    return _back("experts.own", saved=1)


def _own_page(
    session: Session, member: Membership, *, typed: str = "", errors: dict[str, list[str]] | None = None
) -> Response:
    topics = services.list_topics(session, member)
    return render(
        "experts/own.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=visit_bar(session, member, "experts.own"),
        topics=topics,
        suggested_options=[
            (tag, tag) for tag in directory.suggest_topics(session, member, known=[topic.tag for topic in topics])
        ],
        expert=services.expert_of(session, member),
        typed=typed,
        errors=errors or {},
        limit=TAG_LIMIT,
        toasts=[_("Saved.")] if "saved" in request.args and not errors else [],
    )


def _answering_member(session: Session) -> Membership:
    """Return the member, who may answer questions.

    Raises:
        NotFoundError: They only look on.
    """
    member = current_member(session)
    if not _may_answer(member):
        raise NotFoundError
    return member


def _may_answer(member: Membership) -> bool:
    return member.can_write and member.role is not Role.TEST_STUDENT


def _back(endpoint: str, **values: Any) -> ResponseReturnValue:
    return redirect(url_for(endpoint, **values), HTTPStatus.SEE_OTHER)
