from connector.expert_qa import chores, hours
from connector.expert_qa.desk import get_question, set_desk
from tests.connector.expert_qa import asking


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
