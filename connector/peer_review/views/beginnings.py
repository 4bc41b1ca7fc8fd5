"""What the ideas for peer reviews begin with: how many review, who sees whom, and the criteria."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connector.activities.kinds import Idea
from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.peer_review import rubrics, rules
from connector.peer_review.models.setup import Anonymity, Criterion, PeerReview, Rubric, SecondRound
from connector.peer_review.starters import default_criteria, short_criteria
from connector.web.i18n import gettext as _


def ideas() -> Sequence[Idea]:
    """Return the ideas for peer reviews, in the reader's language."""
    return [
        Idea(
            key="draft",
            title=_("Feedback on a draft"),
            prompt=_(
                "Hand in a draft of at most two pages. Say in the first line what you are unsure about: "
                "your colleagues read it with that question in mind."
            ),
            begin=_begin_draft,
        ),
        Idea(
            key="page",
            title=_("One page, reviewed"),
            prompt=_(
                "Describe on one page what you will change in your work, why, and how you will know that it works."
            ),
            begin=_begin_page,
        ),
    ]


def clear(session: Session, activity: Activity) -> None:
    """Take the rules and the criteria of a peer review away."""
    versions = select(Rubric.id).where(Rubric.activity_id == activity.id)
    session.execute(delete(Criterion).where(Criterion.rubric_id.in_(versions)))
    for model in (Rubric, PeerReview):
        session.execute(delete(model).where(model.activity_id == activity.id))


def _begin_draft(session: Session, activity: Activity, by: Membership, now: datetime) -> None:
    """Two colleagues, by name, a short rubric, and a second round: it is about the next version, not about a grade."""
    values = {
        "reviews_each": 2,
        "needed": 1,
        "anonymity": Anonymity.NONE,
        "second_round": SecondRound.BRIEF,
    }
    rules.set_rules(session, activity, by, values)
    rubrics.set_rubric(session, activity, by, rubrics.forms_of(short_criteria()), now=now)


def _begin_page(session: Session, activity: Activity, by: Membership, now: datetime) -> None:
    """Three colleagues who do not know whose page it is."""
    rules.set_rules(session, activity, by, {"reviews_each": 3, "needed": 2, "anonymity": Anonymity.DOUBLE})
    rubrics.set_rubric(session, activity, by, rubrics.forms_of(default_criteria()), now=now)
