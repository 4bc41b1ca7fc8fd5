"""What the ideas for discussions begin with: their rules, and the thread that stands there first."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from connector.activities.kinds import Beginner, Idea
from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.courses.policies import policy_of
from connector.discussion.prompting import Prompt, add_prompt
from connector.notifications.models import Level, Scope
from connector.notifications.services import set_level
from connector.participation import services as participation
from connector.participation.models import Grading, Late, Participation
from connector.participation.words import tell_asks
from connector.threads.finding import index_posts
from connector.threads.limits import get_rules
from connector.threads.models import Rules
from connector.threads.rules_words import tell_rules
from connector.web.i18n import gettext as _

_QUIET_DAYS = 14
"""After how many days without a post a day for failures is over."""


def ideas() -> Sequence[Idea]:
    """Return the ideas for discussions, in the reader's language."""
    return [
        Idea(
            key="today",
            title=_("How do we do it today?"),
            prompt=_(
                "Tell in a few lines how you go about it now: what works well, and what costs you time? "
                "Then answer two others: what would you like to try?"
            ),
            begin=_asking(threads=1, replies=2),
        ),
        Idea(
            key="failure",
            title=_("What went wrong, and what we learned"),
            prompt=_(
                "Tell of something that failed: what did you expect, what happened, and what do you do since then? "
                "Answer with questions, not with advice."
            ),
            begin=_begin_failure,
            open=_open_failure,
            opening=_("You tell your own story before you read those of others."),
        ),
        Idea(
            key="problem",
            title=_("A problem for the group"),
            prompt=_(
                "Here is a case without one right answer. In your group: what would you do first, and why? "
                "Agree on one way, and write down what speaks against it."
            ),
            begin=_asking(posts=2),
            is_in_groups=True,
        ),
        Idea(
            key="buddy",
            title=_("A buddy for the first weeks"),
            prompt=_(
                "New here? Say what you wonder about, however small. Here for longer? Take somebody under your wing: answer, "
                "and tell what you would have liked to know in your first week."
            ),
            begin=_begin_buddy,
            opening=_("Your trainer is told of every post, so that nobody's question stays alone."),
        ),
        Idea(
            key="try",
            title=_("One thing to try this week"),
            prompt=_(
                "Name one thing from the course that you will try. Come back in a week and tell how it went; "
                "cheer on two others."
            ),
            begin=_asking(threads=1, replies=3),
        ),
    ]


def tell(session: Session, activity: Activity) -> Sequence[str]:
    """Return how a discussion works, a sentence each."""
    return [*tell_asks(session, activity), *tell_rules(session, activity)]


def clear(session: Session, activity: Activity) -> None:
    """Take the rules of a discussion away, and what it asks for."""
    for model in (Rules, Participation):
        session.execute(delete(model).where(model.activity_id == activity.id))


def _asking(*, threads: int = 0, replies: int = 0, posts: int = 0) -> Beginner:
    """Return how to ask each learner for so much, without a date and without a grade."""

    def begin(session: Session, activity: Activity, by: Membership, now: datetime) -> None:
        del now  # there is no date
        participation.set_participation(
            session,
            activity,
            by,
            threads=threads,
            replies=replies,
            posts=posts,
            due_at=None,
            late=Late.COUNTS,
            grading=Grading.NONE,
        )

    return begin


def _begin_failure(session: Session, activity: Activity, by: Membership, now: datetime) -> None:
    """Let names be hidden where the organisation admits that; all stories come into one thread, which ends by itself."""
    rules = get_rules(session, activity)
    rules.allows_anonymous = policy_of(session, activity.course).may_hide_names
    rules.learners_start, rules.close_after_days = False, _QUIET_DAYS
    session.add(rules)
    session.flush()
    _asking(posts=1)(session, activity, by, now)


def _open_failure(session: Session, activity: Activity, by: Membership, now: datetime) -> None:
    prompt = Prompt(
        title=activity.title,
        body=activity.prompt or _("Tell of something that failed, and what you do since then."),
        key=uuid.uuid5(activity.id, "failure"),
        shows_after_posts=1,
    )
    opening = add_prompt(session, activity, by, prompt, now=now)
    session.flush()
    index_posts(session, [opening])


def _begin_buddy(session: Session, activity: Activity, by: Membership, now: datetime) -> None:
    _asking(threads=1, replies=1)(session, activity, by, now)
    set_level(session, by.id, Scope.ACTIVITY, activity.id, Level.EVERYTHING, now=now)
