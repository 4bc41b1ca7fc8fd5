"""The page of one question."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import Response, request

from connector.activities.pages import activity_bar
from connector.courses.people import name_of
from connector.expert_qa import onward, services
from connector.expert_qa.pages import state_line, state_names
from connector.expert_qa.pooling import Pooled, offer, pooled_of
from connector.expert_qa.reading import Asked, read_question
from connector.expert_qa.schemas import WANTED_LIMIT
from connector.moderation.alikes import alikes_of
from connector.moderation.proposing import find_proposal
from connector.pool.words import standing_in_words
from connector.reactions.pages import reaction_context
from connector.threads.access import Sight, get_thread
from connector.threads.addresses import Paths, link_to
from connector.threads.bylines import byline
from connector.threads.models import Post
from connector.threads.showing import answer_context, answered_post, thread_context
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session

POLL_SECONDS = 25
LIVE_SECONDS = 10
"""How often a page asks whether something is new while somebody answers right now."""


def question_page(
    sight: Sight,
    asked: Asked,
    *,
    parent: Post | None = None,
    typed: str = "",
    error: InvalidInputError | ConflictError | None = None,
    form: str = "answer",
    typed_form: dict[str, str] | None = None,
) -> Response:
    """Return a question with its answers, and the forms for what the reader can do.

    Args:
        parent: The answer or comment that the form comments on; None for the form for an answer.
        typed: What that form begins with.
        error: Why a form was refused.
        form: Which one: `answer`, `wanted` or `more`.
        typed_form: What was typed into one of the others.
    """
    session, member, thread = current_session(), sight.member, asked.thread
    pooled = pooled_of(session, member, thread, now=sight.now)
    return render(
        "expert_qa/question.html",
        status=error.status if error else HTTPStatus.OK,
        bar=activity_bar(member, sight.activity, "expert_qa.index"),
        toasts=_toasts(),
        asked=asked,
        question=asked.question,
        state=state_names()[asked.state],
        line=_line(sight, asked, pooled),
        pooled=pooled,
        pooled_chip=standing_in_words(pooled.standing) if pooled else None,
        offer=offer(session, member, thread, now=sight.now) if asked.state.value in _ASKABLE else None,
        passed=onward.notes(session, thread, member),
        paths=Paths(thread, is_here=request.endpoint == "expert_qa.show"),
        typed_form=typed_form or {},
        form=form,
        wanted_limit=WANTED_LIMIT,
        alikes=alikes_of(session, member, [said.post.id for said in asked.shown]),
        proposal=find_proposal(session, thread) if thread.is_private else None,
        poll_seconds=LIVE_SECONDS if _is_live(sight, asked) else POLL_SECONDS,
        link_to_thread=link_to,
        **_may(sight, asked),
        **thread_context(session, sight, thread),
        **answer_context(session, sight, thread, parent=parent, typed=typed, error=error),
        **reaction_context(session, sight, [said.post for said in asked.shown]),
    )


def refuse_reply(sight: Sight, thread_id: uuid.UUID, error: InvalidInputError | ConflictError) -> Response:
    """Return the question again, with what is wrong with an answer or a comment and with everything that was typed."""
    session = current_session()
    parent = answered_post(session, sight)
    thread = get_thread(session, sight, thread_id)
    parent = parent if parent and not parent.is_opening else None
    asked = read_question(session, sight, thread, post=parent.number if parent else None)
    return question_page(sight, asked, parent=parent, typed=request.form.get("body", ""), error=error)


def _may(sight: Sight, asked: Asked) -> dict[str, Any]:
    """Return what the reader can do with a question."""
    thread, member, question = asked.thread, sight.member, asked.question
    is_own = byline(thread.opening, member).is_own
    return {
        "is_own": is_own,
        "may_ask_back": asked.state.value in _ASKABLE and services.may_ask_back(current_session(), member, thread),
        "may_resolve": services.may_resolve(member, thread),
        "may_show": services.may_show(member, thread, question),
        "may_take_name": is_own and thread.opening.alias is None and asked.facts.answers > 0,
        "may_withdraw": is_own and asked.facts.answers == 0,
        "duplicate": _duplicate(sight, asked),
        "unlike": _unlike(sight, asked),
    }


_ASKABLE = frozenset({"needs-info", "endorsed", "answered", "collected", "open"})


def _duplicate(sight: Sight, asked: Asked) -> Any:
    """Return the question that this one may repeat, for who leads the course."""
    question = asked.question
    if not sight.member.is_staff or question.alike_id is None or question.alike is None:
        return None
    return question.alike if question.alike.merged_into_id is None else None


def _unlike(sight: Sight, asked: Asked) -> Any:
    """Return the question that this one looks like and is not, where the reader can see it."""
    if asked.question.unlike_id is None or asked.question.unlike is None:
        return None
    other = asked.question.unlike
    if other.activity_id != sight.activity.id:
        return None
    try:
        return get_thread(current_session(), sight, other.id)
    except NotFoundError:
        return None


def _is_live(sight: Sight, asked: Asked) -> bool:
    return asked.hour is not None and asked.hour.begins_at <= sight.now < asked.hour.ends_at


def _line(sight: Sight, asked: Asked, pooled: Pooled | None) -> str:
    """Return where the question stands, in a sentence."""
    by = asked.question.info_asked_by
    return state_line(
        asked.thread,
        asked.state,
        sight.member,
        answers=asked.facts.answers,
        wanted_by=name_of(by) if by else None,
        hour=asked.hour,
        on_the_way=onward.line(current_session(), asked.thread, now=sight.now),
        pooled=pooled,
    )


def _toasts() -> list[str]:
    told = {
        "asked": _("Your question is out."),
        "wanted": _("Who asked is told what you need to know."),
        "more": _("Added. Those who can answer see it."),
        "resolved": _("Marked as solved."),
        "reopened": _("The question is open again."),
        "shown": _("Everybody can read the question now."),
        "hidden": _("Your name is gone from this question."),
        "followed": _("You hear of every answer here."),
        "pooled": _("The knowledge pool answers it. Who asked is told."),
        "merged": _("The two questions are one now."),
        "parted": _("Noted: it is not the same question."),
    }
    done = request.args.get("done", "")
    if "reported" in request.args:
        return [_("Reported. Those who lead the course look at it.")]
    return [told[done]] if done in told else []
