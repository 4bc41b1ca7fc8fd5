"""A member's card."""

import uuid
from http import HTTPStatus

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from connector.activities.pages import visit_bar
from connector.courses.access import current_member
from connector.courses.people import name_of, role_of
from connector.profiles import reading
from connector.threads.models import Post
from connector.web.pages import render
from connector.web.requests import current_session, now
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("profiles", __name__, url_prefix="/s/<sid>/people")


@blueprint.get("/me")
def own() -> ResponseReturnValue:
    """Lead to the reader's own card."""
    member = current_member(current_session())
    return redirect(url_for("profiles.show", member_id=member.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:member_id>")
def show(member_id: uuid.UUID) -> ResponseReturnValue:
    """Show what the reader may know of a member of the course."""
    session = current_session()
    reader = current_member(session)
    person = reading.get_person(session, reader, member_id)
    is_erased = person.person.erased_at is not None
    page = request.args.get("page", 1, type=int)
    return render(
        "profiles/show.html",
        bar=visit_bar(session, reader, "profiles.show"),
        person=person,
        name=name_of(person),
        role=role_of(person),
        is_own=person.id == reader.id,
        is_erased=is_erased,
        course=reader.course,
        groups=() if is_erased else reading.list_groups_of(session, reader, person),
        writings=None if is_erased else reading.list_writings(session, reader, person, page=page, now=now()),
        path=_path,
    )


def _path(post: Post) -> str:
    activity = post.thread.activity
    return url_for(f"{activity.kind}.find_post", activity_id=activity.id, post_id=post.id)
