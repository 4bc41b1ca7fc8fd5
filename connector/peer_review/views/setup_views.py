"""The set-up of a peer review, on one page: what to hand in, who reviews whom, the criteria, and the grades."""

import uuid
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.changes import noting
from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.courses.models import GroupSet, Membership
from connector.groups.naming import by_name
from connector.peer_review import rubrics, rules
from connector.peer_review.exemplars import lending
from connector.peer_review.models.setup import CriterionKind, PeerReview
from connector.peer_review.starters import default_criteria, starters
from connector.peer_review.views import pages
from connector.peer_review.views.pages import blueprint
from connector.peer_review.views.setup_schemas import (
    LEVELS,
    MOST_CRITERIA,
    SetupForm,
    count_of,
    read_criteria,
    rearrange,
    typed_criteria,
)
from connector.peer_review.views.setup_words import PART, read_setup
from connector.web.errors import InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, now
from connector.web.times import local_time, zone_here, zone_named


@blueprint.get("/setup")
def setup(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the rules and the criteria as they are; with `starter`, the criteria that it names."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    found = rules.get_rules(session, activity)
    rubric = rubrics.find_rubric(session, activity)
    chosen = next((each for each in starters() if each.key == request.args.get("starter")), None)
    if chosen is not None:
        forms = rubrics.forms_of(chosen.criteria)
    else:
        forms = rubrics.as_forms(rubric) if rubric else rubrics.forms_of(default_criteria())
    return _page(session, member, activity, _typed(found) | typed_criteria(forms))


@blueprint.post("/setup")
def change_setup(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Store the rules and the criteria, or do what a button of the criteria says."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    act = request.form.get("act", "save")
    if act != "save":
        return _page(session, member, activity, rearrange(request.form.to_dict(), act), focus=act)
    typed = request.form.to_dict()
    criteria, errors = read_criteria(typed)
    values: dict[str, Any] = {}
    try:
        values = SetupForm(zone=zone_named(typed.get("zone", ""))).load(typed)
    except ValidationError as error:
        errors |= error.messages_dict
    if not errors:
        try:
            with noting(session, member, activity, PART, partial(read_setup, session, activity), now=now()):
                rules.set_rules(session, activity, member, values)
                lending.check_open(session, activity, now=now())
                rubrics.set_rubric(session, activity, member, criteria, now=now())
        except rules.PromiseError as error:
            errors = {error.field: [str(error)]}
        except InvalidInputError as error:
            errors = error.errors
    if errors:
        session.rollback()
        return _page(session, member, activity, typed, errors=errors)
    session.commit()
    return redirect(url_for("peer_review.setup", activity_id=activity_id, saved=1), HTTPStatus.SEE_OTHER)


def _typed(found: PeerReview) -> dict[str, Any]:
    return {
        "product": found.product.value,
        "unit": found.unit.value,
        "group_set_id": str(found.group_set_id) if found.group_set_id else "",
        "reviewed_by": found.reviewed_by.value,
        "reviews_each": found.reviews_each,
        "needed": found.needed,
        "due_at": local_time(found.due_at),
        "reviews_due_at": local_time(found.reviews_due_at),
        "second_round": found.second_round.value,
        "revision_due_at": local_time(found.revision_due_at),
        "second_due_at": local_time(found.second_due_at),
        "late": found.late.value,
        "has_reminders": found.has_reminders,
        "has_self_review": found.has_self_review,
        "anonymity": found.anonymity.value,
        "grouping": found.grouping.value,
        "giving": found.giving.value,
        "method": found.method.value,
        "grades_reviewing": found.reviewing_maximum is not None,
        "reviewing_maximum": f"{found.reviewing_maximum or 10:g}",
        "asks_experts": found.asks_experts,
        "shows_others": found.shows_others,
        "keep_days": found.keep_days or "",
    }


def _sets(session: Session, activity: Activity, present: str) -> list[tuple[str, str]]:
    """Return the sets of groups that can hand in, the present one among them though it is dissolved."""
    rows = session.scalars(select(GroupSet).where(GroupSet.course_id == activity.course_id))
    return [(str(each.id), each.name) for each in by_name(rows) if each.is_active or str(each.id) == present]


def _page(
    session: Session,
    member: Membership,
    activity: Activity,
    typed: dict[str, Any],
    *,
    errors: dict[str, list[str]] | None = None,
    focus: str = "",
) -> Response:
    count = count_of(typed)
    return render(
        "peer_review/setup.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(member, activity, "settings.show"),
        activity=activity,
        typed=typed,
        errors=errors or {},
        zone=typed.get("zone") or zone_here(),
        count=count,
        levels=LEVELS,
        may_add=count < MOST_CRITERIA,
        kinds=pages.criterion_names(),
        products=pages.product_names(),
        methods=pages.method_names(),
        groupings=pages.grouping_names(),
        sets=[("", _("All groups of the course")), *_sets(session, activity, typed.get("group_set_id", ""))],
        givings=pages.giving_names(),
        starters=starters(),
        is_promised=rules.has_work(session, activity),
        versions=rubrics.count_versions(session, activity),
        focused=count - 1 if focus.startswith("add") else None,
        comment_kind=CriterionKind.COMMENT,
        toasts=[_("Saved.")] if "saved" in request.args and not errors else [],
    )
