"""Good work shown to the course: a trainer asks, every author agrees, and each of them can take that back at any time."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from connector.activities.models import Activity
from connector.content.attachments import detach, hide_names, list_attached
from connector.content.doors import file_store
from connector.content.text import normalise
from connector.content.unnaming import unname
from connector.courses.models import Membership, Role
from connector.courses.people import name_of
from connector.delivery.services import record
from connector.notifications.services import notify
from connector.peer_review import rules
from connector.peer_review.examples import statements as example_statements
from connector.peer_review.examples.copies import copy_file
from connector.peer_review.models.exemplars import Consent, Exemplar
from connector.peer_review.models.reviews import Author, Review, ReviewState, Submission, WorkState
from connector.peer_review.models.setup import Late
from connector.peer_review.results.releasing import is_over
from connector.peer_review.works import giving_back
from connector.peer_review.works.handing_in import HOLDER as WORK
from connector.peer_review.works.teams import is_mine
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _

HOLDER = "exemplar"
"""What the copied files belong to."""
ASKED = "exemplar asked"
NOTE_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A good example, as its readers see it."""

    exemplar: Exemplar
    names: Sequence[str]
    """Its authors', where all of them want that; else empty."""


def exemplars(session: Session, activity: Activity, reader: Membership, *, now: datetime) -> list[Shown]:
    """Return what is shown as good examples to somebody at this moment, in the order in which it was agreed to.

    Args:
        reader: Learners and who leads the course; everybody else gets nothing.
    """
    if not is_open_to(session, activity, reader, now=now):
        return []
    found = [each for each in session.scalars(_all(activity)) if each.is_shared]
    found.sort(key=lambda each: (each.promoted_at or each.asked_at, each.id))
    return [Shown(each, names_of(each)) for each in found]


def list_asked(session: Session, activity: Activity, leader: Membership) -> Sequence[Exemplar]:
    """Return all work whose authors were asked, the last asked first.

    Raises:
        NotFoundError: They do not lead the course.
    """
    rules.check_staff(leader)
    return session.scalars(_all(activity).order_by(Exemplar.asked_at.desc(), Exemplar.id)).all()


def find(session: Session, work: Submission) -> Exemplar | None:
    """Return what the authors of a piece of work were asked about last; None where they were not."""
    return session.scalar(_all(work.activity).where(Exemplar.submission_id == work.id))


def find_mine(session: Session, activity: Activity, author: Membership) -> Exemplar | None:
    """Return what an author was asked about and can answer; None where there is nothing."""
    mine = Exemplar.submission.has(Submission.authors.any(Author.member_id == author.id))
    found = session.scalars(_all(activity).where(mine).order_by(Exemplar.asked_at.desc()))
    return next((each for each in found if each.is_current), None)


def is_open_to(session: Session, activity: Activity, reader: Membership, *, now: datetime) -> bool:
    """Return whether somebody may see the examples: learners once results are shown and nothing that they write can follow
    an example any more.
    """
    if reader.course_id != activity.course_id:
        return False
    if reader.is_staff:
        return True
    if not reader.can_write or reader.person.is_guest:
        return False
    found = rules.get_rules(session, activity)
    return is_over(activity, found, now) and not still_reviews(session, activity, reader, now=now)


def can_be_asked_about(work: Submission) -> bool:
    """Return whether a piece of work can be shown at all: learners' own, and not taken back."""
    are_here = all(each.member.role is Role.LEARNER and each.member.person.erased_at is None for each in work.authors)
    return work.state is WorkState.HANDED_IN and bool(work.authors) and are_here


def ask(
    session: Session, work: Submission, by: Membership, *, note: str, asks_pool: bool = False, now: datetime
) -> Exemplar:
    """Ask all authors whether their work may be shown as it is now; what they said of an earlier version is forgotten.

    Args:
        note: What the trainer finds good about it; may be empty.
        asks_pool: Whether they are asked for a copy in the knowledge pool as well.

    Raises:
        NotFoundError: They do not lead the course, or the work cannot be shown.
        InvalidInputError: The note is too long.
    """
    rules.check_staff(by)
    if not can_be_asked_about(work):
        raise NotFoundError
    note = normalise(note)
    if len(note) > NOTE_LIMIT:
        raise InvalidInputError({"note": [_("This is too long; %(limit)s characters fit.", limit=NOTE_LIMIT)]})
    if rules.hold(session, work.activity).forgotten_at is not None:  # two trainers may ask at once
        raise NotFoundError
    before = find(session, work)
    if before is not None:
        take_back(session, before)
    row = Exemplar(
        id=uuid.uuid4(),
        activity=work.activity,
        submission=work,
        version=work.version,
        link=work.link,
        language=work.language,
        note=note,
        files_left_out=0,
        asks_pool=asks_pool,
        asked_by=by,
        asked_at=now,
    )
    _copy_work(session, work, row, now)
    notify(session, work.author_ids, ASKED, about=row.id, activity=work.activity, by=by.id, now=now)
    return row


def take_back(session: Session, row: Exemplar) -> None:
    """Show it no longer, and let go of the copies, in the knowledge pool too."""
    giving_back.give_back(session, row)
    detach(session, file_store(), HOLDER, row.id)
    session.delete(row)
    session.flush()


def answer(
    session: Session,
    row: Exemplar,
    author: Membership,
    *,
    agrees: bool,
    shows_name: bool = False,
    for_pool: bool = False,
    now: datetime,
) -> None:
    """Say whether it may be shown; saying something else later takes its place, and takes the copy out of the pool.

    Args:
        for_pool: Whether a copy may stand in the knowledge pool too; means nothing where nobody asked that.

    Raises:
        NotFoundError: They are no author of it, or it is no longer what they handed in.
    """
    if author.id not in row.submission.author_ids or not row.is_current:
        raise NotFoundError
    rules.hold(session, row.activity)  # the last two of a group may agree at once
    session.refresh(row, ["consents", "promoted_at", "asks_pool", "entry"])
    said = row.answer_of(author.id)
    if said is None:
        said = Consent(exemplar_id=row.id, member_id=author.id)
        row.consents.append(said)
    answers = agrees, agrees and shows_name, agrees and for_pool and row.asks_pool
    if answers != (said.agrees, said.shows_name, said.for_pool):
        giving_back.give_back(session, row)
    said.agrees, said.shows_name, said.for_pool = answers
    said.at = now
    session.flush()
    if row.is_shared and row.promoted_at is None:
        row.promoted_at = now
        session.flush()
        anonymity = rules.get_rules(session, row.activity).anonymity
        record(session, example_statements.promoted(row, anonymity, now), by=row.asked_by, now=now)


def _copy_work(session: Session, work: Submission, row: Exemplar, now: datetime) -> None:
    """Give the exemplar the text and the files, without what these tell of who made them."""
    store, body = file_store(), work.body
    copies = []
    for file in list_attached(session, WORK, [work.id]).get(work.id, ()):
        if str(file.id) in body:  # files of earlier versions stay behind
            copies.append(copy_file(session, file, work.activity, (HOLDER, row.id), now))
            body = body.replace(str(file.id), str(copies[-1].id))
    session.flush()
    body = hide_names(copies, body)
    kept = [file for file, _why in unname(session, store, copies)]
    for file in copies:
        link = rf"(?<!!)\[(?:\\.|[^\]\\\n])*\]\(attachment:{file.id}\)"
        body = re.sub(link, "" if file in kept else f"[{file.name}](attachment:{file.id})", body)
    for file in kept:
        session.delete(file)
    store.delete([each.storage_key for each in kept])
    row.files_left_out = len(kept)
    row.write(body)
    session.add(row)
    session.flush()


def still_reviews(session: Session, activity: Activity, reader: Membership, *, now: datetime) -> bool:
    """Return whether somebody has a review that they can still send."""
    found = rules.get_rules(session, activity)
    dates = rules.dates_of(activity, found, rules.get_participant(session, activity, reader))
    if dates.has_closed(now):
        return False
    mine = (Review.activity_id == activity.id, is_mine(reader.id), Review.state == ReviewState.OPEN)
    second_over = found.second_due_at is not None and now > found.second_due_at
    over = {False: dates.is_review_late(now), True: second_over}
    rounds = session.scalars(select(Review.round).where(*mine)).all()
    return any(found.late is not Late.REFUSE or not over[number > 1] for number in rounds)


def names_of(row: Exemplar) -> list[str]:
    """Return the authors' names, where all of them want that; else nothing."""
    return sorted(name_of(each.member) for each in row.submission.authors) if row.shows_names else []


def _all(activity: Activity) -> Select[Exemplar]:
    people = selectinload(Submission.authors).joinedload(Author.member).joinedload(Membership.person)
    return (
        select(Exemplar)
        .where(Exemplar.activity_id == activity.id)
        .options(joinedload(Exemplar.submission).options(people))
    )
