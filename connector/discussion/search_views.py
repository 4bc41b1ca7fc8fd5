"""Search: in a discussion, and all over the course."""

import uuid
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from connector.activities.models import THREADED, Activity
from connector.activities.pages import visit_bar
from connector.activities.services import get_threaded, list_activities
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.discussion.pages import KIND_ICONS, kind_names
from connector.discussion.search_schemas import QUERY_LIMIT, SearchForm, filters_of
from connector.discussion.searching import Found, find_in_course
from connector.discussion.views import blueprint
from connector.pool.words import standing_in_words
from connector.profiles.reading import list_authors
from connector.search.services import COUNTED
from connector.threads.addresses import link_to
from connector.threads.bylines import byline
from connector.threads.finding import Filters, find_posts
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.paging import pages_of
from connector.web.requests import current_session, now
from connector.web.sessions import current_launch, launch_blueprint
from connector.web.times import zone_here

course_search = launch_blueprint("course_search", __name__, url_prefix="/s/<sid>/search")
FOUND_A_PAGE = 20
_FIELDS = ("q", "author", "tag", "kind", "since", "until", "unread")


@blueprint.get("/search")
def search(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Find posts in a discussion."""
    session = current_session()
    member = current_member(session)
    return _search_page(session, member, get_threaded(session, member, activity_id))


@course_search.get("")
def index() -> ResponseReturnValue:
    """Find posts all over the course."""
    session = current_session()
    return _search_page(session, current_member(session), None)


def _search_page(session: Session, member: Membership, activity: Activity | None) -> ResponseReturnValue:
    typed = {name: request.args[name] for name in _FIELDS if request.args.get(name, "").strip()}
    errors: dict[str, list[str]] = {}
    found, page = Found((), 0), 1
    try:
        form = SearchForm().load(typed)
    except ValidationError as error:
        errors = {name: list(told) for name, told in error.messages_dict.items()}
    else:
        typed = {name: typed[name] for name in typed if name != "q"} | ({"q": form["q"]} if form["q"] else {})
        found, page = _find(session, member, activity, form["q"], filters_of(form, ZoneInfo(zone_here())))
    return render(
        "discussion/search.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar={**visit_bar(session, member, "discussion.search"), "search_url": None},
        activity=activity,
        typed={**typed, "q": typed.get("q", "")[:QUERY_LIMIT]},
        errors=errors,
        found=found,
        page=page,
        pages=pages_of(found.count, most=FOUND_A_PAGE),
        most=COUNTED,
        authors=_authors(session, member, activity, typed.get("author", "")),
        kinds=kind_names(),
        kind_icons=KIND_ICONS,
        address=lambda **change: _address(activity, {**typed, **change}),
        scopes=_scopes(session, activity, typed),
        byline=lambda post: byline(post, member),
        link=link_to,
        standing_of=standing_in_words,
    )


def _find(
    session: Session, member: Membership, activity: Activity | None, query: str, filters: Filters
) -> tuple[Found, int]:
    """Return a page of what was found, and its number; nothing where nothing was asked for."""
    if not query and filters == Filters():
        return Found((), 0), 1
    page = min(max(request.args.get("page", 1, type=int), 1), COUNTED)

    def look(page: int) -> Found:
        limit, offset = FOUND_A_PAGE, (page - 1) * FOUND_A_PAGE
        if activity is None:
            return find_in_course(session, member, query, filters, now=now(), limit=limit, offset=offset)
        posts = find_posts(session, member, query, filters, activity=activity, now=now(), limit=limit, offset=offset)
        return Found(posts.posts, posts.count, posts.is_loose)

    found = look(page)
    last = pages_of(found.count, most=FOUND_A_PAGE)
    return (found, page) if page <= last else (look(last), last)


def _authors(session: Session, member: Membership, activity: Activity | None, chosen: str) -> list[tuple[str, str]]:
    """Return those who can be chosen as authors; whoever was, stays so."""
    activities = [activity] if activity else list_activities(session, member)
    authors = list_authors(session, member, activities, now=now())
    options = [(str(author.id), name_of(author)) for author in authors]
    if chosen and chosen not in dict(options):
        author = _member(session, member, chosen)
        options += [(chosen, name_of(author))] if author else []
    return options


def _member(session: Session, reader: Membership, id_: str) -> Membership | None:
    """Return a member of the reader's course, as an address names them."""
    try:
        found = session.get(Membership, uuid.UUID(id_))
    except ValueError:
        return None
    return found if found and found.course_id == reader.course_id else None


def _scopes(session: Session, activity: Activity | None, typed: dict[str, str]) -> list[dict[str, Any]]:
    """Return where one can look: in the discussion that the visit is in, and in the whole course."""
    began_in = current_launch().activity_id
    here = activity or (session.get(Activity, began_in) if began_in else None)
    if here is None or here.kind not in THREADED or not here.is_open:
        return []
    return [
        {"label": here.title, "url": _address(here, typed), "current": activity is not None},
        {"label": _("The whole course"), "url": _address(None, typed), "current": activity is None},
    ]


def _address(activity: Activity | None, asked: dict[str, Any]) -> str:
    """Return the address of a search; what is not looked for is left out of it."""
    told = {name: value for name, value in asked.items() if value not in {None, "", 1}}
    if activity is None:
        return url_for("course_search.index", **told)
    return url_for("discussion.search", activity_id=activity.id, **told)
