"""The pages that people see: dashboard, courses, activities, people, gradebook, and the administrator's one."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from lti.sandbox.courses import Page, courses_of, find_activity
from lti.sandbox.platform import current_platform
from lti.sandbox.signin import open_activity, open_course, require_person

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def dashboard() -> ResponseReturnValue:
    """Show a person's courses."""
    person = require_person()
    return render_template("dashboard.html", courses=courses_of(person))


@blueprint.get("/courses/<course_id>")
def course(course_id: str) -> ResponseReturnValue:
    """Show a course's sections."""
    return render_template("course.html", course=open_course(require_person(), course_id))


@blueprint.get("/courses/<course_id>/pages/<page_id>")
def lesson(course_id: str, page_id: str) -> ResponseReturnValue:
    """Show a text of the course."""
    found = open_course(require_person(), course_id)
    page = next((item for item in found.items if isinstance(item, Page) and item.id == page_id), None) or abort(404)
    return render_template("lesson.html", course=found, item=page)


@blueprint.get("/activities/<activity_id>")
def activity(activity_id: str) -> ResponseReturnValue:
    """Show the tool in a frame, or the button that opens it in a window."""
    found, item = open_activity(require_person(), activity_id)
    return render_template("activity.html", course=found, item=item)


@blueprint.get("/activities/<activity_id>/return")
def come_back(activity_id: str) -> ResponseReturnValue:
    """Take people who leave the tool back, with what the tool has to say to them.

    Open to everybody: in the frame that the tool sends here, the browser keeps the cookie back.

    Source: https://www.imsglobal.org/spec/lti/v1p3, 5.4.4: lti_msg and lti_errormsg are for the person.
    """
    found, item = find_activity(activity_id) or abort(404)
    message, error = request.args.get("lti_msg", ""), request.args.get("lti_errormsg", "")
    return render_template("return.html", course=found, item=item, message=message, error=error)


@blueprint.get("/courses/<course_id>/people")
def people(course_id: str) -> ResponseReturnValue:
    """Show who takes part in a course."""
    return render_template("people.html", course=open_course(require_person(), course_id))


@blueprint.get("/courses/<course_id>/gradebook")
def gradebook(course_id: str) -> ResponseReturnValue:
    """Show all grades to those who teach, and to a learner their own."""
    person = require_person()
    found = open_course(person, course_id)
    store = current_platform().store
    rows = [learner for learner in found.learners if person.role.sees_all_grades or learner.id == person.id]
    columns = [(item, store.scores(item)) for item in store.line_items(found.id)]
    return render_template("gradebook.html", course=found, columns=columns, rows=rows)


@blueprint.get("/admin/tools")
def tools() -> ResponseReturnValue:
    """Show the administrator what both sides of the registration have to know."""
    if not require_person().is_administrator:
        abort(404)
    return render_template("tools.html", config=current_platform().config)


@blueprint.get("/healthz")
def health() -> ResponseReturnValue:
    """Say that the server is up."""
    return "ok", {"Content-Type": "text/plain"}
