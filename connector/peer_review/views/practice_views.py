"""Practising on an example: judge it, then see how the trainer judged it, and why."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.content.markdown import render as render_markdown
from connector.courses.models import Membership
from connector.peer_review import rubrics, rules
from connector.peer_review.aggregation.calibration import TRIES
from connector.peer_review.board import standing
from connector.peer_review.examples import examples
from connector.peer_review.matching import practising
from connector.peer_review.matching.practising import Progress
from connector.peer_review.models.setup import Product
from connector.peer_review.stepper import Door
from connector.peer_review.views import pages, practice_pages
from connector.peer_review.views.pages import blueprint
from connector.peer_review.views.review_views import level_label
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext
from connector.web.pages import render
from connector.web.requests import current_session, now


@dataclass(frozen=True, slots=True)
class _Table:
    """What somebody practises on."""

    progress: Sequence[Progress]
    is_open: bool
    """Otherwise they read what they judged."""


@blueprint.get("/practised")
def practised(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show who leads the course how practice went."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    return practice_pages.class_page(session, member, activity)


@blueprint.get("/practice")
def practice(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Lead to the example that comes next, or back where all are done."""
    session = current_session()
    _member, activity, where = _enter(session, activity_id)
    following = next((each for each in where.progress if not each.is_done), None)
    if following is None:
        return redirect(url_for("peer_review.index", activity_id=activity.id), HTTPStatus.SEE_OTHER)
    page = url_for("peer_review.practise", activity_id=activity.id, example_id=following.example.id)
    return redirect(page, HTTPStatus.SEE_OTHER)


@blueprint.get("/practice/<uuid:example_id>")
def practise(activity_id: uuid.UUID, example_id: uuid.UUID) -> ResponseReturnValue:
    """Show an example beside the criteria; once it was judged, beside what the trainer thinks."""
    session = current_session()
    member, activity, where = _enter(session, activity_id)
    progress = _one(where, example_id)
    if not where.is_open and not progress.tries:
        raise NotFoundError
    may_try = where.is_open and not progress.is_done and (not progress.tries or "again" in request.args)
    return _page(session, member, activity, where, progress, shows_form=may_try)


@blueprint.post("/practice/<uuid:example_id>")
def judge_example(activity_id: uuid.UUID, example_id: uuid.UUID) -> ResponseReturnValue:
    """Compare what was chosen with the trainer's key."""
    session = current_session()
    member, activity, where = _enter(session, activity_id)
    progress = _one(where, example_id)
    try:
        practising.attempt(session, activity, member, progress, request.form, now=now())
    except InvalidInputError as error:
        session.rollback()
        return _page(session, member, activity, where, progress, shows_form=True, errors=error.errors)
    session.commit()
    page = url_for("peer_review.practise", activity_id=activity_id, example_id=example_id)
    return redirect(page, HTTPStatus.SEE_OTHER)


def _enter(session: Session, activity_id: uuid.UUID) -> tuple[Membership, Activity, _Table]:
    """Return who asks, the peer review, and what they practise on.

    Raises:
        NotFoundError: They do not take part, or cannot review yet, or no more; what was judged where nothing is handed in can be
            read after the end.
    """
    member, activity = pages.take_part(session, activity_id)
    found = rules.get_rules(session, activity)
    if found.product is Product.PRACTICE:
        dates = rules.dates_of(activity, found, rules.get_participant(session, activity, member))
        door, progress = (
            standing.practising_door(found, dates, now()),
            practising.list_progress(session, activity, member),
        )
    else:
        where = standing.look(session, activity, member, now=now())
        door, progress = where.situation.reviewing, where.practice
    may_read = found.product is Product.PRACTICE and door is Door.CLOSED and request.method == "GET"
    if door not in {Door.OPEN, Door.LATE} and not may_read:
        raise NotFoundError
    return member, activity, _Table(progress, door in {Door.OPEN, Door.LATE})


def _one(where: _Table, example_id: uuid.UUID) -> Progress:
    found = next((each for each in where.progress if each.example.id == example_id), None)
    if found is None:
        raise NotFoundError
    return found


def _page(
    session: Session,
    member: Membership,
    activity: Activity,
    where: _Table,
    progress: Progress,
    *,
    shows_form: bool,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    rubric = rubrics.find_rubric(session, activity)
    number = [each.example.id for each in where.progress].index(progress.example.id) + 1
    return render(
        "peer_review/practice.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(member, activity, "peer_review.index"),
        activity=activity,
        prompt=render_markdown(activity.prompt),
        example=progress.example,
        progress=progress,
        last=progress.tries[-1] if progress.tries else None,
        criteria=examples.scored_of(rubric),
        key=examples.levels_of(progress.example, rubric),
        whys=examples.whys_of(progress.example, rubric),
        number=number,
        count=len(where.progress),
        has_more=any(not each.is_done for each in where.progress),
        is_open=where.is_open,
        tries_left=TRIES - len(progress.tries),
        shows_form=shows_form,
        typed=request.form if errors else {},
        errors=errors or {},
        level_label=level_label,
        apart=_apart,
    )


def _apart(difference: int) -> str:
    """Return how far apart two levels are, in words."""
    if not difference:
        return _("The same as your trainer")
    if difference > 0:
        return ngettext("%(num)s level above your trainer", "%(num)s levels above your trainer", difference)
    return ngettext("%(num)s level below your trainer", "%(num)s levels below your trainer", -difference)
