"""The pages of practice without work of one's own: a learner's, and how it went for who leads the course."""

from typing import Any

from flask import Response, url_for
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.peer_review import rules
from connector.peer_review.board import practice_figures
from connector.peer_review.board.standing import practising_door
from connector.peer_review.matching.practising import Progress, list_progress
from connector.peer_review.models.setup import Product
from connector.peer_review.stepper import Door
from connector.web.i18n import gettext as _
from connector.web.pages import in_words, render
from connector.web.requests import now


def own_page(session: Session, member: Membership, activity: Activity, shared: dict[str, Any]) -> Response:
    """Return the first page of a learner who judges examples, and hands nothing in.

    Args:
        shared: What the first page of every peer review has.
    """
    found = rules.get_rules(session, activity)
    dates = rules.dates_of(activity, found, rules.get_participant(session, activity, member))
    door = practising_door(found, dates, now())
    progress = list_progress(session, activity, member)
    following = next((number for number, each in enumerate(progress, start=1) if not each.is_done), None)
    return render(
        "peer_review/practice_only.html",
        rules=found,
        door=door,
        opens_at=dates.opens_at,
        progress=progress,
        steps=[_step(number, each, following) for number, each in enumerate(progress, start=1)],
        following=following,
        is_open=door in {Door.OPEN, Door.LATE},
        has_begun=any(each.tries for each in progress),
        compared=practice_figures.compare_own(progress),
        until=in_words(dates.reviews_due_at) if dates.reviews_due_at is not None else None,
        **shared,
    )


def class_page(session: Session, member: Membership, activity: Activity) -> Response:
    """Return how practice went, for who leads the course.

    Raises:
        NotFoundError: They do not.
    """
    found = rules.get_rules(session, activity)
    is_all = found.product is Product.PRACTICE
    return render(
        "peer_review/practised.html",
        bar=activity_bar(member, activity, "peer_review.overview" if is_all else "settings.show"),
        activity=activity,
        figures=practice_figures.look(session, activity, member),
        is_all=is_all,
        back_url=None if is_all else url_for("peer_review.list_examples", activity_id=activity.id),
        name_of=name_of,
    )


def _step(number: int, each: Progress, following: int | None) -> dict[str, Any]:
    """Return an example as `ui.steps` takes it."""
    note = ""
    if each.is_done:
        note = _("near your trainer") if each.tries[-1].has_passed else _("seen differently")
    elif each.tries:
        note = _("once more")
    state = "done" if each.is_done else "current" if number == following else "later"
    return {"label": _("Example %(number)s", number=number), "state": state, "note": note}
