"""Who sits at the browser: sign in as anybody with one click, and the only doors to courses and activities."""

from typing import NoReturn

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from lti.sandbox.courses import COURSES, Activity, Course, find_activity
from lti.sandbox.people import ASSISTANT, LEARNER, PEOPLE, TRAINER, Person

blueprint = Blueprint("signin", __name__)

_GROUPS = {TRAINER: "Teaching", ASSISTANT: "Teaching", LEARNER: "Learning"}


def current_person() -> Person | None:
    """Return who is signed in, or None."""
    return PEOPLE.get(session.get("person", ""))


def require_person() -> Person:
    """Return who is signed in; anybody else is sent to the sign-in page and comes back afterwards."""
    person = current_person()
    return person if person is not None else _send_to_signin()


def _send_to_signin() -> NoReturn:
    abort(redirect(url_for("signin.choose", next=request.full_path.rstrip("?"))))


def open_course(person: Person, course_id: str) -> Course:
    """Return a course that `person` may enter; for anybody else there is none."""
    course = COURSES.get(course_id)
    if course is None or not course.is_open_to(person):
        abort(404)
    return course


def open_activity(person: Person, activity_id: str) -> tuple[Course, Activity]:
    """Return an activity with its course; outside their courses people find none."""
    found = find_activity(activity_id)
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
    person = PEOPLE.get(person_id) or abort(404)
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
