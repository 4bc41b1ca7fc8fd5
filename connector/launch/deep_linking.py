"""Choosing what to place in a course: begun by the LMS, kept while the trainer types, and answered once.

Each form has a key, and its activity's id follows from it: a form that arrives twice makes one activity.

Source: https://www.imsglobal.org/spec/lti-dl/v2p0.
"""

import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from connector import sealing
from connector.activities.models import Activity, Placement
from connector.activities.services import new_activity
from connector.authoring.services import begin_template
from connector.courses.models import Course, Membership
from connector.launch.models import DeepLink
from connector.launch.refusals import refuse
from connector.platforms.models import Deployment
from connector.threads.ruling import begin_rules
from connector.web.errors import NotFoundError
from connector.web.sessions import digest
from lti import deep_linking as protocol
from lti.messages import DeepLinkingSettings

LIFE = timedelta(hours=2)
MOST_ITEMS = 10


def begin(session: Session, member: Membership, wanted: DeepLinkingSettings, *, secret: str, now: datetime) -> DeepLink:
    """Begin to choose.

    Raises:
        AppError: The LMS takes no links here.
    """
    if protocol.RESOURCE_LINK not in wanted.accept_types:
        raise refuse("type_not_accepted", detail=", ".join(wanted.accept_types))
    link = DeepLink(
        id=uuid.uuid4(),
        member=member,
        request=sealing.seal(secret, json.dumps(asdict(wanted)).encode()),
        items=[blank_item()],
        is_in_tab=False,
        created_at=now,
        expires_at=now + LIFE,
    )
    session.add(link)
    session.flush()
    return link


def go_on_in_tab(session: Session, link_id: uuid.UUID, member: Membership, *, now: datetime) -> DeepLink:
    """Go on with what waits in the LMS's frame; only who began it can.

    Raises:
        AppError: It is finished, too old, or another person's.
    """
    try:
        link = get_link(session, member, link_id, now=now)
    except NotFoundError as error:
        raise refuse("deep_link_gone") from error
    if link.finished_at is not None:
        raise refuse("deep_link_gone")
    link.is_in_tab = True
    return link


def get_link(session: Session, member: Membership, link_id: uuid.UUID, *, now: datetime) -> DeepLink:
    """Return what a member chooses, or has chosen.

    Raises:
        NotFoundError: It is too old, or somebody else's.
    """
    link = session.get(DeepLink, link_id)
    if link is None or link.membership_id != member.id or link.expires_at < now:
        raise NotFoundError
    return link


def wait(link: DeepLink) -> str:
    """Return the ticket to the page that waits in the LMS's frame."""
    ticket = secrets.token_urlsafe(32)
    link.ticket_hash = digest(ticket)
    return ticket


def find_waiting(session: Session, ticket: str, *, now: datetime) -> DeepLink:
    """Return what a frame waits for.

    Raises:
        AppError: The ticket is unknown, or too old.
    """
    link = session.scalar(
        select(DeepLink)
        .where(DeepLink.ticket_hash == digest(ticket))
        .options(
            joinedload(DeepLink.member)
            .joinedload(Membership.course)
            .joinedload(Course.deployment)
            .joinedload(Deployment.platform)
        )
    )
    if link is None or link.expires_at < now:
        raise refuse("deep_link_gone")
    return link


def blank_item(**typed: str) -> dict[str, Any]:
    """Return a form that nobody has filled in yet."""
    return {"key": secrets.token_hex(8), "kind": "discussion", "score_maximum": "10", **typed}


def request_of(link: DeepLink, *, secret: str) -> DeepLinkingSettings:
    """Return what the LMS asked for."""
    asked = json.loads(sealing.unseal(secret, link.request))
    lists = ("accept_types", "accept_presentation_document_targets")
    return DeepLinkingSettings(**{**asked, **{name: tuple(asked[name]) for name in lists}})


def finish(
    session: Session,
    link: DeepLink,
    chosen: Sequence[Mapping[str, Any]],
    *,
    takes_grades: bool,
    public_url: str,
    now: datetime,
) -> None:
    """Make the activities that were chosen; none where the trainer chose nothing. A second time changes nothing.

    Args:
        chosen: Checked forms; see `connector.authoring.schemas.ItemForm`.
        takes_grades: Whether the LMS makes columns in its gradebook for them.
    """
    unfinished = (DeepLink.id == link.id) & DeepLink.finished_at.is_(None)
    if session.scalar(update(DeepLink).where(unfinished).values(finished_at=now).returning(DeepLink.id)) is None:
        return
    course = link.member.course
    for place, form in enumerate(chosen):
        activity = new_activity(
            course,
            activity_id(link, form["key"]),
            kind=form["kind"],
            title=form["title"],
            prompt=form["prompt"],
            opens_at=form["opens_at"],
            closes_at=form["closes_at"],
            score_maximum=form["score_maximum"] if takes_grades else None,
            public_url=public_url,
            # Their order is the forms', also where a clock is too coarse to tell them apart.
            now=now + timedelta(microseconds=place),
        )
        session.add(activity)
        session.flush()
        begin_rules(session, activity)
        begin_template(session, activity, link.member, form["template"], is_open=True, now=now)
    link.items = [{"key": form["key"], "title": form["title"]} for form in chosen]


def list_unplaced(session: Session, link: DeepLink) -> Sequence[Activity]:
    """Return what was published in the course without a link, so that it can get one."""
    placed = select(Placement.id).where(Placement.activity_id == Activity.id)
    mine = select(Activity).where(
        Activity.course_id == link.member.course_id, Activity.published_at.is_not(None), ~placed.exists()
    )
    return session.scalars(mine.order_by(Activity.created_at, Activity.id)).all()


def place(session: Session, link: DeepLink, chosen: uuid.UUID | None, *, now: datetime) -> None:
    """Answer with an activity that was made here. A second time changes nothing.

    Raises:
        NotFoundError: It is no such activity of the course.
    """
    activity = next((each for each in list_unplaced(session, link) if each.id == chosen), None)
    if activity is None:
        raise NotFoundError
    unfinished = (DeepLink.id == link.id) & DeepLink.finished_at.is_(None)
    if session.scalar(update(DeepLink).where(unfinished).values(finished_at=now).returning(DeepLink.id)) is not None:
        link.items = [{"key": "", "title": activity.title, "activity": str(activity.id)}]


def activity_id(link: DeepLink, key: str) -> uuid.UUID:
    """Return the id of the activity that a form makes."""
    return uuid.uuid5(link.id, key)


def take_turn(session: Session, link: DeepLink, *, now: datetime) -> bool:
    """Return whether the answer is to be sent at once: true for one page only, since some LMSs would add it all twice."""
    unsent = (DeepLink.id == link.id) & DeepLink.sent_at.is_(None)
    return session.scalar(update(DeepLink).where(unsent).values(sent_at=now).returning(DeepLink.id)) is not None
