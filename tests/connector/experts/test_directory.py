"""The directory: who knows what, how it shows, and what never does."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from connector.courses.models import Role
from connector.experts import services
from connector.experts.directory import list_experts, suggest_topics
from connector.experts.evidence import list_answers
from connector.experts.models import Claim, Standing, Topic
from connector.reactions.models import Reaction, Sign
from connector.threads.changing import accept_answer
from connector.threads.limits import get_rules
from connector.threads.models import PostState, ThreadKind
from connector.web.errors import ConflictError, NotFoundError
from tests import make
from tests.connector.routing import build as routing
from tests.connector.threads import build

pytestmark = pytest.mark.usefixtures("translated", "activity")


def question(session, activity, author, *, tags=("filing",), **more):
    return build.thread(session, activity=activity, author=author, kind=ThreadKind.QUESTION, tags=tags, **more)


def confirm(session, member, trainer, tag="filing"):
    services.declare(session, member, [tag], now=make.NOW)
    topic = services.get_topic(session, trainer, member.id, tag)
    services.decide(session, topic, trainer, is_confirmed=True, now=make.NOW)


def entry(session, reader, member):
    return next((each for each in list_experts(session, reader, now=make.NOW) if each.member == member), None)


def test_answers_are_told_in_words(session, activity, ana, bo, trainer):
    confirm(session, bo, trainer)
    for number in range(2):
        build.reply(session, question(session, activity, ana, title=f"Number {number}?"), author=bo)
    found = entry(session, ana, bo)
    assert found.evidence == "answered 2 questions"
    assert [(each.tag, each.evidence) for each in found.topics] == [("filing", "answered 2 questions")]


@pytest.mark.parametrize(
    ("waits", "told"),
    [
        ([5, 9], ""),
        ([0, 0, 0], "usually answers within 1 hour"),
        ([30, 150, 60 * 24 * 9], "usually answers within 3 hours"),
        ([60 * 20, 60 * 30, 60 * 24, 60 * 24], "usually answers within 1 day"),
        ([60 * 24 * 20] * 3, ""),
    ],
)
def test_how_soon_experts_usually_answer_is_told_and_of_fellow_learners_never(
    session, activity, ana, bo, eva, trainer, waits, told
):
    confirm(session, bo, trainer)
    for number, minutes in enumerate(waits):
        asked = question(session, activity, ana, title=f"Number {number}?")
        for author in (eva, bo):
            build.reply(session, asked, author=author, after=minutes)
    found = {each.member: each.pace for each in list_experts(session, ana, now=make.NOW + timedelta(days=30))}
    assert (found[eva], found[bo]) == (told, "")


def hide(post):
    post.alias = 1


def hold(post):
    post.state = PostState.HELD


def remove(post):
    post.state = PostState.REMOVED


def hide_question(post):
    post.thread.opening.state = PostState.HELD


def make_private(post):
    post.thread.is_private = True


def show_late(post):
    post.thread.shows_after_posts = 1


def switch_off(post):
    post.thread.activity.switched_off_at = make.NOW


@pytest.mark.parametrize("hides", [hide, hold, remove, hide_question, make_private, show_late, switch_off])
def test_what_is_hidden_never_counts(session, course, activity, ana, bo, trainer, hides):
    make.activity(session, course=course, title="Another one that is open")
    confirm(session, bo, trainer)
    hides(build.reply(session, question(session, activity, ana), author=bo))
    session.flush()
    found = entry(session, ana, bo)
    assert found.evidence == found.topics[0].evidence == ""


def test_what_is_switched_on_again_counts_again(session, activity, ana, bo, trainer):
    build.reply(session, question(session, activity, ana), author=bo)
    found = []
    for off_at in (None, make.NOW, None):
        activity.switched_off_at = off_at
        session.flush()
        found.append(len(list_answers(session, activity.course_id, now=make.NOW)))
    assert found == [1, 0, 1]


def test_an_answer_to_ones_own_question_does_not_count(session, activity, ana, trainer):
    confirm(session, ana, trainer)
    build.reply(session, question(session, activity, ana), author=ana)
    assert entry(session, ana, ana).evidence == ""


def test_who_answers_their_own_anonymous_question_counts_like_anybody(session, activity, ana, bo, trainer):
    rules = get_rules(session, activity)
    rules.allows_anonymous = True
    session.add(rules)
    confirm(session, ana, trainer)
    build.reply(session, question(session, activity, ana, is_anonymous=True), author=ana)
    assert entry(session, bo, ana).evidence == "answered 1 question"


def test_what_is_declared_is_for_those_who_lead_until_it_is_confirmed(session, ana, bo, trainer):
    services.declare(session, bo, ["filing"], now=make.NOW)
    assert entry(session, ana, bo) is None
    assert [each.claim for each in entry(session, trainer, bo).topics] == [Claim.DECLARED]
    topic = services.get_topic(session, trainer, bo.id, "filing")
    services.decide(session, topic, trainer, is_confirmed=True, now=make.NOW)
    assert [each.tag for each in entry(session, ana, bo).topics] == ["filing"]


def test_what_is_declined_is_not_shown(session, ana, bo, trainer):
    confirm(session, bo, trainer)
    topic = services.get_topic(session, trainer, bo.id, "filing")
    services.decide(session, topic, trainer, is_confirmed=False, now=make.NOW)
    assert entry(session, ana, bo) is None


def test_who_leaves_disappears(session, ana, bo, trainer):
    confirm(session, bo, trainer)
    bo.is_active = False
    session.flush()
    assert entry(session, ana, bo) is None


def test_who_leads_comes_first_then_experts_then_the_others(session, course, ana, bo, trainer, eva):
    confirm(session, bo, trainer)
    services.appoint(session, services.get_helper(session, trainer, ana.id), Standing.MENTOR)
    found = [(each.member, each.role) for each in list_experts(session, ana, now=make.NOW)]
    assert found == [(trainer, "Trainer"), (ana, "Mentor"), (eva, "Expert"), (bo, None)]


def test_learners_confirm_nothing(session, ana, bo, trainer):
    services.declare(session, bo, ["filing"], now=make.NOW)
    with pytest.raises(NotFoundError):
        services.get_topic(session, ana, bo.id, "filing")
    with pytest.raises(NotFoundError):
        services.get_helper(session, ana, bo.id)


def test_nobody_knows_everything(session, bo):
    services.declare(session, bo, [f"topic {number}" for number in range(12)], now=make.NOW)
    with pytest.raises(ConflictError):
        services.declare(session, bo, ["one more"], now=make.NOW)


def test_topics_are_suggested_from_what_everybody_can_read(session, activity, ana, bo, trainer):
    question(session, activity, ana, tags=("filing", "travel"))
    question(session, activity, ana, tags=("travel",), title="And trains?")
    question(session, activity, ana, tags=("salary",), title="Between us?", is_private=True)
    assert suggest_topics(session, bo, known=[]) == ["travel", "filing"]
    assert suggest_topics(session, bo, known=["travel"]) == ["filing"]


def test_what_was_accepted_and_thanked_for_is_known(session, activity, ana, bo, trainer):
    post = build.reply(session, question(session, activity, ana), author=bo)
    accept_answer(session, post, ana, now=make.NOW)
    session.add(Reaction(post_id=post.id, member_id=trainer.id, sign=Sign.ENDORSED, reason="", created_at=make.NOW))
    session.flush()
    (found,) = list_answers(session, activity.course_id, now=make.NOW, with_terms=True)
    assert (found.is_accepted, found.thanks, found.tags) == (True, 1, frozenset({"filing"}))
    assert "file" in found.terms


def pages(visiting, activity, member):
    visit = visiting(member, activity)
    visit.get("")
    path = f"/s/{visit.sid}/experts"

    def post(where, **form):
        return visit.client.post(path + where, data={"csrf_token": visit.token, **form})

    return (lambda where="": visit.client.get(path + where)), post


def test_a_member_says_what_they_know_and_a_trainer_confirms_it(session, visiting, activity, ana, bo, trainer):
    question(session, activity, ana, tags=("travel",))
    get, post = pages(visiting, activity, bo)
    assert "travel" in get("/own").text
    assert post("/own", chosen="travel", tags="Filing, #Archives").status_code == 303
    assert "waits for somebody who leads the course to confirm it" in get("/own").text
    see, decide = pages(visiting, activity, trainer)
    assert "Confirm “filing”" in see().text
    assert decide(f"/{bo.id}/topic", tag="filing", decision="confirm").status_code == 303
    session.expire_all()
    assert session.get_one(Topic, (bo.id, "filing")).claim is Claim.CONFIRMED
    look, _ = pages(visiting, activity, ana)
    page = look().text
    assert "filing" in page
    assert "confirmed by Tine Bech" in page
    assert "archives" not in page
    assert post("/own/withdraw", tag="filing").status_code == 303
    assert session.scalar(Topic.__table__.select().where(Topic.tag == "filing")) is None


def test_how_many_more_questions_experts_take_this_week_is_told_of_experts_alone(
    session, visiting, activity, ana, bo, eva, trainer
):
    confirm(session, bo, trainer)
    for member in (bo, eva):
        services.change_availability(session, member, weekly_capacity=2, away_until=None, quiet=None)
    get, _ = pages(visiting, activity, ana)
    told = [get().text]
    for number in range(2):
        routing.question(session, activity=activity, author=ana, title=f"Number {number}?", tags=["filing"])
        session.commit()
        told.append(get().text)
    said = ["takes 2 more questions", "takes 1 more question this week", "takes no more questions this week"]
    assert [[page.count(each) for each in said] for page in told] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    back_at = make.NOW + timedelta(days=3)
    services.change_availability(session, eva, weekly_capacity=None, away_until=back_at, quiet=None)
    session.commit()
    page = get().text
    assert ("away until" in page, "this week" in page) == (True, False)


def test_the_introduction_is_read_page_by_page_or_skipped_and_trainers_see_that(
    session, visiting, activity, bo, trainer
):
    services.declare(session, bo, ["filing"], now=make.NOW)
    session.commit()
    get, post = pages(visiting, activity, bo)
    told, _ = pages(visiting, activity, trainer)
    assert [f"Page {page} of 4" in get(f"/introduction?page={page}").text for page in (1, 2, 3, 4)] == [True] * 4
    assert "Page 1 of 4" in get("/introduction?page=0").text
    assert "Page 4 of 4" in get("/introduction?page=99").text
    assert "Skip it" in get("/introduction").text
    assert "I have read this" in get("/introduction?page=4").text
    assert "has not read the introduction" in told().text
    assert post("/introduction").status_code == 303
    assert "You have read this." in get("/introduction").text
    assert "has read the introduction" in told().text
    assert "read the introduction" not in get().text


def test_observers_have_no_topics(session, visiting, activity, observer):
    get, post = pages(visiting, activity, observer)
    assert get().status_code == 200
    assert get("/own").status_code == 404
    assert post("/own", tags="filing").status_code == 404


def test_a_trainer_makes_somebody_a_mentor(session, visiting, activity, bo, trainer):
    services.declare(session, bo, ["filing"], now=make.NOW)
    _, post = pages(visiting, activity, trainer)
    assert post(f"/{bo.id}/standing", standing="mentor").status_code == 303
    session.expire_all()
    assert entry(session, trainer, bo).role == "Mentor"


def test_thirty_experts_take_no_more_queries_than_one(session, course, visiting, activity, ana, trainer, app):
    counts, made = [], 0
    engine = app.extensions["kring"].database.engine
    for number in (1, 30):
        for _ in range(number - made):
            made += 1
            member = make.member(session, course=course, role=Role.EXPERT, name=f"Expert {made}")
            confirm(session, member, trainer)
            build.reply(session, question(session, activity, ana, title=f"Number {made}?"), author=member)
        get, _ = pages(visiting, activity, trainer)
        seen = []

        def note(_connection, _cursor, statement, *_rest, seen=seen):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        assert f"Expert {made}" in get().text
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts[0] == counts[1]
