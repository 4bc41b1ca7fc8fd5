"""Whether a member may write, here and now; every refusal is a sentence for them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity, Kind
from connector.courses.models import Membership, Role
from connector.courses.policies import may_hide_names
from connector.threads.models import Moderation, Mute, Post, PostState, Rules, Thread
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext
from connector.web.pages import in_words

_DAY = timedelta(days=1)
# Whoever writes asks this: built once, and one query for both.
_WRITER = (
    select(Rules, Mute)
    .select_from(Membership)
    .outerjoin(Rules, Rules.activity_id == bindparam("activity_id"))
    .outerjoin(Mute, Mute.member_id == Membership.id)
    .where(Membership.id == bindparam("member_id"))
)


def get_rules(session: Session, activity: Activity) -> Rules:
    """Return the rules of an activity: what was set, or else the defaults."""
    return session.get(Rules, activity.id) or _defaults(activity)


def check_writer(session: Session, author: Membership, activity: Activity, *, now: datetime) -> Rules:
    """Check that a member may write in an activity now, and return its rules; one query where they set no pace.

    Raises:
        NotFoundError: They may only look on.
        ConflictError: Not now; the sentence says why.
    """
    if not author.can_write:
        raise NotFoundError
    row: Any = session.execute(_WRITER, {"activity_id": activity.id, "member_id": author.id}).one()
    found, mute = row
    rules = _defaults(activity) if found is None else found
    if author.is_staff:
        return rules
    if activity.opens_at is not None and now < activity.opens_at:
        raise ConflictError(_("This has not begun yet, so your text was not posted."))
    if activity.closes_at is not None and now >= activity.closes_at:
        raise ConflictError(_("This has ended, so your text was not posted."))
    _check_mute(mute, now)
    _check_pace(session, author, activity, rules, now)
    return rules


def _defaults(activity: Activity) -> Rules:
    return Rules(
        activity_id=activity.id,
        learners_start=True,
        allows_anonymous=activity.kind is Kind.EXPERT_QA,  # who does not dare to ask, never learns
        allows_private=True,
        moderation=Moderation.NONE,
        hold_after_reports=3,
    )


def check_starter(author: Membership, rules: Rules) -> None:
    """Check that a member may begin a thread.

    Raises:
        NotFoundError: Those who lead the course begin the threads here.
    """
    if not author.is_staff and not rules.learners_start:
        raise NotFoundError


def is_open(thread: Thread, *, now: datetime) -> bool:
    """Return whether replies are taken."""
    return thread.closed_at is None and (thread.closes_at is None or now < thread.closes_at)


def may_hide(session: Session, author: Membership, rules: Rules) -> bool:
    """Return whether a member may hide their name: learners, where the activity lets them, and the organisation too."""
    is_offered = rules.allows_anonymous and author.role in {Role.LEARNER, Role.TEST_STUDENT}
    return is_offered and may_hide_names(session, author.course)


def first_state(
    session: Session, author: Membership, activity: Activity, rules: Rules, *, is_anonymous: bool
) -> PostState:
    """Return the state that a new post of a member begins in.

    Under their name and under aliases everybody is new once: if the one counted for the other, the first post under a
    name that is not held would tell who wrote a hidden one before. Of people from outside the first one waits anywhere.
    """
    is_free = rules.moderation is Moderation.NONE and not author.person.is_guest
    if author.is_staff or is_free:
        return PostState.VISIBLE
    if rules.moderation is Moderation.ALL:
        return PostState.HELD
    seen = select(Post.id).where(
        Post.activity_id == activity.id,
        Post.author_id == author.id,
        Post.state == PostState.VISIBLE,
        Post.alias.is_not(None) if is_anonymous else Post.alias.is_(None),
    )
    return PostState.VISIBLE if session.scalar(seen.limit(1)) else PostState.HELD


def _check_mute(mute: Mute | None, now: datetime) -> None:
    if mute is not None and now < mute.until:
        raise ConflictError(
            _("You can read, but not write, until %(time)s. Your text was not posted.", time=in_words(mute.until))
        )


def _check_pace(session: Session, author: Membership, activity: Activity, rules: Rules, now: datetime) -> None:
    if rules.posts_a_day is None:
        return
    written = session.scalar(
        select(func.count()).where(
            Post.activity_id == activity.id, Post.author_id == author.id, Post.created_at > now - _DAY
        )
    )
    if (written or 0) >= rules.posts_a_day:
        raise ConflictError(
            ngettext(
                "Here everybody writes at most %(num)s post in 24 hours, so your text was not posted.",
                "Here everybody writes at most %(num)s posts in 24 hours, so your text was not posted.",
                rules.posts_a_day,
            )
        )
