"""Handing work in, again and again until the date, and taking it back."""

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.content import markdown
from connector.content.attachments import attach, list_attached
from connector.content.models import Attachment
from connector.content.text import is_blank, normalise
from connector.courses.models import Membership
from connector.delivery.services import record
from connector.peer_review import rules, statements
from connector.peer_review.models import Review, ReviewState, Submission, SubmissionVersion, WorkState
from connector.peer_review.setup_models import Anonymity, Late, PeerReview, Product
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _

HOLDER = "submission"
"""What the files of work belong to."""
MOST_FILES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """What somebody hands in."""

    body: str = ""
    link: str | None = None
    language: str | None = None
    file_ids: Collection[uuid.UUID] = ()


def find_work(session: Session, activity: Activity, author: Membership) -> Submission | None:
    """Return the work of an author, withdrawn or not."""
    query = select(Submission).where(Submission.activity_id == activity.id, Submission.author_id == author.id)
    return session.scalar(query)


def hand_in(session: Session, activity: Activity, author: Membership, handing: Handing, *, now: datetime) -> Submission:
    """Hand work in, for the first time or again; the last one counts.

    Raises:
        NotFoundError: They lead the course, or may only look on.
        ConflictError: Not now; the sentence says why. What they wrote is for the caller to keep.
        InvalidInputError: What was asked for is missing.
    """
    found = rules.hold(session, activity)
    is_late = check_handing_in(session, activity, found, author, now=now)
    work = find_work(session, activity, author)
    if work is None:
        work = _begin(activity, author, now)
    else:
        work.version += 1
    work.state, work.handed_in_at, work.is_late = WorkState.HANDED_IN, now, is_late
    work.link, work.language = handing.link, handing.language
    work.write(_checked(found.product, handing))
    session.add(work)
    session.flush()
    attach(session, author, handing.file_ids, HOLDER, work.id, body=work.body, most=MOST_FILES * 5)
    if found.anonymity is Anonymity.DOUBLE:
        _veil_names(session, work)
    session.add(SubmissionVersion(submission_id=work.id, version=work.version, body=work.body, link=work.link, at=now))
    session.flush()
    record(session, statements.handed_in(work, found.anonymity), by=author, now=now)
    return work


def withdraw(session: Session, activity: Activity, author: Membership, *, now: datetime) -> Submission:
    """Take work back: nobody reads it any more. Reviews that were written stay their reviewers' credit.

    Raises:
        NotFoundError: There is none.
        ConflictError: All is over.
    """
    found = rules.hold(session, activity)
    work = find_work(session, activity, author)
    if work is None or work.state is not WorkState.HANDED_IN:
        raise NotFoundError
    dates = rules.dates_of(activity, found, rules.get_participant(session, activity, author))
    if dates.has_closed(now) or found.released_at is not None:
        raise ConflictError(_("This has ended: the work stays as it is."))
    work.state = WorkState.WITHDRAWN
    open_ = (Review.submission_id == work.id, Review.state == ReviewState.OPEN)
    session.execute(update(Review).where(*open_).values(state=ReviewState.GONE))
    session.flush()
    record(session, statements.withdrawn(work, found.anonymity, now), by=author, now=now)
    return work


def check_handing_in(
    session: Session, activity: Activity, found: PeerReview, author: Membership, *, now: datetime
) -> bool:
    """Check that a member may hand in now, and return whether it is late.

    Raises:
        NotFoundError: They lead the course, or may only look on.
        ConflictError: Not now; the sentence says why.
    """
    if author.is_staff or not author.can_write:
        raise NotFoundError
    dates = rules.dates_of(activity, found, rules.get_participant(session, activity, author))
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


def names_author(work: Submission) -> bool:
    """Return whether the author's name stands in the text: worth a warning where nobody is to know it."""
    parts = [part for part in (work.author.person.name or "").split() if len(part) > 2]  # noqa: PLR2004 -- "de", "of"
    if not parts:
        return False
    words = set(re.findall(r"\w+", work.body.casefold()))
    return all(part.casefold() in words for part in parts) or parts[-1].casefold() in words


def _begin(activity: Activity, author: Membership, now: datetime) -> Submission:
    id_ = uuid.uuid4()
    return Submission(
        id=id_,
        activity=activity,
        author=author,
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


def _veil_names(session: Session, work: Submission) -> None:
    """Give files names that tell nothing of who sent them, everywhere: in the text, on the page, and when downloaded."""
    files = list_attached(session, HOLDER, [work.id]).get(work.id, ())
    body = work.body
    for number, file in enumerate(files, start=1):
        file.name = _neutral(file, number)
        body = re.sub(
            rf"(?<!!)\[(?:\\.|[^\]\\\n])*\]\(attachment:{file.id}\)", f"[{file.name}](attachment:{file.id})", body
        )
    if body != work.body:
        work.write(body)
    session.flush()


def _neutral(file: Attachment, number: int) -> str:
    return f"file-{number}{PurePath(file.name).suffix}"
