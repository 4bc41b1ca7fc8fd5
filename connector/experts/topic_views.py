"""The topics of a course and what they are called, for those who lead it."""

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
from connector.experts import wording
from connector.experts.pages import back, blueprint, leading_member
from connector.experts.schemas import WordsForm
from connector.threads.tags import TAG_LIMIT
from connector.web.errors import ConflictError, InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, load


@blueprint.get("/topics")
def topics() -> ResponseReturnValue:
    """Show the topics of the course."""
    session = current_session()
    return _page(session, current_member(session))


@blueprint.post("/topics")
def name_topic() -> ResponseReturnValue:
    """List a topic, or add words to one."""
    session = current_session()
    member = leading_member(session)
    try:
        form = load(WordsForm())
        wording.name_topic(session, member, form["tag"], form["words"])
    except (InvalidInputError, ConflictError) as error:
        errors = error.errors if isinstance(error, InvalidInputError) else {"words": [str(error)]}
        return _page(session, member, typed=request.form.to_dict(), errors=errors)
    session.commit()
    return back("experts.topics", saved=1)


@blueprint.post("/topics/word")
def decide_word() -> ResponseReturnValue:
    """Let a word count that somebody suggests, or take one out."""
    session = current_session()
    asked = request.form
    word = wording.get_word(session, leading_member(session), asked.get("tag", ""), asked.get("word", ""))
    wording.decide_word(session, word, is_kept="keep" in asked)
    session.commit()
    return back("experts.topics", saved=1)


def _page(
    session: Session,
    member: Membership,
    *,
    typed: Mapping[str, str] | None = None,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    return render(
        "experts/topics.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=visit_bar(session, member, "experts.index"),
        topics=wording.list_topics_of_course(session, member),
        may_change=member.can_write,
        has_origins=bool(list_origin_courses(session, member)),
        name_of=name_of,
        typed=typed or {},
        errors=errors or {},
        limit=TAG_LIMIT,
        toasts=[_("Saved.")] if "saved" in request.args and not errors else [],
    )
