"""Who helps whom: replies, answers and reviews of one person for another, where statements name both."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.reports.graph import Graph, build
from connector.reports.models import Fact
from connector.reports.scope import Scope

HELP = ("post.replied", "question.answered", "review.submitted")


def measure(session: Session, scope: Scope, people: Collection[str]) -> Graph[str]:
    """Return who did something for whom.

    Args:
        people: Those to look at, as facts call them: everybody else, and whoever hides their name, is left out.
    """
    rows = session.execute(
        select(Fact.actor, Fact.target, func.count())
        .where(*scope.holds(*HELP), Fact.target.is_not(None))
        .group_by(Fact.actor, Fact.target)
    )
    return build(sorted(people), ((giver, taker, number) for giver, taker, number in rows if taker is not None))
