"""Handing work in, again and again until the date, and taking it back."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.content import markdown
from connector.content.attachments import attach, list_attached
from connector.content.text import is_blank, normalise
from connector.courses.models import Group, Membership
from connector.delivery.services import record
from connector.notifications.services import notify
from connector.peer_review import rules, statements
from connector.peer_review.models.groups import SharedText
from connector.peer_review.models.reviews import Review, ReviewState, Submission, SubmissionVersion, WorkState
from connector.peer_review.models.setup import Anonymity, Late, PeerReview, Product
from connector.peer_review.works import giving_back, late, sharing, units
from connector.peer_review.works.naming import veil_names
from connector.peer_review.works.units import AuthorUnit, Desk
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _

HOLDER = "submission"
"""What the files of work belong to."""
MOST_FILES = 10
GROUP_ACTED = "group work changed"
"""What the others of a group are told when one of them hands in, or takes the work back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """What somebody hands in."""

    body: str = ""
    link: str | None = None
    language: str | None = None
    file_ids: Collection[uuid.UUID] = ()
    base: int = 0
    """Where a group hands in: the revision of its text that this one was begun from."""


def hand_in(session: Session, activity: Activity, author: Membership, handing: Handing, *, now: datetime) -> Submission:
    """Hand work in, for the first time or again; the last one counts. One of a group hands in for all of it.

    Raises:
        NotFoundError: They lead the course, or may only look on.
        TextConflictError: Somebody else of the group has changed its text since this one was begun.
        ConflictError: Not now; the sentence says why. What they wrote is for the caller to keep.
        InvalidInputError: What was asked for is missing.
    """
    found = rules.hold(session, activity)
    is_late = check_handing_in(session, activity, found, author, now=now)
    desk = units.desk_of(session, activity, found, author)
    check_desk(desk)
    if desk.work is not None and desk.work.revised_at is not None:
        raise ConflictError(_("You have handed in a revised version: change that one."))
    waits = is_late and found.late is Late.APPROVE
    if waits:
        late.check_may_wait(desk.work)
    work = store(session, activity, author, handing, desk=desk, is_late=is_late, waits=waits, now=now)
    if waits:
        late.tell_leaders(session, work, author, now=now)
    giving_back.look_again(session, work)
    record(session, statements.handed_in(work, author, found.anonymity), by=author, now=now)
    _tell_others(session, work, author, now)
    return work


def store(
    session: Session,
    activity: Activity,
    author: Membership,
    handing: Handing,
    *,
    desk: Desk,
    is_late: bool,
    waits: bool = False,
    now: datetime,
) -> Submission:
    """Store what somebody hands in as the next version; that they may is the caller's to check, who holds the rules.

    Args:
        waits: Whether a trainer is to say whether it counts.

    Raises:
        TextConflictError: Somebody else of the group has changed its text since this one was begun.
        ConflictError: They are in no group, or have left the one that they wrote with.
        InvalidInputError: What was asked for is missing.
    """
    found, unit = rules.get_rules(session, activity), check_desk(desk)
    body = _checked(found.product, handing)
    base = sharing.check_base(session, activity, unit.group, handing.base) if unit.group is not None else 0
    work = desk.work
    was_out = work is None or work.state is not WorkState.HANDED_IN
    if work is None:
        work = _begin(activity, author, unit.group, now)
    else:
        work.version += 1
    work.state, work.handed_in_at, work.is_late = WorkState.WAITING if waits else WorkState.HANDED_IN, now, is_late
    if was_out:
        work.late_note, work.late_by_id, work.late_at = None, None, None
    work.link, work.language = handing.link, handing.language
    work.write(body)
    session.add(work)
    session.flush()
    units.set_authors(session, work, unit, was_out=was_out, now=now)
    attach(session, author, handing.file_ids, HOLDER, work.id, body=work.body, most=MOST_FILES * 5)
    if unit.group is not None:
        sharing.hand_over(session, work, HOLDER)
    if found.anonymity is Anonymity.DOUBLE:
        veil_names(session, work, list_attached(session, HOLDER, [work.id]).get(work.id, ()))
    session.add(
        SubmissionVersion(
            submission_id=work.id, version=work.version, body=work.body, link=work.link, at=now, by_id=author.id
        )
    )
    if unit.group is not None:
        sharing.note_handed_in(session, work, author, base=base, now=now)
    session.flush()
    return work


def keep_for_group(
    session: Session, activity: Activity, member: Membership, handing: Handing, *, now: datetime
) -> SharedText:
    """Keep a text for the others of one's group, without handing it in.

    Raises:
        NotFoundError: They lead the course, may only look on, or hand in alone.
        TextConflictError: Somebody else of the group has changed its text since this one was begun.
        ConflictError: Not now, or they are in no group; the sentence says why.
    """
    found = rules.hold(session, activity)
    check_handing_in(session, activity, found, member, now=now)
    unit = check_desk(units.desk_of(session, activity, found, member))
    if unit.group is None:
        raise NotFoundError
    return sharing.keep(
        session,
        activity,
        unit.group,
        member,
        body=normalise(handing.body),
        link=handing.link,
        language=handing.language,
        file_ids=handing.file_ids,
        base=handing.base,
        now=now,
    )


def withdraw(session: Session, activity: Activity, author: Membership, *, now: datetime) -> Submission:
    """Take work back: nobody reads it any more. Reviews that were written stay their reviewers' credit.

    Raises:
        NotFoundError: There is none that they may change.
        ConflictError: All is over.
    """
    found = rules.hold(session, activity)
    desk = units.desk_of(session, activity, found, author)
    work = desk.work
    if work is None or work.state not in {WorkState.HANDED_IN, WorkState.WAITING} or not desk.may_change:
        raise NotFoundError
    dates = units.dates_for(session, activity, found, author)
    if dates.has_closed(now) or found.released_at is not None:
        raise ConflictError(_("This has ended: the work stays as it is."))
    if work.revised_at is not None:
        raise ConflictError(_("You have handed in a revised version, so the work stays."))
    work.state = WorkState.WITHDRAWN
    open_ = (Review.submission_id == work.id, Review.state == ReviewState.OPEN)
    session.execute(update(Review).where(*open_).values(state=ReviewState.GONE))
    session.flush()
    giving_back.look_again(session, work)
    record(session, statements.withdrawn(work, author, found.anonymity, now), by=author, now=now)
    _tell_others(session, work, author, now)
    return work


def check_desk(desk: Desk) -> AuthorUnit:
    """Return with whom somebody hands in.

    Raises:
        ConflictError: They are in no group, or have left the one that they wrote with; the sentence says what to do.
    """
    if desk.unit is None:
        raise ConflictError(
            _("Groups hand in here, and you are in none yet. What you wrote is kept as a draft; ask your trainer.")
        )
    if not desk.may_change:
        raise ConflictError(
            _("You wrote this with a group that you have left. It stays yours, and they can change it.")
        )
    return desk.unit


def check_handing_in(
    session: Session, activity: Activity, found: PeerReview, author: Membership, *, now: datetime
) -> bool:
    """Check that a member may hand in now, and return whether it is late.

    Raises:
        NotFoundError: They lead the course, or may only look on, or nothing is handed in.
        ConflictError: Not now; the sentence says why.
    """
    if author.is_staff or not author.can_write or found.product is Product.PRACTICE:
        raise NotFoundError
    dates = units.dates_for(session, activity, found, author)
    if not dates.has_opened(now):
        raise ConflictError(_("This has not begun yet. What you wrote is kept as a draft."))
    if dates.has_closed(now) or found.released_at is not None:
        raise ConflictError(_("This has ended. What you wrote is kept as a draft; ask your trainer for more time."))
    is_late = dates.is_work_late(now)
    if is_late and found.late is Late.REFUSE:
        raise ConflictError(
            _("The date for handing in is past. What you wrote is kept as a draft; ask your trainer for more time.")
        )
    return is_late


def _tell_others(session: Session, work: Submission, by: Membership, now: datetime) -> None:
    """Tell the others of a group that one of them handed in, or took the work back."""
    others = work.author_ids - {by.id}
    if work.group_id is not None and others:
        notify(session, others, GROUP_ACTED, about=work.id, activity=work.activity, by=by.id, now=now)


def _begin(activity: Activity, author: Membership, group: Group | None, now: datetime) -> Submission:
    id_ = uuid.uuid4() if group is not None else statements.submission_id(activity, author)
    return Submission(
        id=id_,
        activity=activity,
        author=author,
        group=group,
        iri=f"{activity.iri}/submissions/{id_}",
        version=1,
        first_at=now,
    )


def _checked(product: Product, handing: Handing) -> str:
    """Return the text, after a look whether what was asked for is there.

    Raises:
        InvalidInputError: It is not.
    """
    body = normalise(handing.body)
    has_files = bool(handing.file_ids) or bool(markdown.find_attachments(body))
    if product is Product.TEXT and is_blank(body) and not has_files:
        raise InvalidInputError({"body": [_("Write something first.")]})
    if product is Product.FILES and not has_files:
        raise InvalidInputError({"body": [_("Add at least one file.")]})
    if product is Product.LINK and not handing.link:
        raise InvalidInputError({"link": [_("Give the address of your work.")]})
    return body
