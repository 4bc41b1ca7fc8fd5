"""What is kept of what somebody says to know, and what is forgotten with them."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from connector.activities.holders import Holder
from connector.activities.kinds import Holding
from connector.courses.models import Membership, Person
from connector.experts.models import Expert, Topic, TopicWord
from connector.web.i18n import gettext as _


def list_of(session: Session, person: Person) -> Sequence[Holding]:
    """Return what somebody said to know, and when they can be asked."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    topics = session.scalars(select(Topic).where(Topic.member_id.in_(mine)).order_by(Topic.declared_at, Topic.tag))
    experts = session.scalars(select(Expert).where(Expert.member_id.in_(mine)).order_by(Expert.member_id))
    said = [
        {"topic": each.tag, "state": each.claim.value, "declared_at": each.declared_at.isoformat()} for each in topics
    ]
    times = [
        {
            "standing": each.standing.value if each.standing else None,
            "questions_a_week": each.weekly_capacity,
            "away_until": each.away_until.isoformat() if each.away_until else None,
            "quiet_minutes": [each.quiet_from, each.quiet_until],
            "introduced_at": each.introduced_at.isoformat() if each.introduced_at else None,
        }
        for each in experts
    ]
    words = session.scalars(
        select(TopicWord).where(TopicWord.said_by_id.in_(mine)).order_by(TopicWord.tag, TopicWord.word)
    )
    suggested = [{"topic": each.tag, "word": each.word} for each in words]
    return [
        Holding(label=_("What you said that you know"), name="topics", records=said),
        Holding(label=_("Other words that you suggested for topics"), name="topic-words", records=suggested),
        Holding(label=_("When you can be asked"), name="availability", records=times),
    ]


def forget(session: Session, person: Person) -> None:
    """Forget what somebody knows, and when they could be asked; whose topics they confirmed keep them."""
    mine = select(Membership.id).where(Membership.person_id == person.id).scalar_subquery()
    session.execute(delete(TopicWord).where(TopicWord.said_by_id.in_(mine)))
    session.execute(delete(Topic).where(Topic.member_id.in_(mine)))
    session.execute(delete(Expert).where(Expert.member_id.in_(mine)))
    session.execute(update(Topic).where(Topic.decided_by_id.in_(mine)).values(decided_by_id=None))


HOLDER = Holder(list_holdings=list_of, forget=forget)
