"""The pages that people see: dashboard, courses, activities, people, gradebook, and the administrator's one."""

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti.sandbox.courses import Page
from lti.sandbox.launch import active_tool
from lti.sandbox.messages import tool_of
from lti.sandbox.platform import current_platform
from lti.sandbox.signin import open_activity, open_course, require_person

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def dashboard() -> ResponseReturnValue:
    """Show a person's courses."""
    person = require_person()
    return render_template("dashboard.html", courses=current_platform().catalogue.courses_of(person))


@blueprint.get("/courses/<course_id>")
def course(course_id: str) -> ResponseReturnValue:
    """Show a course's sections."""
    person = require_person()
    found = open_course(person, course_id)
    tools = current_platform().tools.active() if found.is_taught_by(person) else []
    return render_template("course.html", course=found, choosers=[tool for tool in tools if tool.deep_linking_url])


@blueprint.get("/courses/<course_id>/tools/<int:tool_id>")
def navigation(course_id: str, tool_id: int) -> ResponseReturnValue:
    """Show a tool that stands in the course's menu."""
    found = open_course(require_person(), course_id)
    tool = active_tool(tool_id)
    source = url_for("launch.start_navigation", course_id=found.id, tool_id=tool.id)
    return render_template("tool.html", course=found, tool=tool, title=tool.name, source=source)


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
    return render_template("activity.html", course=found, item=item, tool=tool_of(current_platform(), item))


@blueprint.get("/activities/<activity_id>/return")
def come_back(activity_id: str) -> ResponseReturnValue:
    """Take people who leave the tool back, with what the tool has to say to them.

    Open to everybody: in the frame that the tool sends here, the browser keeps the cookie back.

    Source: https://www.imsglobal.org/spec/lti/v1p3, 5.4.4: lti_msg and lti_errormsg are for the person.
    """
    found, item = current_platform().catalogue.activity(activity_id) or abort(404)
    message, error = request.args.get("lti_msg", ""), request.args.get("lti_errormsg", "")
    return render_template("return.html", course=found, item=item, message=message, error=error)


@blueprint.get("/courses/<course_id>/return")
def come_back_to_course(course_id: str) -> ResponseReturnValue:
    """Take people back who opened the tool from elsewhere in a course."""
    found = current_platform().catalogue.course(course_id) or abort(404)
    message, error = request.args.get("lti_msg", ""), request.args.get("lti_errormsg", "")
    return render_template("return.html", course=found, item=found, message=message, error=error)


@blueprint.get("/courses/<course_id>/people")
def people(course_id: str) -> ResponseReturnValue:
    """Show who takes part in a course."""
    person = require_person()
    found = open_course(person, course_id)
    former = current_platform().catalogue.former_members(found) if found.is_taught_by(person) else []
    return render_template("people.html", course=found, former=former)


@blueprint.get("/courses/<course_id>/gradebook")
def gradebook(course_id: str) -> ResponseReturnValue:
    """Show all grades to those who teach, and to a learner their own."""
    person = require_person()
    found = open_course(person, course_id)
    store = current_platform().store
    rows = [learner for learner in found.learners if person.role.sees_all_grades or learner.id == person.id]
    columns = [(item, store.scores(item)) for item in store.line_items(found.id)]
    return render_template("gradebook.html", course=found, columns=columns, rows=rows)


@blueprint.get("/post_message_forwarding")
def storage() -> ResponseReturnValue:
    """Return the frame that keeps data for tools, by LTI Platform Storage."""
    return render_template("storage.html")


@blueprint.get("/healthz")
def health() -> ResponseReturnValue:
    """Say that the server is up."""
    return "ok", {"Content-Type": "text/plain"}
