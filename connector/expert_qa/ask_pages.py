"""The list of questions, and the form for a new one with what was asked before."""

import uuid
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, request, url_for
from markupsafe import Markup

from connector.activities.pages import activity_bar
from connector.content import markdown
from connector.content.text import BODY_LIMIT, TITLE_LIMIT, normalise
from connector.courses.people import name_of
from connector.expert_qa import finding, hours, listing, onward
from connector.expert_qa.desk import get_desk, starters_of
from connector.expert_qa.finding import LEAST_TYPED, Card
from connector.expert_qa.listing import Show
from connector.expert_qa.pages import rank_names, show_names, state_names
from connector.expert_qa.schemas import REASON_LIMIT
from connector.experts.directory import list_nameable
from connector.experts.room import room_in_words
from connector.groups.access import can_begin_for_everybody, writable_groups
from connector.moderation.reading import count_waiting
from connector.participation.services import find_task
from connector.pool.finding import Card as Entry
from connector.pool.finding import find_similar as find_entries
from connector.pool.reading import list_confirmed
from connector.pool.words import standing_in_words
from connector.search.services import look_alike
from connector.threads import limits
from connector.threads.access import Sight, get_thread
from connector.threads.addresses import link_to
from connector.threads.bylines import byline
from connector.threads.composing import composer_context, thread_place
from connector.threads.models import Thread
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session

SOLVED_SHOWN, KNOWN_SHOWN = 5, 3
TYPED_LIMIT = 300
"""How much of a title that is being typed is looked at."""


def list_page(sight: Sight) -> Response:
    """Return the field to ask in, and the questions."""
    session, activity, member = current_session(), sight.activity, sight.member
    show = _choice("show")
    tag = request.args.get("tag") or None
    for_me = onward.asked_of(session, activity, member)
    questions = listing.list_questions(
        session,
        sight,
        page=request.args.get("page", 1, type=int),
        show=show,
        tag=tag,
        for_me=for_me,
        solved=SOLVED_SHOWN if show is Show.WAITING and not tag else 0,
    )
    is_first = show is Show.WAITING and not tag and questions.page == 1
    solved = questions.solved if is_first else ()
    prompt = normalise(activity.prompt)
    return render(
        "expert_qa/index.html",
        bar=activity_bar(member, activity, "expert_qa.index"),
        questions=questions,
        asked_count=len(for_me),
        solved=solved,
        known=list_confirmed(session, member, now=sight.now, limit=KNOWN_SHOWN) if is_first else (),
        show=show,
        tag=tag,
        shows=show_names(),
        states=state_names(),
        address=lambda **change: _address(sight, {"show": show, "tag": tag, **change}),
        prompt=Markup(markdown.render(prompt)) if prompt else None,  # noqa: S704 -- sanitised there
        task=find_task(session, activity, member),
        waiting=count_waiting(session, sight),
        hours=hours.list_coming(session, activity, now=sight.now),
        starters=starters_of(get_desk(session, activity)),
        lines=onward.lines(session, [row.thread for row in (*questions.rows, *solved)], now=sight.now),
        toasts=_toasts(),
        may_ask=_may_ask(sight),
        activity=activity,
        member=member,
        now=sight.now,
        link=link_to,
        byline=lambda post: byline(post, member),
        hour_host=lambda hour: name_of(hour.host),
        name_of=name_of,
    )


def ask_page(
    sight: Sight,
    *,
    typed: dict[str, str],
    errors: dict[str, list[str]] | None = None,
    is_asked_again: bool = False,
) -> Response:
    """Return the form for a question, with what was asked before.

    Args:
        typed: What it begins with.
        errors: What was wrong with it, by field.
        is_asked_again: Whether it comes back because the question was probably asked before.
    """
    session, activity, member = current_session(), sight.activity, sight.member
    rules, desk = limits.get_rules(session, activity), get_desk(session, activity)
    groups = writable_groups(session, member, activity)
    for_everybody = can_begin_for_everybody(member, activity)
    return render(
        "expert_qa/ask.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(member, activity, "expert_qa.index"),
        rules=rules,
        desk=desk,
        typed=typed,
        errors=errors or {},
        key=uuid.uuid4(),
        composer=composer_context(
            session, member, activity, thread_place(activity), is_retyped=bool(errors or typed.get("body"))
        ),
        limits={"title": TITLE_LIMIT, "body": BODY_LIMIT, "reason": REASON_LIMIT},
        may_ask=_may_ask(sight),
        may_hide=limits.may_hide(session, member, rules),
        groups=[*([("", _("Everybody"))] if for_everybody else []), *((group.id, group.name) for group in groups)]
        if groups
        else [],
        is_asked_again=is_asked_again,
        unlike=find_unlike(sight, typed.get("unlike", "")),
        hour=hours.find_open(session, activity, typed.get("hour", ""), now=sight.now),
        nameable=_nameable_options(sight),
        **cards_context(sight, typed.get("title", ""), typed.get("body", "")),
    )


def cards_context(sight: Sight, title: str, body: str) -> dict[str, Any]:
    """Return what the cards with similar questions ask for."""
    member, title = sight.member, title.strip()[:TYPED_LIMIT]
    cards: list[Card] = []
    entries: Sequence[Entry] = ()
    if len(title) >= LEAST_TYPED:
        session = current_session()
        alike = look_alike(session, title, body, course_id=member.course_id)
        entries = find_entries(session, member, alike, now=sight.now, limit=finding.SHOWN)
        found = finding.find_cards(session, member, alike, now=sight.now)
        cards = list(found)[: max(finding.SHOWN - len(entries), 0)]
    return {
        "cards": cards,
        "entries": entries,
        "ranks": rank_names(),
        "standing_of": standing_in_words,
        "link": link_to,
        "byline": lambda post: byline(post, member),
        "activity": sight.activity,
        "member": member,
        "now": sight.now,
        "typed_title": title,
    }


def find_unlike(sight: Sight, id_: str) -> Thread | None:
    """Return the question that somebody says theirs is not; None where there is none that they may see."""
    try:
        return get_thread(current_session(), sight, uuid.UUID(id_))
    except (ValueError, NotFoundError):
        return None


def find_nameable(sight: Sight, id_: uuid.UUID | None) -> uuid.UUID | None:
    """Return the membership that somebody asks for, if it is one of those who can be asked by name."""
    if id_ is None:
        return None
    nameable = list_nameable(current_session(), sight.member, now=sight.now)
    return next((each.member.id for each in nameable if each.member.id == id_), None)


def _nameable_options(sight: Sight) -> list[tuple[str, str]]:
    """Return who can be asked by name, each with what they are and know, and nobody in particular first."""
    nameable = list_nameable(current_session(), sight.member, now=sight.now)
    called = [each.member.id for each in nameable if each.role is not None and not each.member.is_staff]
    room = room_in_words(current_session(), called, now=sight.now)
    told = [
        (
            str(each.member.id),
            " – ".join(filter(None, (name_of(each.member), each.role, ", ".join(each.tags), room.get(each.member.id)))),
        )
        for each in nameable
    ]
    return [("", _("Whoever is likely to know")), *told] if told else []


def _may_ask(sight: Sight) -> bool:
    session, activity, member = current_session(), sight.activity, sight.member
    if not member.can_write:
        return False
    is_for_some = can_begin_for_everybody(member, activity) or bool(writable_groups(session, member, activity))
    return is_for_some and (member.is_staff or limits.get_rules(session, activity).learners_start)


def _choice(name: str) -> Show:
    try:
        return Show(request.args.get(name, ""))
    except ValueError:
        return Show.WAITING


def _address(sight: Sight, asked: dict[str, Any]) -> str:
    """Return the address of a list; what is as always is left out of it."""
    always = {"show": Show.WAITING, "page": 1}
    told: dict[str, Any] = {
        name: str(value) for name, value in asked.items() if value is not None and value != always.get(name)
    }
    return url_for("expert_qa.index", activity_id=sight.activity.id, **told)


def _toasts() -> list[str]:
    told = {
        "solved": _("Good that it was there already."),
        "read": _("Marked as read."),
        "unread": _("Marked as unread from there on."),
    }
    done = request.args.get("done", "")
    return [told[done]] if done in told else []
