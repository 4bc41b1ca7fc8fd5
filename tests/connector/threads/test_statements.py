import json
import uuid

import pytest
from sqlalchemy import select

from connector.activities.statements import registration
from connector.courses.models import Role
from connector.delivery.models import Message
from connector.threads import statements
from tests import make
from tests.connector.threads import build
from xapi import profile, schema
from xapi.statement import to_bytes
from xapi.vocabulary import PROFILE_VERSION, events, extensions

TITLE, BODY = "A secret title", "Secret words"


@pytest.fixture
def thread(session, activity, ana):
    return build.thread(session, activity=activity, author=ana, title=TITLE, body=BODY)


@pytest.fixture
def reply(session, thread, bo):
    return build.reply(session, thread, author=bo, body=BODY)


def told(statement):
    """The statement as a store gets it, after both checks."""
    told = json.loads(to_bytes(statement))
    schema.validate(told, version="1.0.3")
    schema.validate(json.loads(to_bytes(statement, version="2.0.0")), version="2.0.0")
    profile.check(told)
    return told


def account(member):
    return {
        "homePage": f"{member.course.deployment.platform.tenant.iri}/actors",
        "name": str(member.person.pseudonym),
    }


def of_type(iri, kind):
    return {"objectType": "Activity", "id": iri, "definition": {"type": kind}}


def course_and_discussion(activity):
    return [
        of_type(activity.course.iri, "http://adlnet.gov/expapi/activities/course"),
        of_type(activity.iri, "http://id.tincanapi.com/activitytype/discussion"),
    ]


def test_a_new_thread(ana, activity, thread):
    found = told(statements.created(thread))
    assert found["id"] == str(uuid.uuid5(thread.opening.id, "thread.created"))
    assert found["actor"] == {"objectType": "Agent", "account": account(ana)}
    assert found["verb"]["id"] == events.THREAD_CREATED.verb.id
    assert found["object"] == of_type(
        f"{activity.iri}/threads/{thread.id}", "http://id.tincanapi.com/activitytype/forum-topic"
    )
    assert found["result"] == {"extensions": {extensions.WORD_COUNT.id: 2}}
    assert found["timestamp"] == "2026-03-02T09:30:00.000Z"
    context = found["context"]
    assert context["registration"] == str(registration(ana))
    assert (context["platform"], context["language"]) == ("generic", "en")
    assert context["contextActivities"]["grouping"] == course_and_discussion(activity)
    assert context["contextActivities"]["parent"] == course_and_discussion(activity)[1:]
    assert [each["id"] for each in context["contextActivities"]["category"]] == [PROFILE_VERSION]
    assert context["extensions"] == {
        extensions.EVENT.id: "thread.created",
        extensions.LTI.id: {"deployment_id": "1", "context_id": ana.course.context_id},
        extensions.ROLE.id: "learner",
    }


def test_a_reply_to_the_opening_post(ana, bo, thread, reply):
    found = told(statements.replied(reply))
    assert found["id"] == str(uuid.uuid5(reply.id, "post.replied"))
    assert found["actor"]["account"] == account(bo)
    assert found["object"]["id"] == f"{thread.iri}/replies/{reply.id}"
    assert [each["id"] for each in found["context"]["contextActivities"]["parent"]] == [thread.iri]
    assert found["context"]["statement"]["id"] == told(statements.created(thread))["id"]
    assert found["context"]["extensions"][extensions.TARGET.id] == {"account": account(ana)}
    assert found["context"]["extensions"][extensions.DEPTH.id] == 1
    assert found["result"]["extensions"] == {extensions.WORD_COUNT.id: 2}


def test_a_reply_to_a_reply_refers_to_that_reply(session, ana, bo, thread, reply):
    found = told(statements.replied(build.reply(session, thread, author=ana, parent=reply)))
    assert found["context"]["statement"]["id"] == told(statements.replied(reply))["id"]
    assert found["context"]["extensions"][extensions.TARGET.id] == {"account": account(bo)}
    assert found["context"]["extensions"][extensions.DEPTH.id] == 2


def test_a_reply_to_a_test_student_refers_to_nobody(session, activity, ana, test_student):
    thread = build.thread(session, activity=activity, author=test_student)
    found = told(statements.replied(build.reply(session, thread, author=ana)))
    assert "statement" not in found["context"]
    assert extensions.TARGET.id not in found["context"]["extensions"]


def test_a_look_at_a_thread(thread, bo):
    found = told(statements.viewed(thread, bo, make.NOW))
    assert found["actor"]["account"] == account(bo)
    assert found["verb"]["id"] == events.THREAD_VIEWED.verb.id
    assert found["object"]["id"] == thread.iri


def test_looks_on_one_day_are_one_statement(thread, ana, bo):
    def id_of(member, at):
        return told(statements.viewed(thread, member, at))["id"]

    morning, evening = make.NOW, make.NOW.replace(hour=23)
    assert id_of(bo, morning) == id_of(bo, evening)
    assert len({id_of(bo, morning), id_of(ana, morning), id_of(bo, morning.replace(day=3))}) == 3


def test_statements_hold_neither_words_nor_names(thread, reply, ana, bo):
    every = [statements.created(thread), statements.viewed(thread, bo, make.NOW), statements.replied(reply)]
    text = b"".join(map(to_bytes, every)).decode()
    secrets = [TITLE, BODY, "Secret", ana.person.name, bo.person.name, ana.person.subject, bo.person.subject]
    assert [secret for secret in secrets if secret in text] == []


def test_a_statement_made_again_is_the_same_bytes(session, thread, reply):
    before = to_bytes(statements.created(thread)), to_bytes(statements.replied(reply))
    session.commit()
    session.expire_all()
    assert (to_bytes(statements.created(thread)), to_bytes(statements.replied(reply))) == before


def test_a_language_that_pages_do_not_have_is_left_out(thread, ana):
    ana.person.locale = "fr-FR"
    assert "language" not in told(statements.created(thread))["context"]


def test_all_statements_of_a_person_in_a_course_share_a_registration(session, ana, bo, thread, reply):
    registrations = {
        told(each)["context"]["registration"]
        for each in (statements.replied(reply), statements.viewed(thread, bo, make.NOW))
    }
    assert registrations == {str(registration(bo))}
    assert registration(ana) != registration(bo)


def test_the_role_is_told(session, course, activity):
    trainer = make.member(session, course=course, role=Role.TRAINER)
    found = told(statements.created(build.thread(session, activity=activity, author=trainer)))
    assert found["context"]["extensions"][extensions.ROLE.id] == "trainer"


def test_a_named_member_is_told_of(session, endpoint, activity, ana, bo, thread):
    reply = build.reply(session, thread, author=bo, body="@Ana Holm, so?")
    found = told(statements.mentioned(reply, ana, make.NOW))
    assert found["verb"]["id"] == events.USER_MENTIONED.verb.id
    assert found["object"]["id"] == reply.iri
    assert found["context"]["extensions"][extensions.TARGET.id] == {"account": account(ana)}
    kept = [json.loads(body) for body in session.scalars(select(Message.body))]
    assert [each["id"] for each in kept if each["verb"]["id"] == events.USER_MENTIONED.verb.id] == [found["id"]]
