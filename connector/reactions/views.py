"""The buttons below posts, the page of thanks, and what a member has saved."""

import uuid
from http import HTTPStatus

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.pages import activity_bar, visit_bar
from connector.activities.services import get_activity
from connector.courses.access import current_member
from connector.courses.people import name_of, role_of
from connector.reactions import reading, services
from connector.reactions.models import Sign
from connector.reactions.schemas import REASON_LIMIT, SAVED, Press, PressForm, ThanksForm
from connector.threads.access import Sight, get_post, look, may_read
from connector.threads.bylines import byline
from connector.threads.models import Post
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.pages import render
from connector.web.requests import current_session, load, now
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("reactions", __name__, url_prefix="/s/<sid>/activities/<uuid:activity_id>/reactions")
saved = launch_blueprint("saved", __name__, url_prefix="/s/<sid>/saved")


@blueprint.post("")
def press(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Say something of a post, or take it back: all buttons of a page are one form."""
    session = current_session()
    form = load(PressForm())
    pressed = form["on"] or form["off"]
    if pressed is None:
        raise NotFoundError
    sight, post = _find(session, activity_id, pressed.post_id)
    _press(session, sight, post, pressed, is_on=form["on"] is not None)
    session.commit()
    return _back(post)


@blueprint.get("/<uuid:post_id>/thanks")
def thanks(activity_id: uuid.UUID, post_id: uuid.UUID) -> ResponseReturnValue:
    """Show all thanks for a post, and the form for those of the reader."""
    session = current_session()
    return _thanks_page(session, *_find(session, activity_id, post_id))


@blueprint.post("/<uuid:post_id>/thanks")
def thank(activity_id: uuid.UUID, post_id: uuid.UUID) -> ResponseReturnValue:
    """Thank the author of a post, or take that back."""
    session = current_session()
    sight, post = _find(session, activity_id, post_id)
    if request.form.get("undo"):
        services.take_back(session, post, sight.member, Sign.THANKS, now=sight.now)
        session.commit()
        return _back(post)
    if not services.may_react(sight.member, post):
        raise NotFoundError
    try:
        services.thank(session, post, sight.member, load(ThanksForm())["reason"], now=sight.now)
    except (InvalidInputError, ConflictError) as error:
        errors = error.errors if isinstance(error, InvalidInputError) else {"reason": [str(error)]}
        return _thanks_page(session, sight, post, typed=request.form.get("reason", ""), errors=errors)
    session.commit()
    return _back(post)


@saved.get("")
def index() -> ResponseReturnValue:
    """List what the member has saved, all over the course."""
    session = current_session()
    member = current_member(session)
    return render(
        "reactions/saved.html",
        bar=visit_bar(session, member, "saved.index"),
        kept=reading.list_saved(session, member, page=request.args.get("page", 1, type=int), now=now()),
        byline=lambda post: byline(post, member),
        path=_address,
    )


@saved.post("/<uuid:post_id>/forsake")
def forsake(post_id: uuid.UUID) -> ResponseReturnValue:
    """Keep a post no longer."""
    session = current_session()
    services.forsake(session, post_id, current_member(session))
    session.commit()
    return redirect(url_for("saved.index", page=request.args.get("page", type=int)), HTTPStatus.SEE_OTHER)


def _find(session: Session, activity_id: uuid.UUID, post_id: uuid.UUID) -> tuple[Sight, Post]:
    """Return a post whose text the member may read.

    Raises:
        NotFoundError: There is none.
    """
    member = current_member(session)
    sight = look(session, member, get_activity(session, member, activity_id), now=now())
    post = get_post(session, sight, post_id)
    if not may_read(sight, post):
        raise NotFoundError
    return sight, post


def _press(session: Session, sight: Sight, post: Post, pressed: Press, *, is_on: bool) -> None:
    member = sight.member
    if pressed.what == SAVED and is_on:
        services.save(session, post, member, now=sight.now)
    elif pressed.what == SAVED:
        services.forsake(session, post.id, member)
    elif is_on:
        services.react(session, post, member, Sign(pressed.what), now=sight.now)
    else:
        services.take_back(session, post, member, Sign(pressed.what), now=sight.now)


def _thanks_page(
    session: Session,
    sight: Sight,
    post: Post,
    *,
    typed: str = "",
    errors: dict[str, list[str]] | None = None,
) -> Response:
    given = reading.list_thanks(session, sight.member, post)
    return render(
        "reactions/thanks.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(sight.member, sight.activity, "reactions.thanks"),
        post=post,
        by=byline(post, sight.member),
        given=given,
        own=next((each for each in given if each.member_id == sight.member.id), None),
        may_thank=services.may_react(sight.member, post),
        typed=typed,
        errors=errors or {},
        limit=REASON_LIMIT,
        name_of=name_of,
        role_of=role_of,
        back_url=_address(post),
    )


def _address(post: Post) -> str:
    activity = post.thread.activity
    return url_for(f"{activity.kind}.find_post", activity_id=activity.id, post_id=post.id)


def _back(post: Post) -> ResponseReturnValue:
    return redirect(_address(post), HTTPStatus.SEE_OTHER)
