"""All courses of an LMS, or of all of them, for those who administer: what goes on in each, and never who does it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Course, Membership
from connector.platforms.models import Deployment
from connector.web.paging import turn_to

PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A course, in figures."""

    course: Course
    people: int
    """Who are in it now."""
    activities: int
    """Those that people can open; what is being prepared is not counted."""
    seen_at: datetime | None
    """When somebody was there last."""


@dataclass(frozen=True, slots=True)
class CourseList:
    """One page of courses, those where somebody was last first."""

    rows: Sequence[Listed]
    count: int
    page: int
    pages: int


def list_courses(session: Session, *, platform_id: uuid.UUID | None, asked: str, page: int) -> CourseList:
    """Return a page of courses; two queries, however many there are.

    Args:
        platform_id: The LMS whose courses they are; None for all.
        asked: A part of their title; empty for all.
        page: From 1; one that does not exist becomes the nearest that does.
    """
    people = (
        select(
            Membership.course_id,
            func.count().filter(Membership.is_active).label("people"),
            func.max(Membership.seen_at).label("seen_at"),
        )
        .group_by(Membership.course_id)
        .subquery()
    )
    activities = (
        select(Activity.course_id, func.count().label("activities"))
        .where(Activity.prepared_at.is_(None))
        .group_by(Activity.course_id)
        .subquery()
    )
    where = [] if platform_id is None else [Deployment.platform_id == platform_id]
    if asked:
        where.append(Course.title.icontains(asked, autoescape=True))
    count = session.scalar(select(func.count(Course.id)).join(Course.deployment).where(*where)) or 0
    page, pages = turn_to(page, count, most=PAGE)
    rows = session.execute(
        select(Course, people.c.people, activities.c.activities, people.c.seen_at)
        .join(Course.deployment)
        .outerjoin(people, people.c.course_id == Course.id)
        .outerjoin(activities, activities.c.course_id == Course.id)
        .where(*where)
        .options(joinedload(Course.deployment).joinedload(Deployment.platform))
        .order_by(people.c.seen_at.is_(None), people.c.seen_at.desc(), Course.title, Course.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    listed = [Listed(course, there or 0, made or 0, seen_at) for course, there, made, seen_at in rows]
    return CourseList(listed, count, page, pages)
