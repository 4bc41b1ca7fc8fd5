"""Reading beside the pages themselves: what came meanwhile, what counts as read, and paper."""

import uuid
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from connector.activities.models import Kind
from connector.activities.pages import activity_bar
from connector.discussion.pages import enter, enter_any, kind_names
from connector.discussion.schemas import PlaceForm
from connector.discussion.views import blueprint
from connector.threads import marking, news, reading
from connector.threads.access import Sight, find_threads, get_post, get_thread, may_read
from connector.threads.addresses import link_to
from connector.threads.bylines import byline
from connector.threads.models import OPENING, Thread
from connector.threads.tagged import tags_of
from connector.web.errors import NotFoundError
from connector.web.pages import render
from connector.web.requests import current_session, load


@blueprint.get("/changes")
def list_changes(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Tell a page that shows the list how much has come since `since`, in seconds of the epoch."""
    session = current_session()
    sight = enter_any(session, activity_id)
    count = news.arrivals_in_activity(session, sight, since=_since(0))
    return _changes(count, url_for(f"{sight.activity.kind}.index", activity_id=activity_id))


@blueprint.get("/threads/<uuid:thread_id>/changes")
def thread_changes(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Tell a page that shows a thread how much has come after the post with the number `after`, or is shown since `since`."""
    session = current_session()
    sight = enter_any(session, activity_id)
    after = min(max(request.args.get("after", OPENING, type=int), 0), 2**31 - 1)
    since = _since(int(sight.now.timestamp()))  # who does not say, was shown nothing before now
    found = news.arrivals_in_thread(session, sight, thread_id, after=after, since=since)
    if found is None:
        return _changes(0, "")
    base = url_for(f"{sight.activity.kind}.show", activity_id=activity_id, thread_id=thread_id)
    return _changes(found.count, f"{base}?post={found.first_number}#post-{found.first_id}")


@blueprint.post("/read")
def read_all(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Mark everything in the discussion as read."""
    session = current_session()
    sight, _activity = enter(session, activity_id)
    marking.mark_all_read(session, sight)
    session.commit()
    return _back_to_list(activity_id, "read")


@blueprint.post("/threads/<uuid:thread_id>/read")
def read_thread(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Mark a whole thread as read."""
    session = current_session()
    sight = enter_any(session, activity_id)
    marking.mark_all_read(session, sight, [get_thread(session, sight, thread_id).id])
    session.commit()
    return _back_to_list(activity_id, "read", sight.activity.kind)


@blueprint.post("/threads/<uuid:thread_id>/unread")
def unread_from(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Mark a post, and what is read after it, as unread; and leave the thread, since to see it is to read it."""
    session = current_session()
    sight = enter_any(session, activity_id)
    post = get_post(session, sight, load(PlaceForm())["post"])
    if post.thread_id != thread_id:
        raise NotFoundError
    marking.mark_unread_from(session, sight, post)
    session.commit()
    return _back_to_list(activity_id, "unread", sight.activity.kind)


@blueprint.get("/threads/<uuid:thread_id>/print")
def print_thread(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Show a thread with all its replies, for paper."""
    session = current_session()
    sight = enter_any(session, activity_id)
    return _print_page(sight, [get_thread(session, sight, thread_id)])


@blueprint.get("/print")
def print_all(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the whole discussion, for paper, to who leads the course."""
    sight, _activity = enter(current_session(), activity_id)
    if not sight.member.is_staff:
        raise NotFoundError
    return _print_page(sight, find_threads(current_session(), sight), is_whole=True)


def _print_page(sight: Sight, threads: list[Thread], *, is_whole: bool = False) -> Response:
    session = current_session()
    home = url_for("discussion.index", activity_id=sight.activity.id)
    return render(
        "discussion/print.html",
        bar=activity_bar(sight.member, sight.activity, f"{sight.activity.kind}.index"),
        activity=sight.activity,
        member=sight.member,
        threads=threads,
        posts=reading.read_whole(session, sight, threads),
        tags=tags_of(session, [thread.id for thread in threads]),
        is_whole=is_whole,
        now=sight.now,
        kinds=kind_names(),
        byline=lambda post: byline(post, sight.member),
        may_read=lambda post: may_read(sight, post),
        back_url=home if is_whole else link_to(threads[0]),
    )


def _since(default: int) -> datetime:
    """Return the time that the address names in seconds of the epoch."""
    return datetime.fromtimestamp(min(max(request.args.get("since", default, type=int), 0), 2**33), UTC)


def _back_to_list(activity_id: uuid.UUID, done: str, kind: Kind = Kind.DISCUSSION) -> ResponseReturnValue:
    address = url_for(f"{kind}.index", activity_id=activity_id, done=done)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _changes(count: int, address: str) -> Response:
    """Return the few words that a page puts on itself, or that they are the ones that it has."""
    tag = f"{count}-{address[-12:]}"
    if tag in request.if_none_match:
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    elif count:
        response = render("discussion/changes.html", count=count, address=address)
    else:
        response = Response("", mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    response.set_etag(tag)
    return response
