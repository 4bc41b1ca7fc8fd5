"""Who sits at the browser: sign in as anybody with one click, and the only doors to courses and activities."""

from typing import NoReturn

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from lti.sandbox.courses import Activity, Course
from lti.sandbox.people import ASSISTANT, LEARNER, PEOPLE, TRAINER, Person, find_person
from lti.sandbox.platform import current_platform

blueprint = Blueprint("signin", __name__)

_GROUPS = {TRAINER: "Teaching", ASSISTANT: "Teaching", LEARNER: "Learning"}


def current_person() -> Person | None:
    """Return who is signed in, or None."""
    return find_person(session.get("person", ""))


def require_person() -> Person:
    """Return who is signed in; anybody else is sent to the sign-in page and comes back afterwards."""
    person = current_person()
    return person if person is not None else _send_to_signin()


def require_administrator() -> Person:
    """Return the administrator who is signed in; for anybody else there is no such page."""
    person = require_person()
    if not person.is_administrator:
        abort(404)
    return person


def _send_to_signin() -> NoReturn:
    abort(redirect(url_for("signin.choose", next=request.full_path.rstrip("?"))))


def open_course(person: Person, course_id: str) -> Course:
    """Return a course that `person` may enter; for anybody else there is none."""
    course = current_platform().catalogue.course(course_id)
    if course is None or not course.is_open_to(person):
        abort(404)
    return course


def teach_course(person: Person, course_id: str) -> Course:
    """Return a course that `person` may change; for anybody else there is none."""
    course = open_course(person, course_id)
    if not course.is_taught_by(person):
        abort(404)
    return course


def open_activity(person: Person, activity_id: str) -> tuple[Course, Activity]:
    """Return an activity with its course; outside their courses people find none."""
    found = current_platform().catalogue.activity(activity_id)
    if found is None or not found[0].is_open_to(person):
        abort(404)
    return found


@blueprint.get("/login")
def choose() -> ResponseReturnValue:
    """List everybody, to sign in as one of them."""
    groups: dict[str, list[Person]] = {}
    for person in PEOPLE.values():
        groups.setdefault(_GROUPS.get(person.role, "Around the course"), []).append(person)
    return render_template("signin.html", groups=groups, following=_local(request.args.get("next", "/")))


@blueprint.get("/login/as/<person_id>")
def sign_in_as(person_id: str) -> ResponseReturnValue:
    """Sign in as that person, and go on to the page that `next` names."""
    person = find_person(person_id) or abort(404)
    session.clear()
    session["person"] = person.id
    return redirect(_local(request.args.get("next", "/")))


@blueprint.post("/logout")
def sign_out() -> ResponseReturnValue:
    """Forget who sits here."""
    session.clear()
    return redirect(url_for("signin.choose"))


def _local(path: str) -> str:
    """Return the path, or the home page for whatever would lead to another site."""
    is_local = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_local else "/"
