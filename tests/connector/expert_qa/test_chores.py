from sqlalchemy import select

from connector.expert_qa import chores, hours
from connector.expert_qa.desk import get_question, set_desk
from connector.expert_qa.services import NUDGED
from connector.expert_qa.watching import came
from connector.notifications.models import Notice
from connector.routing.asking import UNSOLVED
from tests.connector.expert_qa import asking
from tests.connector.routing.build import tick


def test_chores_need_no_application(session, activity, ana, bo, expert, trainer):
    hour = hours.plan(
        session,
        activity,
        trainer,
        title="Ask Eva",
        host=expert,
        begins_at=asking.at(60),
        ends_at=asking.at(120),
        now=asking.at(),
    )
    left = asking.ask(session, activity, ana, hour_id=hour.id)
    set_desk(session, activity, trainer, assessed_until=asking.at(60), nudge_days=3, starters="")
    kept = asking.ask(session, activity, bo, title="Kept", is_assessed=True)
    chores.tidy(session, now=asking.at(130))
    assert get_question(session, left).sent_on_at == asking.at(130)
    assert get_question(session, kept).sent_on_at == asking.at(130)


def test_who_asked_is_asked_once_whether_it_helped_and_the_owner_once_whether_it_is_solved(
    session, activity, ana, expert, trainer
):
    thread = asking.ask(session, activity, ana)
    came(session, asking.answer(session, thread, expert, after=60), asking.at(60))
    for day in range(1, 60):
        chores.tidy(session, now=asking.at(day * 24 * 60))
        tick(session, now=asking.at(day * 24 * 60))
    told = session.scalars(select(Notice).where(Notice.what.in_((NUDGED, UNSOLVED)))).all()
    assert sorted((each.what, each.member_id) for each in told) == [(NUDGED, ana.id), (UNSOLVED, expert.id)]
