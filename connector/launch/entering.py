"""What a believed launch leads to: who it is, in which course, and which page is theirs to see."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities import copying, links
from connector.activities.kinds import copy_settings
from connector.activities.links import Link
from connector.activities.models import Placement
from connector.activities.placing import note_learner, place_link
from connector.config import Settings
from connector.courses.models import Course, Membership, Person, Role
from connector.courses.policies import get_policy
from connector.db import stored
from connector.grades.columns import note_link
from connector.launch import deep_linking
from connector.launch.models import LoginState
from connector.launch.notices import note_offer
from connector.launch.refusals import refuse
from connector.platforms.models import Deployment, Platform, Status
from connector.platforms.services import get_deployment
from connector.threads.ruling import begin_rules
from lti import claims
from lti.groups import read_groups_endpoint
from lti.launch import Launch
from lti.profiles import profile_for
from lti.roles import Roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """The page that a launch leads to, and as whom it is seen."""

    endpoint: str
    values: dict[str, str] = field(default_factory=dict)
    """For the endpoint's address."""
    title: str
    member: Membership | None = None
    activity_id: uuid.UUID | None = None
    subject_id: uuid.UUID | None = None
    """Whose data may be seen."""
    may_export: bool = False
    deep_link_id: uuid.UUID | None = None


def enter(
    session: Session, platform: Platform, launch: Launch, login: LoginState, *, settings: Settings, now: datetime
) -> Destination:
    """Store who launched and where, and return where to go.

    Raises:
        AppError: The deployment may not launch, or the launch has no person, no course, no role in it, or not the one that
            its message needs.
    """
    deployment = get_deployment(session, platform, launch.deployment_id, now=now)
    if deployment.status is not Status.ACTIVE:
        # Kept, so that an administrator finds it to approve.
        session.commit()
        raise refuse("deployment_waiting", detail=launch.deployment_id)
    if launch.subject is None:
        raise refuse("anonymous")
    if launch.platform.product_family_code:
        platform.product = launch.platform.product_family_code
    note_offer(deployment, launch.claims, now=now)
    if launch.message_type == claims.DATA_PRIVACY_REQUEST:
        return _to_privacy(session, platform, launch)
    member = _member(session, deployment, launch, public_url=settings.public_url, now=now)
    if launch.message_type == claims.DEEP_LINKING_REQUEST:
        return _to_deep_linking(session, member, launch, login, settings=settings, now=now)
    return _to_activity(session, member, launch, public_url=settings.public_url, now=now)


def course_role(roles: Roles) -> Role | None:
    """Return what a person is in the course, from what the LMS says; None gives no rights.

    An administrator of the institution without a role in the course may look on, not take part.
    """
    if roles.is_test_user:
        return Role.TEST_STUDENT
    if roles.course_role is not None:
        return Role(roles.course_role.value)
    return Role.OBSERVER if is_lms_admin(roles) else None


def is_lms_admin(roles: Roles) -> bool:
    """Whether a person administers the LMS."""
    return roles.is_institution_admin or roles.is_system_admin


# --- where to -----------------------------------------------------------------------------------------------------------
def _to_activity(
    session: Session, member: Membership, launch: Launch, *, public_url: str, now: datetime
) -> Destination:
    """Lead to the activity that was opened, to one learner's work in it, or to the course's list."""
    course = member.course
    learner = _learner(session, member, launch)
    history = links.read_context_history(launch.custom)
    copying.note_copy(session, course.deployment, course.context_id, history, now=now)
    placement = place_link(session, member, _link(launch, course), public_url=public_url, copier=copy_settings, now=now)
    if placement is not None and placement.activity.created_at == now and placement.activity.copied_from_id is None:
        session.flush()
        begin_rules(session, placement.activity)
    if launch.message_type == claims.RESOURCE_LINK_REQUEST:  # the others leave out services that are there
        _note_roster(course, launch, now=now)
        _note_gradebook(course, launch)
        if placement is not None:
            _note_grades(placement, launch)
            note_link(session, placement, now=now)
    session.flush()
    if placement is None:
        return Destination(endpoint="course.index", title=course.title, member=member)
    if member.role is Role.LEARNER:
        note_learner(placement, now=now)
    activity = placement.activity
    values = {"activity_id": str(activity.id)}
    page = "index"
    if learner is not None:
        page, values = "review", values | {"learner_id": str(learner.id)}
    return Destination(
        endpoint=f"{activity.kind}.{page}", values=values, title=activity.title, member=member, activity_id=activity.id
    )


def _to_deep_linking(
    session: Session, member: Membership, launch: Launch, login: LoginState, *, settings: Settings, now: datetime
) -> Destination:
    """Lead to the picker; a launch that was begun again in a tab goes on with the one that waits in the frame."""
    if not member.is_staff:
        raise refuse("staff_only")
    if launch.deep_linking is None:
        raise refuse("deep_linking_settings")
    if login.deep_link_id is not None:
        link = deep_linking.go_on_in_tab(session, login.deep_link_id, member, now=now)
    else:
        link = deep_linking.begin(session, member, launch.deep_linking, secret=settings.secret_key, now=now)
    return Destination(
        endpoint="deep_linking.show",
        values={"link_id": str(link.id)},
        title=member.course.title,
        member=member,
        deep_link_id=link.id,
    )


def _to_privacy(session: Session, platform: Platform, launch: Launch) -> Destination:
    """Lead to what is stored of a person; the LMS says who may ask, and only they or its administrators get a copy."""
    about = launch.for_user_id or launch.subject
    person_id = session.scalar(select(Person.id).where(Person.platform_id == platform.id, Person.subject == about))
    may_export = about == launch.subject or is_lms_admin(launch.roles)
    return Destination(endpoint="privacy.index", title="Kring", subject_id=person_id, may_export=may_export)


def _learner(session: Session, member: Membership, launch: Launch) -> Membership | None:
    """Return the learner whose work was asked for, by a submission review or by the address of a submission.

    Raises:
        AppError: A review was asked for by somebody who may not, or of somebody who was never here.
    """
    is_learner = Membership.role.in_({Role.LEARNER, Role.TEST_STUDENT}), Membership.course_id == member.course_id
    if launch.message_type != claims.SUBMISSION_REVIEW_REQUEST:
        learner_id = links.read_learner_id(launch.target_link_uri)
        if learner_id is None or not member.is_staff:
            return None
        return session.scalar(select(Membership).where(Membership.id == learner_id, *is_learner))
    if not member.is_staff:
        raise refuse("staff_only")
    learner = session.scalar(
        select(Membership).join(Membership.person).where(Person.subject == launch.for_user_id, *is_learner)
    )
    if learner is None:
        raise refuse("learner_unknown")
    return learner


def _link(launch: Launch, course: Course) -> Link:
    """Return the link that was opened; a review of work may come without one."""
    platform = course.deployment.platform
    opened = launch.resource_link
    profile = profile_for(platform.product, platform.issuer)
    return Link(
        id=opened.id if opened else course.context_id,
        title=opened.title if opened else None,
        description=opened.description if opened else None,
        activity_id=links.read_activity_id(launch.custom, launch.target_link_uri),
        history=links.read_link_history(launch.custom),
        is_course=opened is None or (opened.id == course.context_id and not profile.are_ids_counted),
    )


# --- who, and in which course ---------------------------------------------------------------------------------------------
def _member(session: Session, deployment: Deployment, launch: Launch, *, public_url: str, now: datetime) -> Membership:
    if launch.context is None:
        raise refuse("no_course")
    role = course_role(launch.roles)
    if role is None:
        raise refuse("no_course_role")
    course = _course(session, deployment, launch.context.id, public_url=public_url, now=now)
    course.title = launch.context.title or launch.context.label or course.title or launch.context.id
    course.label = launch.context.label or course.label
    person = _person(session, deployment.platform, launch, now=now)
    member = stored(
        session,
        select(Membership).where(Membership.course_id == course.id, Membership.person_id == person.id),
        lambda: Membership(course=course, person=person, role=role, created_at=now, seen_at=now),
    )
    member.role, member.is_active, member.seen_at = role, True, now
    return member


def _course(session: Session, deployment: Deployment, context_id: str, *, public_url: str, now: datetime) -> Course:
    id_ = uuid.uuid4()
    return stored(
        session,
        select(Course).where(Course.deployment_id == deployment.id, Course.context_id == context_id),
        lambda: Course(
            id=id_,
            deployment=deployment,
            context_id=context_id,
            title="",
            label="",
            iri=f"{public_url}/courses/{id_}",
            created_at=now,
            recording=get_policy(session, deployment.platform.tenant_id).recording,
        ),
    )


def _person(session: Session, platform: Platform, launch: Launch, *, now: datetime) -> Person:
    person = stored(
        session,
        select(Person).where(Person.platform_id == platform.id, Person.subject == launch.subject),
        lambda: Person(platform=platform, subject=launch.subject, created_at=now, email=None, name=None),
    )
    joined = " ".join(part for part in (launch.given_name, launch.family_name) if part)
    # A launch without names (another activity's privacy setting) does not take known ones away.
    person.name = launch.name or joined or person.name
    person.email = launch.email or person.email
    person.locale = launch.locale or person.locale
    return person


# --- what the launch tells besides ------------------------------------------------------------------------------------------
def _note_roster(course: Course, launch: Launch, *, now: datetime) -> None:
    """Keep where the LMS has the course's people, and let the roster be read if it has not been for long."""
    course.memberships_url = launch.memberships_url
    groups = read_groups_endpoint(launch.claims)
    course.groups_url = groups.groups_url if groups else None
    course.group_sets_url = groups.sets_url if groups else None
    if course.memberships_url and course.roster_due_at is None:
        course.roster_due_at = now


def _note_gradebook(course: Course, launch: Launch) -> None:
    """Keep where the LMS has the course's gradebook: activities without a link of their own get their columns there."""
    offered = launch.ags if launch.ags is not None and launch.ags.lineitems else None
    course.lineitems_url = offered.lineitems if offered else None
    course.grade_scopes = sorted(offered.scopes) if offered else []


def _note_grades(placement: Placement, launch: Launch) -> None:
    """Keep where the LMS takes grades. A line item that later launches leave out (Moodle, with two of them) is kept."""
    if launch.ags is None:
        placement.lineitems_url, placement.lineitem_url, placement.scopes = None, None, []
        return
    placement.lineitems_url = launch.ags.lineitems
    placement.lineitem_url = launch.ags.lineitem or placement.lineitem_url
    placement.scopes = sorted(launch.ags.scopes)
