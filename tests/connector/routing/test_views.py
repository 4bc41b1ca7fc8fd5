"""The inbox over HTTP: what waits, why, and what can be done with it."""

import pytest
from sqlalchemy import event, select

from connector.activities.models import Kind, Placement
from connector.delivery.models import Message
from connector.experts.models import Expert
from connector.routing import privacy, services
from connector.routing.models import Request, State
from connector.threads.limits import get_rules
from tests import make
from tests.connector.routing import build

pytestmark = pytest.mark.usefixtures("translated")


@pytest.fixture
def inbox(session, visiting, activity):
    # A learner has been here: before, the LMS may still hide the activity, and nobody else finds it in lists.
    session.scalars(select(Placement).where(Placement.activity_id == activity.id)).one().opened_at = make.NOW

    def open_(member):
        visit = visiting(member, activity)
        visit.get("")  # for the token that pages carry
        return Inbox(visit)

    return open_


class Inbox:
    def __init__(self, visit):
        self.visit = visit
        self.path = f"/s/{visit.sid}/inbox"

    def get(self, path=""):
        return self.visit.client.get(self.path + path)

    def post(self, path, **form):
        return self.visit.client.post(self.path + path, data={"csrf_token": self.visit.token, **form})


def test_it_says_what_waits_and_why(session, activity, ana, trainer, eva, inbox):
    build.question(session, activity=activity, author=ana, title="How do I file a report?")
    page = inbox(eva).get().text
    assert "How do I file a report?" in page
    assert "Is an expert of this course" in page
    assert "A first answer is expected by" in page


def test_it_is_empty_for_who_was_not_asked(session, activity, ana, trainer, eva, finn, inbox):
    build.question(session, activity=activity, author=ana, named=eva.id)
    assert "No question waits for you." in inbox(finn).get().text


def test_who_takes_a_question_on_goes_to_it(session, activity, ana, trainer, eva, finn, inbox):
    thread = build.question(session, activity=activity, author=ana)
    answer = inbox(eva).post(f"/{thread.id}/claim")
    assert answer.status_code == 303
    assert answer.location.endswith(f"/threads/{thread.id}")
    session.expire_all()
    assert build.state(session, thread, eva) is State.CLAIMED


def test_a_second_claim_is_a_conflict_in_words(session, activity, ana, trainer, eva, finn, inbox):
    thread = build.question(session, activity=activity, author=ana)
    inbox(eva).post(f"/{thread.id}/claim")
    answer = inbox(finn).post(f"/{thread.id}/claim")
    assert answer.status_code == 409
    assert "Somebody else has just taken this question on" in answer.text


@pytest.mark.parametrize("reason", ["not my topic", "no time", "conflict"])
def test_not_now_asks_the_next(session, activity, ana, trainer, eva, finn, gry, inbox, reason):
    thread = build.question(session, activity=activity, author=ana)
    first = build.asked(session, thread)[0]
    assert inbox(first).post(f"/{thread.id}/decline", reason=reason).status_code == 303
    session.expire_all()
    row = session.scalars(select(Request).where(Request.thread_id == thread.id, Request.member_id == first.id)).one()
    assert (row.state, row.refusal) == (State.DECLINED, reason)
    assert len(build.asked(session, thread, State.ASKED)) == 2


def test_it_is_passed_on_to_somebody_of_a_list(session, activity, ana, trainer, eva, finn, gry, inbox):
    thread = build.question(session, activity=activity, author=ana)
    first = build.asked(session, thread)[0]
    other = ({eva, finn, gry} - set(build.asked(session, thread))).pop()
    mine = inbox(first)
    page = mine.get(f"/{thread.id}/pass").text
    assert other.person.name in page
    assert trainer.person.name in page
    assert mine.post(f"/{thread.id}/pass", to=str(other.id)).status_code == 303
    session.expire_all()
    assert build.state(session, thread, other) is State.ASKED


def test_a_word_goes_with_it_to_the_next_one_and_the_trainer_alone(
    session, activity, ana, trainer, eva, finn, gry, inbox, visiting
):
    activity.kind = Kind.EXPERT_QA
    thread = build.question(session, activity=activity, author=ana)
    first, second = build.asked(session, thread)[:2]
    other = ({eva, finn, gry} - {first, second}).pop()
    mine, word = inbox(first), "You wrote <the> rules."
    refused = mine.post(f"/{thread.id}/pass", note=word)
    assert (refused.status_code, "You wrote &lt;the&gt; rules." in refused.text) == (422, True)
    too_long = mine.post(f"/{thread.id}/pass", to=str(other.id), note="x" * 501)
    assert (too_long.status_code, "At most 500 characters" in too_long.text, "x" * 501 in too_long.text) == (
        422,
        True,
        True,
    )
    assert mine.post(f"/{thread.id}/pass", to=str(other.id), note=word).status_code == 303
    readers = {
        member: visiting(member, activity).get(f"/threads/{thread.id}").text
        for member in (ana, trainer, first, second, other)
    }
    assert {member for member, page in readers.items() if "You wrote &lt;the&gt; rules." in page} == {trainer, other}
    assert "You wrote &lt;the&gt; rules." in inbox(other).get().text
    assert not any(b"You wrote" in body for body in session.scalars(select(Message.body)))
    session.expire_all()
    (written,) = [each for each in privacy.list_of(session, first.person) if each.name == "notes"]
    assert [each["note"] for each in written.records] == [word]
    privacy.forget(session, first.person)
    assert [each.note for each in session.scalars(select(Request))] == ["", ""]


def test_somebody_is_asked_as_well(session, activity, ana, trainer, eva, finn, gry, inbox):
    thread = build.question(session, activity=activity, author=ana)
    first = build.asked(session, thread)[0]
    other = ({eva, finn, gry} - set(build.asked(session, thread))).pop()
    mine = inbox(first)
    assert mine.post(f"/{thread.id}/pass", to=str(other.id), act="also").status_code == 303
    session.expire_all()
    assert build.state(session, thread, other) is build.state(session, thread, first) is State.ASKED


def test_passing_on_to_nobody_is_said_beside_the_field(session, activity, ana, trainer, eva, inbox):
    thread = build.question(session, activity=activity, author=ana)
    answer = inbox(eva).post(f"/{thread.id}/pass")
    assert answer.status_code == 422
    assert "Choose somebody." in answer.text


def test_who_goes_away_hands_over(session, activity, ana, trainer, eva, finn, inbox, clock):
    thread = build.question(session, activity=activity, author=ana)
    first = build.asked(session, thread)[0]
    form = {"weekly_capacity": "3", "away_until": "2026-03-20", "quiet_from": "20:00", "quiet_until": "07:00"}
    assert inbox(first).post("/availability", **form).status_code == 303
    session.expire_all()
    row = session.get_one(Expert, first.id)
    assert (row.weekly_capacity, row.quiet_from, row.quiet_until) == (3, 1200, 420)
    assert row.away_until.isoformat() == "2026-03-21T00:00:00+00:00"
    assert build.state(session, thread, first) is State.HANDED_OVER
    assert build.owner(session, thread) != first
    assert 'value="2026-03-20"' in inbox(first).get().text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"weekly_capacity": "many"}, "weekly_capacity"),
        ({"weekly_capacity": "21"}, "weekly_capacity"),
        ({"quiet_from": "20:00"}, "Say both when your quiet hours begin and when they end."),
        ({"quiet_from": "20:00", "quiet_until": "20:00"}, "choose another time"),
    ],
)
def test_bad_hours_are_said_beside_the_field(activity, eva, inbox, form, said):
    answer = inbox(eva).post("/availability", **form)
    assert answer.status_code == 422
    assert said in answer.text


def test_another_courses_question_is_not_found(session, activity, ana, trainer, eva, inbox):
    other = make.activity(session)
    stranger = make.member(session, course=other.course)
    thread = build.question(session, activity=other, author=stranger)
    for path in ("claim", "decline", "pass"):
        assert inbox(eva).post(f"/{thread.id}/{path}", reason="no time", to=str(trainer.id)).status_code == 404


def test_an_anonymous_asker_stays_so(session, activity, ana, trainer, eva, inbox):
    rules = get_rules(session, activity)
    rules.allows_anonymous = True
    session.add(rules)
    build.question(session, activity=activity, author=ana, is_anonymous=True)
    page = inbox(eva).get().text
    assert ana.person.name not in page
    assert "Anonymous 1" in page


def test_thirty_questions_take_no_more_queries_than_one(session, activity, ana, trainer, eva, inbox, app):
    counts = []
    made = 0
    engine = app.extensions["kring"].database.engine
    for number in (1, 30):
        for _ in range(number - made):
            made += 1
            build.question(session, activity=activity, author=ana, title=f"Number {made}?", named=eva.id)
        mine, seen = inbox(eva), []

        def note(_connection, _cursor, statement, *_rest, seen=seen):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        assert f"Number {made}?" in mine.get().text
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_bell_tells_who_was_asked_and_who_asked(session, activity, ana, trainer, eva, visiting):
    thread = build.question(session, activity=activity, author=ana, title="How do I file a report?")
    visit = visiting(eva, activity)
    assert "You are asked to answer: “How do I file a report?”" in visit.client.get(f"/s/{visit.sid}/notices").text
    services.claim(session, thread, eva, now=build.at(1))
    visit = visiting(ana, activity)
    assert "Eva Lind took on “How do I file a report?”" in visit.client.get(f"/s/{visit.sid}/notices").text
