"""The directory of a course, what a member says of themselves, and what is expected of experts."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.origins import list_origin_courses
from connector.activities.pages import visit_bar
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.experts import directory, services, taking, wording
from connector.experts.models import Standing
from connector.experts.pages import answering_member, back, blueprint, may_answer
from connector.experts.schemas import DecisionForm, StandingForm, TopicForm, TopicsForm, WordForm, WordsForm
from connector.experts.words import standing_names
from connector.search import naming
from connector.threads.tags import TAG_LIMIT
from connector.web.errors import ConflictError, InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, load, now

INTRODUCTION_PAGES = 4
"""How many pages the introduction for experts has."""


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
        may_answer=may_answer(member),
        to_decide=wording.count_suggested(session, member) if member.is_staff else 0,
        is_offered=taking.is_offered(session, member, list_origin_courses(session, member)),
        standings={**standing_names(), "none": _("Neither")},
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
    return back("experts.index", saved=1)


@blueprint.post("/<uuid:member_id>/standing")
def appoint(member_id: uuid.UUID) -> ResponseReturnValue:
    """Make a member an expert or a mentor, or neither."""
    session = current_session()
    helper = services.get_helper(session, current_member(session), member_id)
    chosen = load(StandingForm())["standing"]
    services.appoint(session, helper, None if chosen == "none" else Standing(chosen))
    session.commit()
    return back("experts.index", saved=1)


@blueprint.get("/own")
def own() -> ResponseReturnValue:
    """Show what the member says to know."""
    session = current_session()
    return _own_page(session, answering_member(session))


@blueprint.post("/own")
def declare() -> ResponseReturnValue:
    """Add topics."""
    session = current_session()
    member = answering_member(session)
    try:
        form = load(TopicsForm(), instead={"chosen": request.form.getlist("chosen")})
        services.declare(session, member, [*form["chosen"], *form["tags"]], now=now())
    except (InvalidInputError, ConflictError) as error:
        errors = error.errors if isinstance(error, InvalidInputError) else {"tags": [str(error)]}
        return _own_page(session, member, typed=request.form.to_dict(), errors=errors)
    session.commit()
    return back("experts.own", saved=1)


@blueprint.post("/own/withdraw")
def withdraw() -> ResponseReturnValue:
    """Take a topic back."""
    session = current_session()
    services.withdraw(session, answering_member(session), load(TopicForm())["tag"])
    session.commit()
    return back("experts.own", saved=1)


@blueprint.post("/own/words")
def suggest_words() -> ResponseReturnValue:
    """Say what one of one's topics is called as well, or take such a word back."""
    session = current_session()
    member = answering_member(session)
    try:
        if "word" in request.form:
            form = load(WordForm())
            wording.take_back_word(session, member, form["tag"], form["word"])
        else:
            form = load(WordsForm())
            wording.suggest_words(session, member, form["tag"], form["words"])
    except (InvalidInputError, ConflictError) as error:
        errors = error.errors if isinstance(error, InvalidInputError) else {"words": [str(error)]}
        return _own_page(session, member, typed=request.form.to_dict(), errors=errors)
    session.commit()
    return back("experts.own", saved=1)


@blueprint.get("/introduction")
def introduction() -> ResponseReturnValue:
    """Show a page of what is expected of experts, to be read in five minutes."""
    session = current_session()
    member = answering_member(session)
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
    services.introduce(session, answering_member(session), now=now())
    session.commit()
    return back("experts.own", saved=1)


def _own_page(
    session: Session,
    member: Membership,
    *,
    typed: Mapping[str, str] | None = None,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    """Return the page of what a member says to know.

    Args:
        typed: What a refused form came with.
        errors: What is wrong with it, by its fields.
    """
    topics = services.list_topics(session, member)
    rows = wording.list_words(session, member.course_id)
    words = naming.wording((each.tag, each.word) for named in rows.values() for each in named if not each.said_by_id)
    known = {other for topic in topics for other in (topic.tag, *words.synonyms(topic.tag))}
    return render(
        "experts/own.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=visit_bar(session, member, "experts.own"),
        topics=topics,
        synonyms=words.synonyms,
        suggested={tag: [each.word for each in named if each.said_by_id == member.id] for tag, named in rows.items()},
        suggested_options=[(tag, tag) for tag in directory.suggest_topics(session, member, known=known)],
        expert=services.expert_of(session, member),
        typed=typed or {},
        errors=errors or {},
        limit=TAG_LIMIT,
        toasts=[_("Saved.")] if "saved" in request.args and not errors else [],
    )
