"""How a trainer shapes threads: the rules of an activity, and the dates and conditions of one thread."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from connector.activities.kinds import kinds
from connector.activities.models import THREADED, Activity
from connector.courses.models import Membership
from connector.courses.policies import check, policy_of
from connector.threads.limits import get_rules
from connector.threads.models import Moderation, Rules, Thread, ThreadKind
from connector.threads.tagging import set_tags
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _


def set_rules(
    session: Session,
    activity: Activity,
    by: Membership,
    *,
    learners_start: bool,
    allows_anonymous: bool,
    allows_private: bool,
    moderation: Moderation,
    hold_after_reports: int,
    close_after_days: int | None,
    posts_a_day: int | None,
    keep_days: int | None,
) -> Rules:
    """Say how the threads of an activity work, from now on.

    What was written under an alias stays so, also where names may not be hidden any more: that was promised.

    Raises:
        NotFoundError: The member does not lead the course.
        InvalidInputError: It is more than the organisation admits.
    """
    if not by.is_staff:
        raise NotFoundError
    check_limits(session, activity, allows_anonymous=allows_anonymous, keep_days=keep_days)
    rules = get_rules(session, activity)
    rules.learners_start, rules.allows_anonymous, rules.allows_private = (
        learners_start,
        allows_anonymous,
        allows_private,
    )
    rules.moderation, rules.hold_after_reports = moderation, hold_after_reports
    rules.close_after_days, rules.posts_a_day, rules.keep_days = close_after_days, posts_a_day, keep_days
    session.add(rules)
    session.flush()
    return rules


def check_limits(session: Session, activity: Activity, *, allows_anonymous: bool, keep_days: int | None) -> None:
    """Check that rules stay within what the organisation admits.

    Raises:
        InvalidInputError: They do not; there is a sentence for each field.
    """
    policy = policy_of(session, activity.course)
    if errors := check(policy, allows_anonymous=allows_anonymous, keep_days=keep_days):
        raise InvalidInputError(errors)


def begin_rules(session: Session, activity: Activity) -> None:
    """Give a new activity the rules that its organisation wants it to begin with, where that is anything of its own."""
    policy = policy_of(session, activity.course)
    if policy not in session:
        return
    days = policy.keep_days or policy.most_keep_days
    if activity.kind not in THREADED:
        keeping = kinds()[activity.kind].keeping
        if keeping is not None and days is not None:
            keeping.keep(session, activity, days)
        return
    rules = get_rules(session, activity)
    if policy.allows_anonymous is not None:
        rules.allows_anonymous = policy.allows_anonymous
    rules.allows_anonymous = rules.allows_anonymous and policy.may_hide_names
    rules.moderation = Moderation(policy.moderation)
    rules.keep_days = days
    session.add(rules)
    session.flush()


def shape_thread(
    session: Session,
    thread: Thread,
    by: Membership,
    *,
    kind: ThreadKind,
    tags: Sequence[str],
    opens_at: datetime | None,
    due_at: datetime | None,
    closes_at: datetime | None,
    shows_after_posts: int,
    shows_from: datetime | None,
    group_id: uuid.UUID | None,
) -> None:
    """Give a thread its kind, tags, dates and conditions; a question that becomes something else has no accepted answer.

    Args:
        group_id: One of the course's; the caller has checked that.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    if not by.is_staff:
        raise NotFoundError
    if kind is not ThreadKind.QUESTION:
        thread.accepted_id = None
    thread.kind = kind
    thread.opens_at, thread.due_at, thread.closes_at = opens_at, due_at, closes_at
    thread.shows_after_posts, thread.shows_from = shows_after_posts, shows_from
    thread.group_id = group_id
    set_tags(session, thread, by, tags)


def reschedule(
    threads: Sequence[Thread], by: Membership, *, due_at: datetime | None, closes_at: datetime | None
) -> None:
    """Give threads another time to be due or to close; what is None stays as it is.

    Raises:
        NotFoundError: The member does not lead the course.
        InvalidInputError: One of them would close before it is due, or before it opens; none is changed.
    """
    if not by.is_staff:
        raise NotFoundError
    for thread in threads:
        due, closes = due_at or thread.due_at, closes_at or thread.closes_at
        if due and closes and closes < due:
            told = _("“%(title)s” would close before it is due. Give both times.", title=thread.title)
            raise InvalidInputError({"closes_at": [told]})
        if thread.opens_at and any(each <= thread.opens_at for each in (due, closes) if each):
            told = _("“%(title)s” opens later than that.", title=thread.title)
            raise InvalidInputError({"due_at" if due_at else "closes_at": [told]})
    for thread in threads:
        thread.due_at, thread.closes_at = due_at or thread.due_at, closes_at or thread.closes_at
