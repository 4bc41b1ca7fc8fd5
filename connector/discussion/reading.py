"""What members see of a discussion: which threads, which posts, what is new; and what its trainer sees."""

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil

from sqlalchemy import ColumnElement, Select, case, func, literal, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, defer, joinedload

from connector.activities.models import Activity
from connector.content.nesting import nest
from connector.courses.models import Membership, Role
from connector.db import Model
from connector.delivery.services import record
from connector.discussion import statements
from connector.discussion.models import OPENING, ReadMark, Reply, Thread, Visit
from connector.web.errors import NotFoundError

THREADS_A_PAGE = 20
REPLIES_A_PAGE = 100
DAYS = 14
"""How far back a trainer's overview looks."""


@dataclass(frozen=True, slots=True)
class Row:
    """A thread in the list, and how many of its posts the reader has not seen."""

    thread: Thread
    new_count: int


@dataclass(frozen=True, slots=True)
class ThreadList:
    """One page of a discussion's threads."""

    rows: Sequence[Row]
    count: int
    """Of all threads."""
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A post on a page."""

    post: Thread | Reply
    level: int
    """0 for the opening post, 1 to 3 for replies."""
    is_new: bool
    answered: Thread | Reply | None
    """What it answers; None for the opening post."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One page of a thread, as one member sees it."""

    thread: Thread
    posts: Sequence[Shown]
    """In reading order; the opening post stands on the first page."""
    page: int
    pages: int
    new_count: int
    """In the whole thread."""
    first_new: Thread | Reply | None
    """The oldest post that the reader has not seen."""
    was_visited_today: bool

    @property
    def has_news(self) -> bool:
        """Whether there is something to note when this page is shown."""
        return not self.was_visited_today or any(shown.is_new for shown in self.posts)


def list_threads(session: Session, activity: Activity, reader: Membership, *, page: int) -> ThreadList:
    """Return a page of threads: those with something new first, then by the newest post."""
    count = session.scalar(select(func.count()).where(Thread.activity_id == activity.id)) or 0
    page, pages = _clamp(page, count, THREADS_A_PAGE)
    read = (
        select(ReadMark.thread_id, func.count().label("posts"))
        .where(ReadMark.member_id == reader.id)
        .group_by(ReadMark.thread_id)
        .subquery()
    )
    new_count: ColumnElement[int] = Thread.post_count - func.coalesce(read.c.posts, 0)
    found = session.execute(
        select(Thread, new_count)
        .outerjoin(read, read.c.thread_id == Thread.id)
        .where(Thread.activity_id == activity.id)
        .order_by(case((new_count > 0, 0), else_=1), Thread.last_activity_at.desc(), Thread.id)
        .options(joinedload(Thread.author).joinedload(Membership.person), defer(Thread.body), defer(Thread.body_html))
        .limit(THREADS_A_PAGE)
        .offset((page - 1) * THREADS_A_PAGE)
    )
    return ThreadList([Row(thread, new) for thread, new in found], count, page, pages)


def page_of(number: int) -> int:
    """Return the page of its thread that a post stands on: always the same one, since numbers never change."""
    return max(number - OPENING - 1, 0) // REPLIES_A_PAGE + 1


def read_thread(session: Session, thread: Thread, reader: Membership, *, page: int, now: datetime) -> Reading:
    """Return a page of a thread. What is new stays new until `mark_read`.

    Args:
        page: From 1; one that does not exist becomes the nearest that does.
        now: Tells which day it is.
    """
    page, pages = _clamp(page, thread.reply_count, REPLIES_A_PAGE)
    replies = _replies(session, thread, page)
    answered = _answered(session, thread, replies)
    marks = select(ReadMark.number).where(ReadMark.member_id == reader.id, ReadMark.thread_id == thread.id)
    new = set(range(OPENING, thread.post_count + 1)) - set(session.scalars(marks))
    opening = [Shown(thread, 0, OPENING in new, None)] if page == 1 else []
    shown = [
        Shown(placed.item, placed.level, placed.item.number in new, answered[placed.item.parent_id])
        for placed in nest(replies)
    ]
    visit = session.get(Visit, (reader.id, thread.id))
    return Reading(
        thread=thread,
        posts=[*opening, *shown],
        page=page,
        pages=pages,
        new_count=len(new),
        first_new=_by_number(session, thread, min(new)) if new else None,
        was_visited_today=visit is not None and visit.day >= now.date(),
    )


def mark_read(session: Session, thread: Thread, reader: Membership, numbers: Collection[int], *, now: datetime) -> None:
    """Note that a member was shown posts, and tell of the day's first visit to the thread.

    Args:
        numbers: Of the posts that were new.
    """
    if numbers:
        # In order, or two devices of one person could each wait for a row of the other's.
        marks = [{"member_id": reader.id, "thread_id": thread.id, "number": number} for number in sorted(numbers)]
        session.execute(_insert(session, ReadMark).values(marks).on_conflict_do_nothing())
    visit = _insert(session, Visit).values(member_id=reader.id, thread_id=thread.id, day=now.date())
    noted = visit.on_conflict_do_update(
        index_elements=[Visit.member_id, Visit.thread_id], set_={"day": now.date()}, where=Visit.day < now.date()
    )
    if session.scalar(noted.returning(Visit.day)) is not None:
        record(session, statements.viewed(thread, reader, now), by=reader, now=now)


def _clamp(page: int, count: int, size: int) -> tuple[int, int]:
    pages = max(ceil(count / size), 1)
    return min(max(page, 1), pages), pages


def _replies(session: Session, thread: Thread, page: int) -> Sequence[Reply]:
    first = OPENING + 1 + (page - 1) * REPLIES_A_PAGE
    return session.scalars(
        select(Reply)
        .where(Reply.thread_id == thread.id, Reply.number.between(first, first + REPLIES_A_PAGE - 1))
        .order_by(Reply.number)
        .options(joinedload(Reply.author).joinedload(Membership.person))
    ).all()


def _answered(session: Session, thread: Thread, replies: Sequence[Reply]) -> dict[uuid.UUID | None, Thread | Reply]:
    """Return what the replies answer, by id; parents on other pages are fetched together."""
    found: dict[uuid.UUID | None, Thread | Reply] = {None: thread, **{reply.id: reply for reply in replies}}
    elsewhere = {reply.parent_id for reply in replies} - set(found)
    if elsewhere:
        author = joinedload(Reply.author).joinedload(Membership.person)
        parents = session.scalars(select(Reply).where(Reply.id.in_(elsewhere)).options(author))
        found.update((parent.id, parent) for parent in parents)
    return found


def _by_number(session: Session, thread: Thread, number: int) -> Thread | Reply | None:
    if number == OPENING:
        return thread
    return session.scalar(select(Reply).where(Reply.thread_id == thread.id, Reply.number == number))


def _insert(session: Session, kind: type[Model]) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT; both databases spell it alike, and SQLAlchemy has one for each."""
    return sqlite.insert(kind) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(kind)


# --- a trainer's overview ---------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Overview:
    """How a discussion goes; test students are left out."""

    thread_count: int
    reply_count: int
    learner_count: int
    silent: Sequence[Membership]
    """Learners who have written nothing, by name."""
    unanswered: Sequence[Thread]
    """Open threads without a reply, the oldest first."""
    days: Sequence[tuple[date, int]]
    """Posts on each of the last days, in UTC; today last."""

    @property
    def active_count(self) -> int:
        """How many learners have written something."""
        return self.learner_count - len(self.silent)


def get_overview(session: Session, activity: Activity, member: Membership, *, now: datetime) -> Overview:
    """Return the figures of a discussion.

    Args:
        now: The days end with this one.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    if not member.is_staff:
        raise NotFoundError
    posts = _posts(activity).subquery()
    counted = select(posts.c.is_reply, func.count().label("posts")).group_by(posts.c.is_reply)
    counts = {row.is_reply: row.posts for row in session.execute(counted)}
    is_learner = (Membership.course_id == activity.course_id) & Membership.is_active & (Membership.role == Role.LEARNER)
    person = joinedload(Membership.person)
    silent = select(Membership).where(is_learner, Membership.id.not_in(select(posts.c.author_id))).options(person)
    unanswered = (
        select(Thread)
        .join(Thread.author)
        .where(Thread.activity_id == activity.id, Thread.post_count == OPENING, Thread.closed_at.is_(None))
        .where(Membership.role != Role.TEST_STUDENT)
        .order_by(Thread.created_at, Thread.id)
        .options(joinedload(Thread.author).joinedload(Membership.person), defer(Thread.body), defer(Thread.body_html))
    )
    return Overview(
        thread_count=counts.get(0, 0),
        reply_count=counts.get(1, 0),
        learner_count=session.scalar(select(func.count()).where(is_learner)) or 0,
        silent=sorted(session.scalars(silent), key=lambda learner: (learner.person.name or "").casefold()),
        unanswered=session.scalars(unanswered).all(),
        days=_posts_by_day(session, activity, now),
    )


def _posts(activity: Activity) -> Select[tuple[uuid.UUID, datetime, int]]:
    """Return the posts of a discussion that count: author, time, and 1 for a reply."""
    openings = select(Thread.author_id, Thread.created_at, literal(0).label("is_reply")).where(
        Thread.activity_id == activity.id
    )
    replies = (
        select(Reply.author_id, Reply.created_at, literal(1))
        .join(Thread, Thread.id == Reply.thread_id)
        .where(Thread.activity_id == activity.id)
    )
    every = union_all(openings, replies).subquery()
    return (
        select(every.c.author_id, every.c.created_at, every.c.is_reply)
        .join(Membership, Membership.id == every.c.author_id)
        .where(Membership.role != Role.TEST_STUDENT)
    )


def _posts_by_day(session: Session, activity: Activity, now: datetime) -> list[tuple[date, int]]:
    """Return the number of posts on each of the last days; counted here, since databases cut days each in its own way."""
    first = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS - 1)
    posts = _posts(activity).subquery()
    counts = Counter(at.date() for at in session.scalars(select(posts.c.created_at).where(posts.c.created_at >= first)))
    days = (first.date() + timedelta(days=offset) for offset in range(DAYS))
    return [(day, counts[day]) for day in days]
