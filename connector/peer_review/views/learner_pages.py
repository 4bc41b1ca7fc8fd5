"""A learner's own page: the steps with their own state, and one button for the next one."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from markupsafe import Markup

from connector.activities.models import Activity
from connector.peer_review.allocation.choice import Nothing
from connector.peer_review.board.standing import Standing
from connector.peer_review.matching.assigning import nothing_in_words
from connector.peer_review.models.reviews import ReviewState
from connector.peer_review.models.setup import Late, PeerReview, Product, Unit
from connector.peer_review.results.releasing import Release
from connector.peer_review.stepper import (
    Door,
    Feedback,
    Next,
    Revision,
    Supply,
    Work,
    next_step,
    practice_state,
    states,
)
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext
from connector.web.pages import in_words


@dataclass(frozen=True, slots=True)
class Lead:
    """The one thing to do next, in words; with an address where there is something to do."""

    text: str
    label: str | None = None
    url: str | None = None
    is_post: bool = False


def steps(standing: Standing) -> list[dict[str, Any]]:
    """Return the steps as `ui.steps` takes them."""
    now = standing.situation
    work, reviews, feedback, revised = states(now)
    hand_in = _("Say that it is done") if standing.rules.product is Product.NOTHING else _("Hand in")
    count = max(now.quota, 1)
    review = ngettext("Review a colleague", "Review %(num)s colleagues", count)
    if standing.rules.unit is Unit.GROUP and standing.desk.group is not None:
        hand_in = _("Hand in with your group")
    practice = practice_state(now)
    between = (
        []
        if practice is None
        else [{"label": _("Practise on examples"), "state": practice.value, "note": _practice_note(standing)}]
    )
    shown = [
        {"label": hand_in, "state": work.value, "note": _work_note(standing)},
        *between,
        {"label": review, "state": reviews.value, "note": _review_note(standing)},
        {"label": _("Read your feedback"), "state": feedback.value, "note": _feedback_note(standing)},
    ]
    if now.revision is not Revision.NONE:
        shown.append({"label": _("Revise your work"), "state": revised.value, "note": _revision_note(standing)})
    return shown


def lead_on(standing: Standing, activity: Activity, *, can_sign_up: bool = False) -> Lead:
    """Return what comes next.

    Args:
        can_sign_up: Whether somebody without a group can choose one.
    """
    here: dict[str, Any] = {"activity_id": activity.id}
    now = standing.situation
    number = min(now.done + 1, max(now.quota, 1))
    told: dict[Next, Lead] = {
        **_waits(standing),
        Next.FIND_GROUP: _find_group(activity, can_sign_up=can_sign_up),
        Next.HAND_IN: _hand_in(standing, url_for("peer_review.work", **here)),
        Next.GO_ON_WRITING: _go_on(standing, url_for("peer_review.work", **here)),
        Next.PRACTISE: Lead(
            _("Before you review colleagues, judge an example and see how your trainer judged it."),
            _("Practise on an example"),
            url_for("peer_review.practice", **here),
        ),
        Next.REVIEW: Lead(
            _("There is work for you to review."),
            _("Begin review %(number)s of %(quota)s", number=number, quota=now.quota),
            url_for("peer_review.take", **here),
            is_post=True,
        ),
        Next.GO_ON_REVIEWING: Lead(
            _("A review waits for you."),
            _("Continue review %(number)s of %(quota)s", number=number, quota=max(now.quota, number)),
            url_for("peer_review.take", **here),
            is_post=True,
        ),
        Next.SELF_REVIEW: Lead(
            _("Now look at your own work as you looked at the others'."),
            _("Review your own work"),
            url_for("peer_review.take_own", **here),
            is_post=True,
        ),
        Next.READ: Lead(
            _("Your colleagues have written to you."), _("Read your feedback"), url_for("peer_review.feedback", **here)
        ),
        Next.REVIEW_AGAIN: _review_again(standing, activity),
        Next.REVISE: Lead(
            _("Use what your colleagues wrote: change your work, and hand it in once more."),
            _("Revise your work"),
            url_for("peer_review.revision", **here),
        ),
    }
    return told[next_step(now)]


def _waits(standing: Standing) -> dict[Next, Lead]:
    """Return what is said where there is nothing to do."""
    return {
        Next.WAIT_FOR_START: Lead(
            _("It begins on %(time)s.", time=_date(standing.dates.opens_at)) if standing.dates.opens_at else ""
        ),
        Next.WAIT_FOR_SECOND: Lead(
            _("Your revised work is with your reviewers. You will be told when they have looked.")
        ),
        Next.WAIT_FOR_WORD: Lead(
            _(
                "You have handed in late. Your trainer says whether it counts, and you will be told; you need not wait here."
            )
        ),
        Next.DENIED: Lead(
            _("Your work came late, and your trainer has not accepted it. Ask them if you need more time.")
        ),
        Next.WAIT_FOR_WORK: Lead(_why_no_work(standing.situation.supply)),
        Next.WAIT_FOR_FEEDBACK: Lead(why_no_feedback(standing)),
        Next.MISSED: Lead(_("The date for handing in is past. Ask your trainer if you need more time.")),
        Next.DONE: Lead(_("You have done it all. Thank you: your colleagues can use what you wrote.")),
    }


def _work_note(standing: Standing) -> str | Markup:
    now, due = standing.situation, standing.dates.due_at
    if now.work is Work.HANDED_IN and standing.work is not None:
        at = _date(standing.work.handed_in_at)
        return _("%(time)s, late", time=at) if standing.work.is_late else at
    if now.work is Work.WAITING and standing.work is not None:
        return _("%(time)s, waits for your trainer", time=_date(standing.work.handed_in_at))
    if now.work is Work.DENIED:
        return _("not accepted")
    if now.work is Work.WITHDRAWN:
        return _("taken back")
    if now.handing_in is Door.CLOSED:
        return _("closed")
    return _("until %(time)s", time=_date(due)) if due else ""


def _practice_note(standing: Standing) -> str:
    done = sum(each.is_done for each in standing.practice)
    return _("%(done)s of %(quota)s", done=done, quota=len(standing.practice))


def _review_note(standing: Standing) -> str:
    now, due = standing.situation, standing.dates.reviews_due_at
    so_far = _("%(done)s of %(quota)s", done=now.done, quota=now.quota)
    if not now.owes:
        return so_far
    return (
        _("%(done)s of %(quota)s, until %(time)s", done=now.done, quota=now.quota, time=_date(due)) if due else so_far
    )


def _feedback_note(standing: Standing) -> str:
    feedback, received = standing.situation.feedback, standing.received
    if feedback is Feedback.OWN_FIRST:
        return _("opens when you have written your own reviews")
    if feedback is Feedback.KEPT_BACK and received is not None:
        count = received.result.reviews if received.result else 0
        return _("%(count)s of %(needed)s reviews are there", count=count, needed=standing.rules.needed)
    if received is not None and received.release is Release.PROVISIONAL:
        return _("provisional")
    return ""


def _review_again(standing: Standing, activity: Activity) -> Lead:
    again = [each for each in standing.given if each.round > 1 and each.state is ReviewState.OPEN]
    page = url_for("peer_review.write", activity_id=activity.id, review_id=again[0].id) if again else None
    return Lead(
        _("An author whose work you reviewed has revised it. See what changed, and say what you think now."),
        _("Look at it again"),
        page,
    )


def _revision_note(standing: Standing) -> str:
    revision, due = standing.situation.revision, standing.rules.revision_due_at
    if revision is Revision.LATER:
        return _("opens with your feedback")
    if revision is Revision.OPEN:
        return _("until %(time)s", time=_date(due)) if due else ""
    if revision is Revision.CLOSED:
        return _("closed")
    return _date(standing.work.revised_at) if standing.work else ""


def _find_group(activity: Activity, *, can_sign_up: bool) -> Lead:
    if can_sign_up:
        return Lead(
            _("Groups hand in together here, and you are in none yet. Choose one; then you write with its people."),
            _("Choose a group"),
            url_for("groups.index", activity_id=activity.id),
        )
    return Lead(
        _("Groups hand in together here, and you are in none yet. Ask your trainer, who sees that you have no group.")
    )


def _hand_in(standing: Standing, page: str) -> Lead:
    late = how_late(standing.rules, standing.situation.handing_in)
    if standing.situation.work is Work.WITHOUT_THEM:
        told = _("Your group handed in before you came into it. Hand in again together, and it is yours as well.")
        return Lead(" ".join(filter(None, [told, late])), _("Look at your group's work"), page)
    return Lead(late, _("Hand in your work") if standing.desk.group is None else _("Write with your group"), page)


def _go_on(standing: Standing, page: str) -> Lead:
    if standing.desk.group is None:
        return Lead(_("You have a draft that is not handed in."), _("Go on with your draft"), page)
    return Lead(_("Your group has a text that is not handed in."), _("Go on with your group's text"), page)


def how_late(found: PeerReview, door: Door) -> str:
    """Return what becomes of late work, in words; nothing where it is not late."""
    if door is not Door.LATE:
        return ""
    if found.late is Late.APPROVE:
        return _("The date is past. You can still hand in; your trainer says whether it counts.")
    return _("The date is past. You can still hand in; it is marked late.")


def _why_no_work(supply: Supply) -> str:
    if supply is Supply.NOT_DISTRIBUTED:
        return _("Your trainer distributes the work. You will be told when yours is there.")
    if supply is Supply.NO_WORK_YET:
        return nothing_in_words(Nothing.NO_WORK_YET)
    return _("Reviews open once you have handed in.")


def why_no_feedback(standing: Standing) -> str:
    """Return why an author cannot read their feedback yet, and when they can."""
    feedback = standing.situation.feedback
    if feedback is Feedback.OWN_FIRST:
        return _("Your feedback is there. It opens when you have written your own reviews.")
    due = standing.rules.reviews_due_at
    if due is not None:
        return _(
            "Now your colleagues read your work. What they write opens on %(time)s at the latest.", time=_date(due)
        )
    return _("Now your colleagues read your work. You will be told when there is enough to read.")


def _date(moment: Any) -> str:
    return in_words(moment) if moment else ""
