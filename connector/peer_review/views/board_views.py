"""The trainer's board: how the peer review goes, and a mend for what does not."""

import uuid
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.courses.access import get_learner
from connector.courses.models import Membership, Role
from connector.courses.people import name_of
from connector.peer_review import consulting, forgetting, rules
from connector.peer_review.aggregation.reliability import FEWEST_WORKS
from connector.peer_review.allocation.feasibility import ImpossibleError
from connector.peer_review.board import agreeing, board, mending
from connector.peer_review.board.rows import Board
from connector.peer_review.bylines import review_title, work_title
from connector.peer_review.exemplars import lending
from connector.peer_review.matching import distributing
from connector.peer_review.models.setup import Product
from connector.peer_review.notices import reminding, volunteering
from connector.peer_review.notices.reminders import last_reminded
from connector.peer_review.results.news import tell_all
from connector.peer_review.views import pages, practice_pages
from connector.peer_review.views.board_words import (
    asked_words,
    consulted_words,
    decided_words,
    doubt_words,
    impossible_words,
    reminded_words,
)
from connector.peer_review.views.pages import blueprint
from connector.peer_review.works import late, units
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext
from connector.web.pages import render
from connector.web.requests import current_session, now
from connector.web.times import in_utc, zone_here, zone_named


@blueprint.get("/overview")
def overview(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show who waits for whom."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    if rules.get_rules(session, activity).product is Product.PRACTICE:
        return practice_pages.class_page(session, member, activity)
    return _page(session, member, activity)


@blueprint.post("/overview")
def mend(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Do for the chosen people what the button says."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    act = request.form.get("act", "")
    chosen = _chosen(session, activity)
    if act == "extend":
        try:
            values = _dates()
        except InvalidInputError as error:
            return _page(session, member, activity, errors=error.errors)
        rules.extend(session, activity, chosen, by=member, values=values)
    elif act == "exempt":
        rules.extend(session, activity, chosen, by=member, values={"quota": 0})
    elif act == "ask":
        rules.extend(session, activity, chosen, by=member, values={"quota": None})
    elif act == "take-back":
        ids = {each.id for each in chosen}
        open_ = [review.id for row in board.look(session, activity, member, now=now()).rows
                 if row.member.id in ids for review in row.open]  # fmt: skip
        distributing.take_back(session, activity, open_, member)
    elif act == "remind":
        count = reminding.remind(session, activity, member, {each.id for each in chosen}, now=now())
        session.commit()
        return _done(activity_id, "reminded" if chosen else "nobody", count=count)
    session.commit()
    return _done(activity_id, "done" if chosen else "nobody")


@blueprint.post("/groups")
def mend_groups(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Help those who are in no group, or whom their group left out: all at once, or whom the form names."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    act, chosen = request.form.get("act", ""), _chosen(session, activity)
    if act == "deal":
        mending.deal(session, activity, member, now=now())
    elif act == "alone":
        mending.let_alone(session, activity, member, chosen)
    elif act == "count-in":
        mending.count_in(session, activity, member, chosen, now=now())
    session.commit()
    return _done(activity_id, "done")


@blueprint.post("/late")
def decide_late(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Accept the late work that is chosen, or do not, with a note to its authors."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    act, note = request.form.get("act", ""), request.form.get("note", "")
    works = request.form.getlist("work", type=uuid.UUID)
    if act not in {"accept", "deny"}:
        raise NotFoundError
    try:
        decided = late.decide(session, activity, member, works, accepts=act == "accept", note=note, now=now())
    except InvalidInputError as error:
        session.rollback()
        return _page(session, member, activity, errors=error.errors)
    session.commit()
    return _done(activity_id, "decided", count=len(decided))


@blueprint.post("/distribute")
def distribute(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Distribute all work, or say why it cannot be."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    accept_fewer = bool(request.form.get("accept_fewer"))
    try:
        distributing.distribute(session, activity, member, accept_fewer=accept_fewer, now=now())
    except ImpossibleError as error:
        session.rollback()
        return _page(session, member, activity, impossible=error)
    session.commit()
    return _done(activity_id, "distributed")


@blueprint.post("/pairs")
def pair(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Add a rule about two people, or take it back."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    reviewer_id, author_id = (request.form.get(name, type=uuid.UUID) for name in ("reviewer", "author"))
    rule = request.form.get("rule", "")
    if reviewer_id is None or author_id is None or reviewer_id == author_id:
        return _page(session, member, activity, errors={"reviewer": [_("Choose two people.")]})
    is_must = {"must": True, "must-not": False}.get(rule)
    rules.set_pairing(session, activity, member, reviewer_id=reviewer_id, author_id=author_id, is_must=is_must)
    session.commit()
    return _done(activity_id, "done")


@blueprint.post("/release")
def release(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show all authors what there is, or let each author's own rule decide again."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    is_on = request.form.get("on") == "1"
    found = rules.set_rules(session, activity, member, {"released_at": now() if is_on else None})
    lending.check_open(session, activity, now=now())
    if is_on:
        tell_all(session, activity, found, now=now())
    session.commit()
    return _done(activity_id, "released" if is_on else "done")


@blueprint.get("/review/<uuid:learner_id>")
def review(activity_id: uuid.UUID, learner_id: uuid.UUID) -> ResponseReturnValue:
    """Lead to one learner's work: the LMS opens this from its gradebook."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    learner = get_learner(session, member.course, learner_id)
    found = units.find_work(session, activity, learner)
    if found is None:
        return redirect(url_for("peer_review.overview", activity_id=activity_id), HTTPStatus.SEE_OTHER)
    page = url_for("peer_review.one_work", activity_id=activity_id, submission_id=found.id)
    return redirect(page, HTTPStatus.SEE_OTHER)


def _chosen(session: Session, activity: Activity) -> list[Membership]:
    ids = request.form.getlist("member", type=uuid.UUID)
    mine = select(Membership).where(
        Membership.id.in_(ids), Membership.course_id == activity.course_id, Membership.role == Role.LEARNER
    )
    return list(session.scalars(mine))


def _dates() -> dict[str, Any]:
    """Return the dates that were typed.

    Raises:
        InvalidInputError: There is none, or one is no date.
    """
    zone = zone_named(request.form.get("zone", ""))
    values: dict[str, Any] = {}
    for name in ("due_at", "reviews_due_at"):
        typed = request.form.get(name, "")
        if typed:
            try:
                values[name] = in_utc(datetime.fromisoformat(typed).replace(tzinfo=None), zone)
            except ValueError as error:
                raise InvalidInputError({name: [_("Give a date and a time.")]}) from error
    if not values:
        raise InvalidInputError({"due_at": [_("Give a date and a time.")]})
    return values


def _page(
    session: Session,
    member: Membership,
    activity: Activity,
    *,
    errors: dict[str, list[str]] | None = None,
    impossible: ImpossibleError | None = None,
) -> Response:
    found = board.look(session, activity, member, now=now())
    refused = errors or impossible
    names = {row.member.id: name_of(row.member) for row in found.rows}
    return render(
        "peer_review/board.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK,
        bar=activity_bar(member, activity, "peer_review.overview"),
        activity=activity,
        board=found,
        rules=found.rules,
        pairings=[
            each for each in rules.list_pairings(session, activity) if {each.reviewer_id, each.author_id} <= set(names)
        ],
        names=names,
        distribution=distributing.last_distribution(session, activity),
        notices=pages.notice_words(),
        reasons=impossible_words(session, impossible) if impossible else ([], []),
        errors=errors or {},
        typed=request.form if refused else {},
        typed_works=request.form.getlist("work") if refused else (),
        zone=zone_here(),
        name_of=name_of,
        by_of=review_title,
        title_of=work_title,
        can_deal=bool(found.loners) and mending.can_deal(session, found.rules),
        is_number=agreeing.is_number,
        fewest_works=FEWEST_WORKS,
        doubt_words=doubt_words,
        now=now(),
        reminded=last_reminded(session, activity),
        stuck=(stuck := consulting.find_lacking(session, activity, found, now=now())),
        able=consulting.list_able(session, activity, now=now()) if stuck else (),
        kept_until=forgetting.due_at(session, activity, found.rules),
        lacks_soon=volunteering.lacks_soon(found, now()),
        toasts=_toasts(found),
    )


def _done(activity_id: uuid.UUID, did: str, *, count: int | None = None) -> ResponseReturnValue:
    page = url_for("peer_review.overview", activity_id=activity_id, did=did, count=count)
    return redirect(page, HTTPStatus.SEE_OTHER)


def _toasts(found: Board) -> list[str | tuple[str, str]]:
    given = sum(len(row.open) for row in found.rows)
    told: dict[str, str | tuple[str, str]] = {
        "done": _("Done."),
        "nobody": (_("Choose at least one person first."), "warn"),
        "distributed": ngettext(
            "Distributed: %(num)s review is to be written.", "Distributed: %(num)s reviews are to be written.", given
        ),
        "released": _("All authors can read what there is."),
        "reminded": reminded_words(request.args.get("count", 0, type=int)),
        "decided": decided_words(request.args.get("count", 0, type=int)),
        "consulted": consulted_words(request.args.get("count", 0, type=int)),
        "asked": asked_words(request.args.get("count", 0, type=int)),
    }
    said = told.get(request.args.get("did", ""))
    return [said] if said else []
