"""What an activity needs beside its trainer: people, a gradebook, a record store and mail; and what to do about each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.courses.models import Course, Recording
from connector.delivery.models import Endpoint
from connector.platforms.checks import is_failing, read_checks
from connector.platforms.models import Check
from connector.web.i18n import gettext as _
from lti import claims

State = Literal["works", "unseen", "failing"]


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that an activity needs."""

    label: str
    state: State
    told: str
    """What was seen, or what to do."""


def check_course(session: Session, course: Course, settings: Settings) -> list[Row]:
    """Return what was seen of all that a course needs; nothing is asked for here, so that no page waits; four queries."""
    return [_people(course), _grades(session, course), _records(session, course), _mail(settings)]


def _people(course: Course) -> Row:
    label = _("Who takes part")
    if course.memberships_url is None:
        told = _(
            "Your LMS does not tell, so people appear as they come. Ask its administrator to let Kring read the list of "
            "participants."
        )
        return Row(label, "failing", told)
    if course.roster_error is not None:
        told = _(
            "The list of participants could not be read the last time. It is tried again by itself; if it stays so, ask the "
            "administrator of your LMS to look at the page “Connection”."
        )
        return Row(label, "failing", told)
    if course.roster_synced_at is None:
        return Row(label, "unseen", _("The list of participants is read in the next minutes."))
    return Row(label, "works", _("The list of participants is read from your LMS."))


def _grades(session: Session, course: Course) -> Row:
    label = _("Grades")
    known = read_checks(session, course.deployment.platform_id)
    seen = [known[check] for check in (Check.LINE_ITEM, Check.SCORE) if check in known]
    if any(is_failing(each) for each in seen):
        told = _(
            "The gradebook did not take what was sent last. Ask the administrator of your LMS to look at the page “Connection”."
        )
        return Row(label, "failing", told)
    if course.lineitems_url is None or claims.SCOPE_SCORE not in course.grade_scopes:
        told = _(
            "Your LMS does not offer its gradebook to Kring in this course, so points stay here. Ask its administrator to "
            "allow grades for Kring, then open Kring from the course once more."
        )
        return Row(label, "failing", told)
    if claims.SCOPE_LINE_ITEM not in course.grade_scopes:
        told = _(
            "Kring may send points here, but not make columns. Place a graded activity in your course with a link, and its "
            "column comes with that; or ask the administrator of your LMS to let Kring manage line items."
        )
        return Row(label, "failing", told)
    if not seen:
        return Row(
            label, "unseen", _("Nothing was sent to the gradebook yet; it is used as soon as somebody earns points.")
        )
    return Row(label, "works", _("Points reach the gradebook, after you have seen them."))


def _records(session: Session, course: Course) -> Row:
    label = _("Record of what happens")
    if course.recording is Recording.OFF:
        return Row(
            label, "unseen", _("Switched off for this course, so reports stay empty. You can switch it on at the foot.")
        )
    stores = list_stores(session, course)
    if not stores:
        return Row(
            label, "failing", _("There is no record store, so reports stay empty. Ask who runs Kring to name one.")
        )
    if any(each.paused_reason is not None or each.failures for each in stores):
        told = _(
            "A record store does not answer. Nothing is lost: all is sent as soon as it does. Who runs Kring sees why."
        )
        return Row(label, "failing", told)
    if all(each.succeeded_at is None for each in stores):
        return Row(label, "unseen", _("Nothing was sent to the record store yet."))
    return Row(label, "works", _("The record store takes what is sent."))


def list_stores(session: Session, course: Course) -> Sequence[Endpoint]:
    """Return the record stores that hear of a course."""
    platform = course.deployment.platform
    return session.scalars(
        select(Endpoint)
        .where(
            Endpoint.tenant_id == platform.tenant_id,
            Endpoint.is_active,
            or_(Endpoint.platform_id.is_(None), Endpoint.platform_id == platform.id),
            or_(Endpoint.course_id.is_(None), Endpoint.course_id == course.id),
        )
        .order_by(Endpoint.name, Endpoint.id)
    ).all()


def _mail(settings: Settings) -> Row:
    label = _("Mail")
    if settings.mail_server is None:
        told = _(
            "No mail is sent here: people see what is new under the bell alone. Ask who runs Kring to set up mail."
        )
        return Row(label, "failing", told)
    return Row(label, "works", _("People are told by mail as they wish."))
