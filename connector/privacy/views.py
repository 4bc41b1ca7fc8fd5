"""What of a course's acts is recorded: told to everybody, said by each for themselves, and by who leads it for all."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.pages import activity_bar
from connector.activities.services import find_activity
from connector.courses.access import current_member
from connector.courses.models import Membership, Recording, Role
from connector.courses.people import name_of
from connector.courses.policies import recording_of
from connector.privacy.models import Purpose
from connector.privacy.schemas import CourseForm, OwnForm
from connector.privacy.services import change_recording, decide, list_changes
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, load, now
from connector.web.sessions import current_launch, launch_blueprint

blueprint = launch_blueprint("recording", __name__, url_prefix="/s/<sid>/recording")


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Say what is recorded in the course, and of the member."""
    return _page(current_session())


def _page(session: Session, errors: dict[str, list[str]] | None = None) -> Response:
    member = current_member(session)
    return render(
        "privacy/recording.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        errors=errors or {},
        bar=_bar(session, member),
        course=member.course,
        recorded=recording_of(session, member.course),
        member=member,
        may_change=may_change(member),
        can_be_recorded=member.role is not Role.TEST_STUDENT,
        states=states(),
        changes=list_changes(session, member.course) if member.is_staff or may_change(member) else [],
        name_of=name_of,
        toasts=[_("Saved.")] if "saved" in request.args else [],
    )


@blueprint.post("/course")
def change() -> ResponseReturnValue:
    """Record more, less or nothing of the course from now on.

    Raises:
        NotFoundError: They neither lead the course nor administer the LMS.
    """
    session = current_session()
    member = current_member(session)
    if not may_change(member):
        raise NotFoundError
    try:
        change_recording(session, member, load(CourseForm())["recording"], now=now())
    except InvalidInputError as error:
        if "recording" not in error.errors or "recording" not in request.form:
            raise
        return _page(session, error.errors)
    session.commit()
    return _saved()


@blueprint.post("/own")
def decide_own() -> ResponseReturnValue:
    """Record what the member does from now on, or no longer.

    Raises:
        NotFoundError: Nothing of them is ever recorded: they are a trainer's look through a learner's eyes.
    """
    session = current_session()
    member = current_member(session)
    if member.role is Role.TEST_STUDENT:
        raise NotFoundError
    is_given = load(OwnForm())["is_recorded"]
    if is_given != member.person.is_recorded:
        decide(session, member.person, Purpose.LEARNING_RECORD, is_given=is_given, now=now())
    session.commit()
    return _saved()


def may_change(member: Membership) -> bool:
    """Return whether somebody decides for the whole course: its trainers, and who administers the LMS."""
    return member.role is Role.TRAINER or current_launch().is_lms_admin


def states() -> dict[str, tuple[str, str]]:
    """Return what a course may record: its name, and what it means."""
    return {
        Recording.ON.value: (
            _("On"),
            _("Acts are recorded. Each record store knows people by what your organisation chose for it."),
        ),
        Recording.PSEUDONYMOUS.value: (
            _("On, under random numbers only"),
            _("Acts are recorded. Whatever was chosen for a record store, people are random numbers to it."),
        ),
        Recording.OFF.value: (
            _("Off"),
            _(
                "Nothing that happens from now on is recorded, and reports do not show it, even if you switch it on again."
            ),
        ),
    }


def _bar(session: Session, member: Membership) -> dict[str, Any]:
    """Return the bar of the activity that the member comes from; of the course where that cannot be told."""
    try:
        activity = find_activity(session, member, uuid.UUID(request.args.get("activity", "")))
    except (ValueError, NotFoundError):
        return {"title": member.course.title, "subtitle": None, "home_url": url_for("course.index")}
    return {**activity_bar(member, activity, "recording.show"), "foot": None}


def _saved() -> ResponseReturnValue:
    return redirect(url_for("recording.show", activity=request.args.get("activity"), saved=1), HTTPStatus.SEE_OTHER)
