"""The grades of an activity, for who leads the course."""

import uuid
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.leading import lead_activity
from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.grades import services, words
from connector.grades.columns import profile_of
from connector.grades.models import State
from connector.grades.reading import GradeRow, GradeTable, grade_table
from connector.grades.schemas import MaximumForm, ScoreForm
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import prefers_json, render
from connector.web.paging import turn_to
from connector.web.requests import current_session, load, now
from connector.web.sessions import launch_blueprint

PAGE_SIZE = 30
"""How many learners stand on a page."""

blueprint = launch_blueprint("grades", __name__, url_prefix="/s/<sid>/activities/<uuid:activity_id>/grades")


@blueprint.get("")
def index(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show what was sent for each learner, what the LMS answered, and what it shows."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    return _page(session, member, activity)


@blueprint.post("/learners/<uuid:member_id>")
def save(activity_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """Give a learner points and a comment."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    learner = _learner(session, activity, member_id)
    table = grade_table(session, activity)
    row = next((row for row in table.rows if row.member.id == learner.id), None)
    has_grade = row is not None and row.grade is not None and row.grade.wanted_at is not None
    try:
        form = load(ScoreForm(maximum=table.maximum, has_grade=has_grade))
    except InvalidInputError as error:
        if prefers_json():
            raise
        return _page(session, member, activity, typed_for=learner.id, errors=error.errors)
    try:
        services.set_score(
            session,
            activity,
            learner,
            points=form["points"],
            maximum=table.maximum,
            comment=form["comment"],
            now=now(),
        )
    except services.NotGradedError as error:
        raise ConflictError(_("This person is no active learner of the course any more.")) from error
    session.commit()
    return _back(activity, learner.id)


@blueprint.post("/maximum")
def set_maximum(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Say what the activity is graded out of."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    try:
        form = load(MaximumForm())
    except InvalidInputError as error:
        if prefers_json():
            raise
        return _page(session, member, activity, errors=error.errors)
    services.set_maximum(session, activity, form["maximum"], now=now())
    session.commit()
    return _back(activity)


@blueprint.post("/send")
def send_again(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Send a learner's grade again, or all that the LMS refused."""
    session = current_session()
    _member, activity = lead_activity(session, activity_id)
    chosen = request.form.get("member", type=uuid.UUID)
    learner = None if chosen is None else _learner(session, activity, chosen)
    services.send_again(session, activity, member=learner, now=now())
    session.commit()
    return _back(activity, chosen)


@blueprint.post("/results")
def read_back(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Let the worker ask the LMS what it shows."""
    session = current_session()
    _member, activity = lead_activity(session, activity_id)
    services.refresh_results(session, activity, now=now())
    session.commit()
    return _back(activity)


def _learner(session: Session, activity: Activity, member_id: uuid.UUID) -> Membership:
    learner = session.get(Membership, member_id)
    if learner is None or learner.course_id != activity.course_id:
        raise NotFoundError
    return learner


def _back(activity: Activity, member_id: uuid.UUID | None = None) -> ResponseReturnValue:
    """Lead back to the page that the form stood on."""
    page = url_for(
        "grades.index",
        activity_id=activity.id,
        show=request.form.get("show") or None,
        page=request.form.get("page") or None,
        _anchor=None if member_id is None else f"learner-{member_id}",
    )
    return redirect(page, HTTPStatus.SEE_OTHER)


def _page(
    session: Session,
    member: Membership,
    activity: Activity,
    *,
    typed_for: uuid.UUID | None = None,
    errors: Mapping[str, list[str]] | None = None,
) -> Response:
    """Show the table; where something typed was wrong, with what was typed and what is wrong with it."""
    table = grade_table(session, activity)
    show = request.values.get("show", "")
    chosen = _chosen(table, show)
    page, pages = turn_to(request.values.get("page", 1, type=int), len(chosen), most=PAGE_SIZE)
    item = table.item
    return render(
        "grades/index.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(member, activity, "grades.index"),
        activity=activity,
        table=table,
        rows=chosen[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        filters=_filters(activity, table, show),
        show=show,
        page=page,
        pages=pages,
        refused=table.count(State.REFUSED),
        trouble=words.trouble_of(item, table.lane),
        is_reading=item is not None and item.wants_results and item.due_at is not None and item.due_at <= now(),
        typed=request.form.to_dict() if errors else {},
        typed_for=typed_for,
        errors=errors or {},
        comment_limit=services.COMMENT_LIMIT,
        name_of=name_of,
        words=words,
        family=profile_of(activity).family,
    )


def _chosen(table: GradeTable, show: str) -> Sequence[GradeRow]:
    if show == "different":
        return table.different
    if show in {State.DUE, State.SENT, State.REFUSED}:
        return [row for row in table.rows if row.state == show]
    return table.rows


def _filters(activity: Activity, table: GradeTable, show: str) -> list[dict[str, object]]:
    kinds = [
        ("", _("All"), len(table.rows)),
        (State.DUE, _("Waiting"), table.count(State.DUE)),
        (State.SENT, _("Sent"), table.count(State.SENT)),
        (State.REFUSED, _("Refused"), table.count(State.REFUSED)),
        ("different", _("Different in the LMS"), len(table.different)),
    ]
    known = show if show in {kind for kind, _label, _count in kinds} else ""
    return [
        {
            "label": label,
            "url": url_for("grades.index", activity_id=activity.id, show=kind or None),
            "current": kind == known,
            "count": count,
        }
        for kind, label, count in kinds
    ]
