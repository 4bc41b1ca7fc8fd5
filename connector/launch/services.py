"""The steps of a launch: begin a login, take it back once, and enter a course."""

import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from connector.activities.models import Activity, Placement
from connector.activities.services import place_link
from connector.courses.models import Course, Membership, Person, Role
from connector.launch.models import LoginState, PendingLaunch, Relaunch
from connector.launch.refusals import refuse
from connector.platforms.models import Deployment, Platform, Status
from connector.platforms.services import get_deployment, origin_of
from connector.web.models import LaunchSession, Proof
from connector.web.sessions import digest, open_session
from lti.groups import read_groups_endpoint
from lti.launch import Launch
from lti.login import LoginRequest
from lti.roles import Roles

LOGIN_LIFE = timedelta(minutes=10)
TICKET_LIFE = timedelta(minutes=1)
RELAUNCH_LIFE = timedelta(minutes=10)

Once = TypeVar("Once", LoginState, PendingLaunch, Relaunch)


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunLogin:
    """The secrets of a login: the state and nonce travel over the LMS, the browser's stays with the browser."""

    state: str
    nonce: str
    browser_secret: str


def begin_login(
    session: Session, platform: Platform, login: LoginRequest, *, is_retry: bool = False, now: datetime
) -> BegunLogin:
    """Store a login's secrets, clear away those that were never used, and return them."""
    begun = BegunLogin(
        state=secrets.token_urlsafe(32), nonce=secrets.token_urlsafe(32), browser_secret=secrets.token_urlsafe(32)
    )
    for model in (LoginState, PendingLaunch, Relaunch):
        session.execute(delete(model).where(model.expires_at < now))
    session.add(
        LoginState(
            state_hash=digest(begun.state),
            nonce=begun.nonce,
            platform_id=platform.id,
            browser_hash=digest(begun.browser_secret),
            storage_target=login.storage_target,
            login_hint=login.login_hint,
            message_hint=login.message_hint,
            target_link_uri=login.target_link_uri,
            is_retry=is_retry,
            expires_at=now + LOGIN_LIFE,
        )
    )
    return begun


def take_login(session: Session, state: str, *, now: datetime) -> LoginState:
    """Return the login that `state` belongs to, and forget it: a state is good for one launch.

    Raises:
        AppError: The state is unknown, was used, or is too old.
    """
    return _take(session, LoginState, LoginState.state_hash, state, now)


def enter(
    session: Session, platform: Platform, launch: Launch, *, public_url: str, now: datetime
) -> tuple[Membership, Activity]:
    """Store who launched and where: course, person, membership and activity.

    Raises:
        AppError: The deployment may not launch, or the launch has no person, no course or no role in it.
    """
    deployment = get_deployment(session, platform, launch.deployment_id, now=now)
    if deployment.status is not Status.ACTIVE:
        # Kept, so that an administrator finds it to approve.
        session.commit()
        raise refuse("deployment_waiting", detail=launch.deployment_id)
    if launch.subject is None:
        raise refuse("anonymous")
    if launch.context is None or launch.resource_link is None:
        raise refuse("no_course")
    role = course_role(launch.roles)
    if role is None:
        raise refuse("no_course_role")
    if launch.platform.product_family_code:
        platform.product = launch.platform.product_family_code
    course = _course(session, deployment, launch, public_url=public_url, now=now)
    person = _person(session, platform, launch, now=now)
    member = _membership(session, course, person, role, now=now)
    placement = place_link(
        session,
        course,
        launch.resource_link.id,
        title=launch.resource_link.title,
        prompt=launch.resource_link.description,
        public_url=public_url,
        now=now,
    )
    _note_roster(course, launch, now=now)
    _note_grades(placement, launch)
    return member, placement.activity


def _note_roster(course: Course, launch: Launch, *, now: datetime) -> None:
    """Keep where the LMS has the course's people, and let the roster be read if it has not been for long."""
    course.memberships_url = launch.memberships_url
    groups = read_groups_endpoint(launch.claims)
    course.groups_url = groups.groups_url if groups else None
    course.group_sets_url = groups.sets_url if groups else None
    if course.memberships_url and course.roster_due_at is None:
        course.roster_due_at = now


def _note_grades(placement: Placement, launch: Launch) -> None:
    """Keep where the LMS takes grades. A line item that later launches leave out (Moodle, with two of them) is kept."""
    if launch.ags is None:
        placement.lineitems_url, placement.lineitem_url, placement.scopes = None, None, []
        return
    placement.lineitems_url = launch.ags.lineitems
    placement.lineitem_url = launch.ags.lineitem or placement.lineitem_url
    placement.scopes = sorted(launch.ags.scopes)


def course_role(roles: Roles) -> Role | None:
    """Return what a person is in the course, from what the LMS says; None gives no rights.

    An administrator of the institution without a role in the course may look on, not take part.
    """
    if roles.is_test_user:
        return Role.TEST_STUDENT
    if roles.course_role is not None:
        return Role(roles.course_role.value)
    return Role.OBSERVER if roles.is_institution_admin or roles.is_system_admin else None


def _course(session: Session, deployment: Deployment, launch: Launch, *, public_url: str, now: datetime) -> Course:
    if launch.context is None:
        raise refuse("no_course")
    course = session.scalar(
        select(Course).where(Course.deployment_id == deployment.id, Course.context_id == launch.context.id)
    )
    if course is None:
        id_ = uuid.uuid4()
        course = Course(
            id=id_,
            deployment=deployment,
            context_id=launch.context.id,
            title="",
            label="",
            iri=f"{public_url}/courses/{id_}",
            created_at=now,
        )
        session.add(course)
    course.title = launch.context.title or launch.context.label or course.title or launch.context.id
    course.label = launch.context.label or course.label
    return course


def _person(session: Session, platform: Platform, launch: Launch, *, now: datetime) -> Person:
    person = session.scalar(select(Person).where(Person.platform_id == platform.id, Person.subject == launch.subject))
    if person is None:
        person = Person(platform=platform, subject=launch.subject, created_at=now, email=None, name=None)
        session.add(person)
    joined = " ".join(part for part in (launch.given_name, launch.family_name) if part)
    # A launch without names (another activity's privacy setting) does not take known ones away.
    person.name = launch.name or joined or person.name
    person.email = launch.email or person.email
    person.locale = launch.locale or person.locale
    return person


def _membership(session: Session, course: Course, person: Person, role: Role, *, now: datetime) -> Membership:
    session.flush()
    member = session.scalar(
        select(Membership).where(Membership.course_id == course.id, Membership.person_id == person.id)
    )
    if member is None:
        member = Membership(course=course, person=person, role=role, created_at=now, seen_at=now)
        session.add(member)
    member.role = role
    member.is_active = True
    member.seen_at = now
    return member


def open_visit(
    session: Session,
    platform: Platform,
    *,
    membership_id: uuid.UUID,
    activity_id: uuid.UUID,
    browser_secret: str | None,
    locale: str | None,
    return_origin: str,
    is_lms_admin: bool = False,
    is_retry: bool = False,
    now: datetime,
) -> str:
    """Open a launch session and return the id for its path.

    Args:
        browser_secret: What the browser's cookie holds; None where cookies are blocked.
        is_retry: Whether the launch was begun again in a tab of its own.
        return_origin: The origin of the page that the LMS wants people back on; empty where it did not say. A vanity
            domain of the LMS shows up there, and in no other place.
    """
    own = origin_of(platform.authorization_url)
    origins = dict.fromkeys([own, *platform.frame_origins, *([return_origin] if return_origin else [])])
    return open_session(
        session,
        LaunchSession(
            membership_id=membership_id,
            activity_id=activity_id,
            platform_id=platform.id,
            is_lms_admin=is_lms_admin,
            proof=(Proof.TAB if is_retry else Proof.COOKIE) if browser_secret else Proof.STORAGE,
            browser_hash=digest(browser_secret) if browser_secret else None,
            platform_origin=return_origin or own,
            frame_origins=" ".join(origins),
            locale=locale,
            created_at=now,
            seen_at=now,
        ),
    )


def hold(
    session: Session,
    login: LoginState,
    member: Membership,
    activity: Activity,
    *,
    locale: str | None,
    return_origin: str,
    is_lms_admin: bool,
    now: datetime,
) -> str:
    """Keep a valid launch until its browser has proved itself, and return the ticket to ask for it with."""
    ticket = secrets.token_urlsafe(32)
    session.flush()
    session.add(
        PendingLaunch(
            ticket_hash=digest(ticket),
            browser_hash=login.browser_hash,
            platform_id=login.platform_id,
            membership_id=member.id,
            activity_id=activity.id,
            locale=locale,
            return_origin=return_origin,
            is_lms_admin=is_lms_admin,
            expires_at=now + TICKET_LIFE,
        )
    )
    return ticket


def confirm(session: Session, ticket: str, browser_secret: str, *, now: datetime) -> PendingLaunch:
    """Return the launch that waits behind `ticket`, once, if the browser knows its secret.

    Raises:
        AppError: The ticket is unknown, was used or is too old, or the browser is another one.
    """
    row = _take(session, PendingLaunch, PendingLaunch.ticket_hash, ticket, now)
    if not hmac.compare_digest(row.browser_hash, digest(browser_secret)):
        raise refuse("other_browser")
    return row


def offer_relaunch(session: Session, login: LoginState, *, now: datetime) -> str:
    """Return a ticket with which a new tab can begin the launch again."""
    ticket = secrets.token_urlsafe(32)
    session.add(
        Relaunch(
            ticket_hash=digest(ticket),
            platform_id=login.platform_id,
            login_hint=login.login_hint,
            message_hint=login.message_hint,
            target_link_uri=login.target_link_uri,
            expires_at=now + RELAUNCH_LIFE,
        )
    )
    return ticket


def take_relaunch(session: Session, ticket: str, *, now: datetime) -> Relaunch:
    """Return the launch to begin again, once.

    Raises:
        AppError: The ticket is unknown, was used or is too old.
    """
    return _take(session, Relaunch, Relaunch.ticket_hash, ticket, now)


def _take(session: Session, model: type[Once], key: InstrumentedAttribute[str], secret: str, now: datetime) -> Once:
    """Return the row that `secret` opens, and delete it. Of two who ask at once, the one whose DELETE finds it has it."""
    row = session.scalar(select(model).where(key == digest(secret)).options(joinedload(model.platform)))
    taken = session.execute(delete(model).where(key == digest(secret)).returning(key))
    if taken.first() is None or row is None or row.expires_at < now:
        raise refuse("state_unknown")
    session.expunge(row)
    return row
