"""What those who teach do in a course: suspend people, take them out, put them back, and grade by hand."""

from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti.sandbox.catalogue import Standing
from lti.sandbox.courses import Course
from lti.sandbox.people import Person, find_person
from lti.sandbox.platform import current_platform
from lti.sandbox.signin import open_course, require_person, teach_course
from lti.sandbox.store import LineItem, Score

blueprint = Blueprint("teaching", __name__)

_STANDINGS: dict[str, Standing] = {"suspend": "Suspended", "remove": "Removed", "restore": "Active"}


@blueprint.post("/courses/<course_id>/people/<person_id>/<any(suspend, remove, restore):what>")
def set_standing(course_id: str, person_id: str, what: str) -> ResponseReturnValue:
    """Suspend somebody, take them out of the course, or put them back."""
    me = require_person()
    course = teach_course(me, course_id)
    person = find_person(person_id)
    if person is None or person == me or person not in (*course.members, *_former(course)):
        abort(404)
    current_platform().catalogue.set_standing(course, person, _STANDINGS[what])
    return redirect(url_for("pages.people", course_id=course.id))


def _former(course: Course) -> list[Person]:
    return current_platform().catalogue.former_members(course)


@blueprint.get("/courses/<course_id>/gradebook/<int:item_id>/<person_id>")
def grade(course_id: str, item_id: int, person_id: str) -> ResponseReturnValue:
    """Show one grade to those who see all, with the ways to the work behind it."""
    course, item, person = _cell(course_id, item_id, person_id)
    score = current_platform().store.scores(item).get(person.id)
    return render_template("grade.html", course=course, item=item, person=person, score=score)


@blueprint.post("/courses/<course_id>/gradebook/<int:item_id>/<person_id>")
def set_grade(course_id: str, item_id: int, person_id: str) -> ResponseReturnValue:
    """Grade by hand; what the tool posted stays known, so that an older score of its is still refused."""
    me = require_person()
    course, item, person = _cell(course_id, item_id, person_id)
    teach_course(me, course.id)
    points = request.form.get("points", type=float)
    if points is None or not 0 <= points <= item.maximum:
        flash(f"A grade is a number from 0 to {item.maximum:g}.")
        return redirect(url_for("teaching.grade", course_id=course.id, item_id=item.id, person_id=person.id))
    store = current_platform().store
    before = store.scores(item).get(person.id) or Score(person.id, {"timestamp": "1970-01-01T00:00:00Z"})
    given = {"scoreGiven": points, "scoreMaximum": item.maximum, "gradingProgress": "FullyGraded", "graded_by": me.name}
    store.put_score(item, replace(before, body={"activityProgress": "Completed", **before.body, **given}))
    return redirect(url_for("pages.gradebook", course_id=course.id))


@blueprint.get("/courses/<course_id>/gradebook/<int:item_id>/<person_id>/<any(review, speedgrader):kind>")
def review(course_id: str, item_id: int, person_id: str, kind: str) -> ResponseReturnValue:
    """Show somebody's work in the tool.

    Source: https://www.imsglobal.org/spec/lti-sr/v1p0; for SpeedGrader, Canvas's manner of launching a submission's URL.
    """
    course, item, person = _cell(course_id, item_id, person_id)
    platform = current_platform()
    tool = platform.tools.find(item.tool_id)
    if tool is None or (kind == "speedgrader") != platform.mode.launch.has_navigation:
        abort(404)
    source = url_for("launch.start_review", course_id=course.id, item_id=item.id, person_id=person.id, kind=kind)
    return render_template(
        "tool.html", course=course, tool=tool, title=f"{item.body['label']}: {person.name}", source=source
    )


def _cell(course_id: str, item_id: int, person_id: str) -> tuple[Course, LineItem, Person]:
    me = require_person()
    course = open_course(me, course_id)
    item = current_platform().store.line_item(course.id, item_id)
    person = find_person(person_id)
    if item is None or person is None or person not in course.learners or not me.role.sees_all_grades:
        abort(404)
    return course, item, person
