"""What members do with a post: find it, change it, take it back, accept it, and see what it said before."""

import uuid
from http import HTTPStatus

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from connector.activities.pages import activity_bar
from connector.content.attachments import list_attached
from connector.content.comparing import compare
from connector.content.text import BODY_LIMIT, TITLE_LIMIT
from connector.courses.people import name_of
from connector.discussion.pages import enter_any, enter_any_to_write
from connector.discussion.schemas import EditForm, OpeningForm
from connector.discussion.views import blueprint
from connector.threads import changing, news, reading, tagging, versions
from connector.threads.access import Sight, get_post, get_thread, may_read
from connector.threads.addresses import Paths, link_to
from connector.threads.bylines import byline
from connector.threads.composing import composer_context, edit_place, receive, settle
from connector.threads.models import Post
from connector.threads.tagged import tags_of
from connector.threads.telling import HOLDER
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import prefers_json, render
from connector.web.requests import current_session, load


@blueprint.get("/posts/<uuid:post_id>")
def find_post(activity_id: uuid.UUID, post_id: uuid.UUID) -> ResponseReturnValue:
    """Lead to a post, wherever it stands now: its thread may have moved to another discussion of the course."""
    session = current_session()
    sight = enter_any(session, activity_id)
    elsewhere = session.scalar(select(Post.activity_id).where(Post.id == post_id, Post.activity_id != activity_id))
    if elsewhere is not None:
        sight = enter_any(session, elsewhere)
    return redirect(link_to(get_post(session, sight, post_id)), HTTPStatus.SEE_OTHER)


@blueprint.get("/posts/<uuid:post_id>/edit")
def edit(activity_id: uuid.UUID, post_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form that changes what one wrote."""
    sight, post = _own_post(activity_id, post_id)
    tags = tags_of(current_session(), [post.thread_id]).get(post.thread_id, [])
    typed = {"title": post.thread.title, "body": post.body, "tags": ", ".join(tags), "version": str(post.version)}
    return _edit_page(sight, post, typed)


@blueprint.post("/posts/<uuid:post_id>/edit")
def change(activity_id: uuid.UUID, post_id: uuid.UUID) -> ResponseReturnValue:
    """Change what one wrote."""
    session = current_session()
    sight, post = _own_post(activity_id, post_id)
    try:
        sent = receive(session, sight.member, is_hidden=post.is_anonymous)
        form = load(OpeningForm() if post.is_opening else EditForm(), instead=sent.instead)
        _check_version(post, form["version"])
        changing.edit_post(session, post, sight.member, form["body"], now=sight.now, title=form.get("title"))
        if post.is_opening:
            tagging.set_tags(session, post.thread, sight.member, form["tags"])
        settle(session, sight.member, post, sent, edit_place(post))
    except (InvalidInputError, ConflictError) as error:
        session.rollback()  # nothing of what was refused may show on the page
        if prefers_json():
            raise
        return _edit_page(sight, post, request.form.to_dict(), error)
    session.commit()
    return redirect(link_to(post), HTTPStatus.SEE_OTHER)


@blueprint.get("/posts/<uuid:post_id>/versions")
def list_versions(activity_id: uuid.UUID, post_id: uuid.UUID) -> ResponseReturnValue:
    """Show what a post has said, and what changed each time."""
    session = current_session()
    sight = enter_any(session, activity_id)
    post = get_post(session, sight, post_id)
    if not may_read(sight, post):
        raise NotFoundError
    found = versions.list_versions(session, post, sight.member)
    author = byline(post, sight.member)
    earlier = [*found[1:], None]
    return render(
        "discussion/versions.html",
        bar=activity_bar(sight.member, sight.activity, f"{sight.activity.kind}.index"),
        post=post,
        author=author,
        versions=[
            {
                "version": version,
                "by": author.name if version.by.id == post.author_id else name_of(version.by),
                "title": compare(before.title or "", version.title or "") if before else None,
                "pieces": compare(before.body, version.body) if before else None,
            }
            for version, before in zip(found, earlier, strict=True)
        ],
        back_url=link_to(post),
    )


@blueprint.post("/posts/<uuid:post_id>/withdraw")
def withdraw(activity_id: uuid.UUID, post_id: uuid.UUID) -> ResponseReturnValue:
    """Take back what one wrote; the page goes on with the next post, since this one has nothing left to do or read."""
    session = current_session()
    sight = enter_any_to_write(activity_id)
    post = get_post(session, sight, post_id)
    changing.withdraw_post(session, post, sight.member, now=sight.now)
    after = reading.next_spot(session, sight, post)
    session.commit()
    address = Paths(post.thread).spot(after) if after else link_to(post)
    return redirect(address, HTTPStatus.SEE_OTHER)


@blueprint.post("/posts/<uuid:post_id>/accept")
def accept(activity_id: uuid.UUID, post_id: uuid.UUID) -> ResponseReturnValue:
    """Take an answer for the one that helped, or take that back."""
    session = current_session()
    sight = enter_any_to_write(activity_id)
    post = get_post(session, sight, post_id)
    if request.form.get("undo"):
        changing.unaccept_answer(session, post, sight.member, now=sight.now)
    else:
        changing.accept_answer(session, post, sight.member, now=sight.now)
    session.commit()
    return redirect(link_to(post), HTTPStatus.SEE_OTHER)


def _check_version(post: Post, version: int) -> None:
    if version != post.version:
        raise ConflictError(_("This post was changed in the meantime, in another tab or by somebody else."))


def _own_post(activity_id: uuid.UUID, post_id: uuid.UUID) -> tuple[Sight, Post]:
    """Return a post that the member wrote and that can still be read.

    Raises:
        NotFoundError: There is none.
    """
    session = current_session()
    sight = enter_any_to_write(activity_id)
    post = get_post(session, sight, post_id)
    if post.author_id != sight.member.id or post.state in news.GONE:
        raise NotFoundError
    if post.is_opening:
        get_thread(session, sight, post.thread_id)
    return sight, post


def _edit_page(
    sight: Sight, post: Post, typed: dict[str, str], error: InvalidInputError | ConflictError | None = None
) -> Response:
    return render(
        "discussion/edit.html",
        status=error.status if error else HTTPStatus.OK,
        bar=activity_bar(sight.member, sight.activity, f"{sight.activity.kind}.index"),
        post=post,
        thread=post.thread,
        typed=typed,
        errors=error.errors if isinstance(error, InvalidInputError) else {},
        conflict=error.learner if isinstance(error, ConflictError) else None,
        limits={"title": TITLE_LIMIT, "body": BODY_LIMIT},
        composer=composer_context(
            current_session(), sight.member, sight.activity, edit_place(post), is_retyped=error is not None
        ),
        files=[
            {"id": str(each.id), "name": each.name, "media_type": each.media_type, "size": each.size}
            for each in list_attached(current_session(), HOLDER, [post.id]).get(post.id, ())
        ],
        back_url=link_to(post),
    )
