"""What happens to a question when something happens in its thread."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.courses.models import Membership
from connector.delivery.services import record
from connector.expert_qa import merging, onward, services, statements
from connector.expert_qa.desk import keep_question
from connector.expert_qa.models import Question
from connector.threads.finding import index_posts
from connector.threads.models import Post, PostState, Thread
from connector.threads.watching import Watcher
from connector.web.errors import ConflictError
from connector.web.i18n import gettext as _


def came(session: Session, post: Post, now: datetime) -> None:
    """Note a post that was written, or let stand."""
    thread = post.thread
    if post.is_opening:
        # Where there is no row yet, it is being asked right now: `services.ask` goes on from there.
        question = session.get(Question, thread.id)
        if question is not None:
            services.send_on(session, thread, question, now=now)
        return
    if post.state is not PostState.VISIBLE:
        return  # others could tell by the question's state that it waits
    if post.author_id == thread.author_id:
        services.go_on(session, thread, now=now)
    elif post.depth == 1:
        question = keep_question(session, thread)
        question.answered_at = question.answered_at or now
        question.last_answer_at = now
        session.flush()
        onward.answered(session, thread, post, now=now)


def changed(session: Session, post: Post, by: Membership, now: datetime) -> None:
    """Note that who asked has changed their question."""
    if post.is_opening and by.id == post.author_id:
        services.go_on(session, post.thread, now=now)


def accepted(session: Session, post: Post, now: datetime) -> None:
    """Note that an answer helped."""
    services.settle(session, post.thread, keep_question(session, post.thread), now=now)


def unaccepted(session: Session, thread: Thread, now: datetime) -> None:
    """Note that no answer has helped yet after all."""
    services.unsettle(session, thread, keep_question(session, thread), now=now)


def check_withdrawal(session: Session, post: Post) -> None:
    """Check that nobody's answer would hang in the air.

    Raises:
        ConflictError: Somebody has answered the question.
    """
    others = select(Post.id).where(
        Post.thread_id == post.thread_id, Post.author_id != post.author_id, Post.state == PostState.VISIBLE
    )
    if post.is_opening and session.scalar(others.limit(1)) is not None:
        raise ConflictError(
            _(
                "Others have answered, so your question stays, for those who ask the same. You can take your name from it."
            )
        )


def merged(session: Session, source: Thread, target: Thread, by: Membership, now: datetime) -> None:
    """Put two questions together."""
    asked = merging.lift_answers(session, source, target)
    if asked is not None:
        index_posts(session, [asked])
    question = keep_question(session, target)
    former = session.get(Question, source.id)
    if former is not None:
        times = [each for each in (question.answered_at, former.answered_at) if each]
        question.answered_at = min(times, default=None)
        last = [each for each in (question.last_answer_at, former.last_answer_at) if each]
        question.last_answer_at = max(last, default=None)
    session.flush()
    onward.merged(session, source, target, now=now)
    record(session, statements.merged(source, target, by, now), by=by, now=now)


WATCHER = Watcher(
    came=came,
    changed=changed,
    accepted=accepted,
    unaccepted=unaccepted,
    check_withdrawal=check_withdrawal,
    merged=merged,
)
