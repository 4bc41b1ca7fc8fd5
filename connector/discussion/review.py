"""What one learner wrote in a discussion, for who leads the course: the LMS opens it from its gradebook."""

import uuid

from flask.typing import ResponseReturnValue

from connector.activities.models import Kind
from connector.activities.pages import activity_bar
from connector.activities.services import get_activity
from connector.courses.access import current_member, get_learner
from connector.courses.people import name_of
from connector.discussion import bulk_views, post_views, reading_views, search_views  # noqa: F401 -- their routes come with it
from connector.discussion.views import blueprint
from connector.threads.access import look
from connector.threads.addresses import link_to
from connector.threads.writings import list_posts
from connector.web.errors import NotFoundError
from connector.web.pages import render
from connector.web.requests import current_session, now

__all__ = ["blueprint", "review"]


@blueprint.get("/review/<uuid:learner_id>")
def review(activity_id: uuid.UUID, learner_id: uuid.UUID) -> ResponseReturnValue:
    """List what a learner of the course wrote here."""
    session = current_session()
    member = current_member(session)
    activity = get_activity(session, member, activity_id, Kind.DISCUSSION)
    if not member.is_staff:
        raise NotFoundError
    learner = get_learner(session, member.course, learner_id)
    posts = list_posts(session, look(session, member, activity, now=now()), learner)
    threads = [post for post in posts if post.is_opening]
    return render(
        "discussion/review.html",
        bar=activity_bar(member, activity, "discussion.review"),
        learner=learner,
        posts=posts,
        thread_count=len(threads),
        reply_count=len(posts) - len(threads),
        link=link_to,
        name_of=name_of,
    )
