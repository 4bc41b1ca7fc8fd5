import re
from http import HTTPStatus

import pytest
from sqlalchemy import select

from connector.notifications.models import Level, Notice, Scope
from connector.notifications.services import set_level
from connector.threads.models import Rules
from connector.threads.telling import ANNOUNCED, TELLERS
from tests import make
from tests.bench import wsgi
from tests.connector.threads import build
from tests.visits import text_of


@pytest.fixture
def thread(session, activity, ana):
    return build.thread(session, activity=activity, author=ana, title="Filing", body="By date.")


@pytest.fixture
def reply(session, thread, bo):
    return build.reply(session, thread, author=bo, body="Nonsense, all of it!")


@pytest.fixture
def lead(visiting, activity, trainer, reply):
    visit = visiting(trainer, activity)
    visit.get()
    return visit


def test_a_learner_reports_and_the_trainer_lets_it_stand(visiting, activity, ana, trainer, reply):
    learner = visiting(ana, activity)
    learner.get()
    path = f"/moderation/posts/{reply.id}"
    assert "not who reported it" in text_of(learner.get(f"{path}/report"))
    answer = learner.post(f"{path}/report", complaint="unkind", note="It hurts me.")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    lead = visiting(trainer, activity)
    lead.get()
    queue = text_of(lead.get("/moderation"))
    assert "1 report" in queue
    shown = text_of(lead.get(path))
    assert ("It hurts me." in shown, "Ana Holm" in shown) == (True, False)
    assert lead.post(f"{path}/approve").location.endswith("?done=1")
    assert "Nothing waits for you." in text_of(lead.get("/moderation"))


def test_a_report_without_a_complaint_keeps_the_note(visiting, activity, ana, reply):
    visit = visiting(ana, activity)
    visit.get()
    answer = visit.post(f"/moderation/posts/{reply.id}/report", note="It hurts.")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Choose what is wrong with it." in text_of(answer)
    assert "It hurts." in answer.text


@pytest.mark.parametrize(
    ("act", "form", "told"),
    [
        ("remove", {}, "Give a reason."),
        ("hold", {"reason": "  "}, "Give a reason."),
        ("remove", {"reason": "x" * 1001}, "This is too long"),
        ("edit", {"body": "", "reason": "Tone."}, "Write something first."),
        ("split", {"title": ""}, "Give it a title."),
        ("mute", {"days": "0", "reason": "Tone."}, "Give a whole number from 1 to 365."),
        ("mute", {"days": "9" * 30, "reason": "Tone."}, "Give a whole number from 1 to 365."),
    ],
)
def test_what_is_missing_is_said_beside_its_field(lead, reply, act, form, told):
    answer = lead.post(f"/moderation/posts/{reply.id}/{act}", **form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert told in text_of(answer)


def test_a_post_is_removed_and_put_back(lead, reply):
    path = f"/moderation/posts/{reply.id}"
    lead.post(f"{path}/remove", reason="Rude.")
    assert "Put it back" in text_of(lead.get(path))
    lead.post(f"{path}/restore")
    assert "Remove it" in text_of(lead.get(path))
    log = text_of(lead.get("/moderation"))
    assert ("Post removed" in log, "Post put back" in log, "Rude." in log) == (True, True, True)


def test_a_hidden_author_is_revealed_once_and_only_with_a_reason(visiting, activity, session, ana, trainer, thread):
    session.add(Rules(activity_id=activity.id, allows_anonymous=True))
    hidden = build.reply(session, thread, author=ana, is_anonymous=True, body="A threat.")
    lead = visiting(trainer, activity)
    lead.get()
    path = f"/moderation/posts/{hidden.id}"
    assert "Ana Holm" not in lead.get(path).text
    assert "Ana Holm" not in lead.post(f"{path}/reveal").text
    assert "Ana Holm wrote this." in text_of(lead.post(f"{path}/reveal", reason="A threat."))
    assert "Ana Holm" not in lead.get(path).text
    assert "Ana Holm" not in lead.get("/moderation").text
    assert lead.post(f"{path}/mute", days="3", reason="x").status_code == HTTPStatus.NOT_FOUND


def test_a_reply_becomes_a_thread_and_comes_back(lead, reply):
    answer = lead.post(f"/moderation/posts/{reply.id}/split", title="Of tone")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    log = lead.get("/moderation")
    assert "Of tone" in text_of(log)
    (undo,) = re.findall(r'action="[^"]*(/moderation/acts/[^"]+/undo)"', log.text)
    assert lead.post(undo).status_code == HTTPStatus.SEE_OTHER
    assert lead.post(undo).status_code == HTTPStatus.CONFLICT


def test_a_thread_is_merged_moved_and_pinned(visiting, session, course, activity, ana, trainer, thread):
    other = build.thread(session, activity=activity, author=ana, title="How do you file?")
    place = make.activity(session, course=course, title="Second discussion")
    lead = visiting(trainer, activity)
    lead.get()
    path = f"/moderation/threads/{thread.id}"
    page = text_of(lead.get(path))
    assert ("How do you file?" in page, "Second discussion" in page) == (True, True)
    assert lead.post(f"{path}/merge").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    lead.post(f"{path}/pin")
    assert "Unpin" in text_of(lead.get(path))
    assert lead.post(f"{path}/move", target=str(place.id)).location.endswith(
        f"/discussions/{place.id}/threads/{thread.id}"
    )
    answer = lead.post(f"/moderation/threads/{other.id}/merge", target=str(thread.id))
    assert answer.status_code == HTTPStatus.NOT_FOUND, "it stands in another discussion now"


def test_everybody_who_may_read_a_thread_is_told_of_it_once(
    visiting, session, app, activity, ana, bo, trainer, observer, thread
):
    set_level(session, bo.id, Scope.ACTIVITY, activity.id, Level.MUTED, now=make.NOW)
    lead, learner = visiting(trainer, activity), visiting(ana, activity)
    path = f"/moderation/threads/{thread.id}"
    assert "Tell everybody" in text_of(lead.get(path))
    learner.get()
    assert learner.post(f"{path}/announce").status_code == HTTPStatus.NOT_FOUND
    for _time in range(2):
        assert lead.post(f"{path}/announce").status_code == HTTPStatus.SEE_OTHER
    page = text_of(lead.get(path))
    assert ("Tell everybody" in page, "Unpin" in page) == (False, True)
    session.expire_all()
    told = session.scalars(select(Notice.member_id).where(Notice.what == ANNOUNCED)).all()
    assert (told.count(ana.id), {bo.id, trainer.id} & set(told)) == (1, set())
    with app.test_request_context():
        (said,) = TELLERS[ANNOUNCED](session, ana, [thread.opening.id]).values()
    assert said.title == f"Worth a look, says who leads the course: “{thread.title}”"


def test_what_is_private_is_announced_to_nobody(visiting, session, activity, ana, trainer):
    private = build.thread(session, activity=activity, author=ana, is_private=True)
    lead = visiting(trainer, activity)
    assert "Tell everybody" not in text_of(lead.get(f"/moderation/threads/{private.id}"))
    assert lead.post(f"/moderation/threads/{private.id}/announce").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("path", ["", "/posts/{post}", "/threads/{thread}"])
def test_learners_find_none_of_it(visiting, activity, ana, thread, reply, path):
    visit = visiting(ana, activity)
    where = "/moderation" + path.format(post=reply.id, thread=thread.id)
    assert visit.get(where).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("act", ["hold", "approve", "remove", "restore", "edit", "reveal", "mute", "split", "dance"])
def test_learners_do_none_of_it(visiting, activity, ana, thread, reply, act):
    visit = visiting(ana, activity)
    form = {"reason": "x", "body": "x", "title": "x", "days": "1"}
    assert visit.post(f"/moderation/posts/{reply.id}/{act}", **form).status_code == HTTPStatus.NOT_FOUND


def test_a_post_of_another_course_is_not_found(lead, session):
    elsewhere = make.activity(session)
    stranger = build.thread(session, activity=elsewhere, author=make.member(session, course=elsewhere.course))
    session.commit()
    assert lead.get(f"/moderation/posts/{stranger.opening.id}").status_code == HTTPStatus.NOT_FOUND


def test_the_queue_takes_as_many_queries_for_thirty_as_for_one(app, lead, session, activity, course, thread):
    session.add(Rules(activity_id=activity.id, moderation="all"))
    build.reply(session, thread, author=make.member(session, course=course))
    session.commit()
    one = count(app, lead)
    for _ in range(29):
        build.reply(session, thread, author=make.member(session, course=course))
    session.commit()
    assert count(app, lead) == one


def count(app, lead):
    """How many questions the page asks the database."""
    with wsgi.counting(app.extensions["kring"].database.engine) as queries:
        assert lead.get("/moderation").status_code == HTTPStatus.OK
    return len(queries)
