"""The list of a discussion's threads, and the form for a new one."""

import uuid
from enum import StrEnum
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response, request, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.content import markdown
from connector.content.text import BODY_LIMIT, TITLE_LIMIT, normalise
from connector.discussion.pages import KIND_ICONS, POLL_SECONDS, kind_names, new_place
from connector.discussion.starters import starters
from connector.groups.access import can_begin_for_everybody, writable_groups
from connector.moderation.reading import count_waiting, list_places
from connector.participation.services import find_offer
from connector.pool.reading import has_entries
from connector.threads import limits, listing
from connector.threads.access import Sight
from connector.threads.addresses import link_to
from connector.threads.bylines import byline
from connector.threads.composing import composer_context
from connector.threads.listing import Show, Sort
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session
from connector.web.times import zone_here

Choice = TypeVar("Choice", bound=StrEnum)


def list_page(
    sight: Sight,
    *,
    typed: dict[str, str],
    errors: dict[str, list[str]] | None = None,
    bulk: MultiDict[str, str] | None = None,
) -> Response:
    """Return the page with the threads, and the form for a new one.

    Args:
        typed: What the form for a new thread begins with.
        errors: What was wrong with what was done to many threads at once, by field.
        bulk: What was asked for them.
    """
    session, activity, member = current_session(), sight.activity, sight.member
    prompt = normalise(activity.prompt)
    task, has_points, has_pool = find_offer(session, activity, member, also=has_entries(member))
    show, sort = _choice(Show, "show", Show.ALL), _choice(Sort, "sort", Sort.WAITING)
    tag = request.args.get("tag") or None
    page = request.args.get("page", 1, type=int)
    is_choosing = member.is_staff and bool(errors or request.args.get("choose"))
    return render(
        "discussion/index.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(member, activity, "discussion.index"),
        threads=listing.list_threads(session, sight, page=page, show=show, sort=sort, tag=tag),
        show=show,
        sort=sort,
        tag=tag,
        is_choosing=is_choosing,
        bulk_errors=errors or {},
        bulk_typed=bulk or {},
        bulk_chosen=set(bulk.getlist("thread")) if bulk else set(),
        bulk_places=list_places(session, sight) if is_choosing else [],
        zone=zone_here(),
        shows=show_names(),
        sorts=sort_names(),
        address=lambda **change: list_address(activity, **{"show": show, "sort": sort, "tag": tag, **change}),
        prompt=Markup(markdown.render(prompt)) if prompt else None,  # noqa: S704 -- sanitised there
        task=task,
        has_points=has_points,
        waiting=count_waiting(session, sight),
        starters=starters(),
        has_pool=has_pool,
        poll_seconds=POLL_SECONDS,
        since=int(sight.now.timestamp()),
        toasts=_toasts(),
        **new_thread_context(sight, typed, {}),
    )


def new_thread_page(sight: Sight, *, typed: dict[str, str], errors: dict[str, list[str]] | None = None) -> Response:
    """Return the form for a new thread on a page of its own.

    Args:
        typed: What it begins with.
        errors: What was wrong with it, by field.
    """
    return render(
        "discussion/new.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(sight.member, sight.activity, "discussion.index"),
        **new_thread_context(sight, typed, errors or {}),
    )


def new_thread_context(sight: Sight, typed: dict[str, str], errors: dict[str, list[str]]) -> dict[str, Any]:
    """Return what the form for a new thread asks for."""
    session, activity, member = current_session(), sight.activity, sight.member
    place = new_place(activity, typed.get("note"))
    rules = limits.get_rules(session, activity)
    groups = writable_groups(session, member, activity)
    for_everybody = can_begin_for_everybody(member, activity)
    return {
        "activity": activity,
        "member": member,
        "now": sight.now,
        "rules": rules,
        "typed": typed,
        "errors": errors,
        "key": uuid.uuid4(),
        "composer": composer_context(session, member, activity, place, is_retyped=bool(errors or typed.get("body"))),
        "limits": {"title": TITLE_LIMIT, "body": BODY_LIMIT},
        "may_start": member.can_write and (member.is_staff or rules.learners_start) and (for_everybody or bool(groups)),
        "may_hide": limits.may_hide(session, member, rules),
        "groups": [*([("", _("Everybody"))] if for_everybody else []), *((group.id, group.name) for group in groups)]
        if groups
        else [],
        "kinds": kind_names(),
        "kind_icons": KIND_ICONS,
        "link": link_to,
        "byline": lambda post: byline(post, member),
    }


def show_names() -> dict[Show, str]:
    """Return what can be looked for, in words."""
    return {
        Show.ALL: _("All"),
        Show.UNREAD: _("Unread"),
        Show.QUESTIONS: _("Questions"),
        Show.MINE: _("Mine"),
        Show.UNANSWERED: _("Unanswered"),
    }


def sort_names() -> dict[Sort, str]:
    """Return the orders, in words."""
    return {
        Sort.WAITING: _("What waits for you first"),
        Sort.NEWEST: _("Newest posts first"),
        Sort.OLDEST: _("Oldest threads first"),
        Sort.REPLIES: _("Most replies first"),
    }


def list_address(activity: Activity, **asked: Any) -> str:
    """Return the address of the list.

    Args:
        asked: What is looked for; what is as always is left out of the address.
    """
    always = {"show": Show.ALL, "sort": Sort.WAITING, "page": 1}
    told: dict[str, Any] = {
        name: str(value) for name, value in asked.items() if value is not None and value != always.get(name)
    }
    return url_for("discussion.index", activity_id=activity.id, **told)


def _choice(kind: type[Choice], name: str, otherwise: Choice) -> Choice:
    try:
        return kind(request.args.get(name, ""))
    except ValueError:
        return otherwise


def _toasts() -> list[str]:
    told = {
        "read": _("Marked as read."),
        "unread": _("Marked as unread from there on."),
        "close": _("The threads are closed."),
        "reopen": _("The threads are open again."),
        "tag": _("The tags were added."),
        "dates": _("The threads have their new dates."),
        "move": _("The threads were moved; their authors are told where."),
    }
    done = request.args.get("done", "")
    return [told[done]] if done in told else []
