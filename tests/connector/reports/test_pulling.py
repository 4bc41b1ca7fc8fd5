"""Statements become facts, whatever the store is like."""

import json
import threading
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.courses.models import Person
from connector.db import utc_now
from connector.delivery import services
from connector.delivery.models import ActorMode
from connector.holders import HOLDERS
from connector.privacy import erasure
from connector.reports.measuring import measure
from connector.reports.models import Source, milliseconds
from connector.reports.people import hashed_address
from connector.reports.reading import read
from connector.reports.rosters import Roster
from connector.reports.scope import Scope
from connector.reports.worker import list_due
from tests.connector.delivery.acts import act
from tests.connector.reports.scene import START, later, stamp
from xapi.schema import VOIDED
from xapi.vocabulary.activity_types import TARGET_ROLE
from xapi.vocabulary.extensions import EVENT, TARGET


def replies(scene, count, **more):
    minute = timedelta(minutes=1)
    return [
        scene.statement("post.replied", scene.learners[n % 6], START + n * minute, word_count=n, depth=1, **more)
        for n in range(count)
    ]


def voiding(scene, id_):
    return {
        "id": str(uuid.uuid4()),
        "actor": scene.account("kring"),
        "verb": {"id": VOIDED, "display": {"en": "voided"}},
        "object": {"objectType": "StatementRef", "id": str(id_)},
        "timestamp": stamp(utc_now()),
    }


def ids(statements):
    return {each["id"] for each in statements}


def test_every_statement_of_a_course_is_a_fact_once(any_scene):
    told = replies(any_scene, 230)
    any_scene.tell(*told)
    progress = any_scene.pull()
    assert (progress.error, progress.is_finished, progress.kept) == (None, True, 230)
    assert any_scene.facts().keys() == ids(told)
    any_scene.pull()
    any_scene.pull(is_anew=True)
    assert any_scene.facts().keys() == ids(told)


def test_a_fact_says_what_the_statement_says(scene):
    by, other = scene.learners[:2]
    told = scene.statement(
        "question.answered", by, START, target=other, object_=f"{scene.place.iri}/q/1",
        answer=f"{scene.place.iri}/a/1", response_seconds=5400, word_count=31,
    )  # fmt: skip
    scene.tell(told)
    scene.pull()
    fact = scene.facts()[told["id"]]
    assert (fact.actor, fact.target) == (str(by.person.pseudonym), str(other.person.pseudonym))
    assert (fact.event, fact.object, fact.about) == (
        "question.answered",
        f"{scene.place.iri}/q/1",
        f"{scene.place.iri}/a/1",
    )
    assert (fact.seconds, fact.words, fact.role) == (5400, 31, "learner")
    assert (fact.at, fact.day, fact.activity_id) == (milliseconds(START), START.date().toordinal(), scene.place.id)


def test_it_goes_on_where_it_stopped(scene):
    first, second = replies(scene, 600), replies(scene, 40)
    scene.tell(*first)
    begun = scene.pull(max_pages=1)
    assert (begun.is_finished, len(scene.facts())) == (False, 500)
    assert scene.source().due_at <= utc_now()
    assert scene.pull().is_finished
    scene.tell(*second)
    assert scene.pull().seen <= 700
    assert scene.facts().keys() == ids(first) | ids(second)


def test_a_page_that_fails_leaves_what_came_before(scene):
    told = replies(scene, 600)
    scene.tell(*told)
    scene.store.faults.extend([lambda exchange: exchange.say(exchange.commit()), lambda exchange: exchange.hang_up()])
    assert scene.pull().error
    assert len(scene.facts()) == 500
    failed = scene.source()
    assert (failed.succeeded_at, failed.error is not None) == (None, True)
    assert scene.pull().error is None
    assert scene.facts().keys() == ids(told)
    assert (scene.source().error, scene.source().succeeded_at is not None) == (None, True)


def test_what_is_voided_vanishes_also_where_the_store_goes_on_showing_it(any_scene):
    told = replies(any_scene, 8)
    any_scene.tell(*told)
    any_scene.pull()
    any_scene.tell(voiding(any_scene, told[3]["id"]))
    any_scene.pull()
    assert any_scene.facts().keys() == ids(told) - {told[3]["id"]}
    any_scene.pull(is_anew=True)
    assert any_scene.facts().keys() == ids(told) - {told[3]["id"]}


def test_what_is_none_of_ours_or_nobodys_business_is_no_fact(scene):
    elsewhere = scene.statement("post.replied", scene.learners[0], word_count=1, depth=1)
    elsewhere["context"]["contextActivities"] = {"grouping": [{"id": "https://other.example/courses/1"}]}
    private = scene.statement("reflection.made", scene.learners[0], visibility="private")
    person = {
        **scene.statement("post.replied", scene.learners[0]),
        "object": {"objectType": "Agent", "mbox": "mailto:a@b.example"},
    }
    scene.tell(elsewhere, private, person)
    assert (scene.pull().error, scene.facts()) == (None, {})


def test_other_tools_statements_count_where_they_name_the_course(scene):
    foreign = {
        "id": str(uuid.uuid4()),
        "actor": {"account": {"homePage": scene.course.deployment.platform.issuer, "name": scene.learners[2].person.subject}},
        "verb": {"id": "http://activitystrea.ms/create"},
        "object": {"id": "https://lms.example/mod/forum/discuss.php?d=4", "definition": {"type": "http://id.tincanapi.com/activitytype/discussion"}},
        "context": {"contextActivities": {"parent": [{"id": scene.course.iri}]}},
        "timestamp": "2026-02-03T10:00:00+02:00",
    }  # fmt: skip
    stranger = {
        **foreign,
        "id": str(uuid.uuid4()),
        "actor": {"mbox": "mailto:anna@example.com"},
        "verb": {"id": "https://other.example/verbs/danced"},
    }
    scene.tell(foreign, stranger)
    scene.pull()
    known, unknown = (scene.facts()[each["id"]] for each in (foreign, stranger))
    assert (known.actor, known.event, known.activity_id) == (
        str(scene.learners[2].person.pseudonym),
        "thread.created",
        None,
    )
    assert known.at == milliseconds(datetime(2026, 2, 3, 8, tzinfo=UTC))
    assert (unknown.event, unknown.verb) == (None, "https://other.example/verbs/danced")
    assert unknown.actor.startswith("other:")
    assert "anna" not in unknown.actor


def test_the_other_person_of_xapi_2(scene):
    told = scene.statement("post.replied", scene.learners[0], word_count=1, depth=1)
    agent = {"objectType": "Agent", **scene.account(scene.learners[1])}
    told["context"]["contextAgents"] = [
        {"objectType": "contextAgent", "agent": agent, "relevantTypes": [TARGET_ROLE.id]}
    ]
    assert read({**told, "stored": stamp(START)}).target.name == str(scene.learners[1].person.pseudonym)


def test_people_are_the_same_however_the_store_knows_them(scene):
    with scene.database.session(writes=True) as session:
        scene.endpoint.actor_mode = ActorMode.EMAIL_HASH
        session.merge(scene.endpoint)
        session.get_one(Person, scene.learners[0].person_id).email = "ann@example.com"
        session.commit()
    told = replies(scene, 1) * 3
    told = [{**each, "id": str(uuid.uuid4())} for each in told]
    told[1]["actor"] = {"mbox_sha1sum": hashed_address("ann@example.com")}
    told[2]["actor"] = {
        "account": {"homePage": scene.course.deployment.platform.issuer, "name": scene.learners[0].person.subject}
    }
    scene.tell(*told)
    scene.pull()
    assert {fact.actor for fact in scene.facts().values()} == {str(scene.learners[0].person.pseudonym)}


def erase(scene, member):
    with scene.database.session(writes=True) as session:
        erasure.erase_person(session, session.get_one(Person, member.person_id), holders=HOLDERS, now=utc_now())
        session.commit()


def test_who_is_erased_vanishes_at_once_and_does_not_come_back(scene):
    gone, other = scene.learners[:2]
    veiled = str(uuid.uuid5(gone.person.veil, f"actor {scene.place.id}"))
    theirs = [
        scene.statement("post.replied", gone, word_count=1, depth=1),
        scene.statement("post.replied", veiled, word_count=1, depth=1),
    ]
    to_them = scene.statement("post.replied", other, target=gone, word_count=1, depth=1)
    scene.tell(*theirs, to_them)
    scene.pull()
    assert len(scene.facts()) == 3
    erase(scene, gone)
    assert (list(scene.facts()), scene.facts()[to_them["id"]].target) == ([to_them["id"]], None)
    scene.pull(is_anew=True)
    assert (list(scene.facts()), scene.facts()[to_them["id"]].target) == ([to_them["id"]], None)


def test_what_we_sent_and_took_back_is_gone_before_the_store_hears_of_it(scene):
    gone = scene.learners[0]
    with scene.database.session(writes=True) as session:
        told = act(gone, scene.place, at=utc_now())
        scene.endpoint.actor_mode = ActorMode.INTEROPERABLE
        session.merge(scene.endpoint)
        services.record(session, told, by=gone, now=utc_now())
        session.commit()
    sent = scene.statement("post.replied", gone, id_=told.id)
    sent["actor"] = {"account": {"homePage": gone.course.deployment.platform.issuer, "name": gone.person.subject}}
    scene.tell(sent)
    with scene.database.session(writes=True) as session:
        from connector.delivery.models import Delivery, State

        session.query(Delivery).update({"state": State.DONE})
        session.commit()
    scene.pull()
    assert len(scene.facts()) == 1
    erase(scene, gone)
    scene.pull(is_anew=True)
    assert scene.facts() == {}


def test_a_store_that_forgets_the_question_is_filtered_here(scene):
    old = replies(scene, 5)
    scene.tell(*old)
    scene.pull()
    kept = scene.held()
    with scene.database.session(writes=True) as session:
        session.get_one(Source, scene.endpoint.id).cursor = utc_now() + timedelta(hours=1)
        session.get_one(Source, scene.endpoint.id).swept_at = utc_now()
        session.commit()
    fresh = {**replies(scene, 1)[0], "id": str(uuid.uuid4()), "stored": stamp(utc_now() + timedelta(hours=2))}
    answer = json.dumps({"statements": [fresh, *kept], "more": ""})
    scene.store.before = lambda _ids: (200, answer, {"Content-Type": "application/json"})
    progress = scene.pull()
    assert (progress.kept, progress.error) == (1, None)


def test_pages_without_end_end(scene):
    page = replies(scene, 3)
    for each in page:
        each["stored"] = stamp(START)
    count = iter(range(10_000))

    def forever(_ids):
        more = f"/xAPI/statements?page={next(count)}"
        return 200, json.dumps({"statements": page, "more": more}), {"Content-Type": "application/json"}

    scene.store.before = forever
    progress = scene.pull()
    assert "again and again" in progress.error
    assert progress.pages < 10
    assert len(scene.facts()) == 3


def test_newest_first_is_read_to_the_end_before_the_place_moves(scene):
    told = replies(scene, 6)
    now = utc_now().replace(microsecond=0)
    for number, each in enumerate(told):
        each["stored"] = stamp(now - timedelta(hours=number))

    def page(number):
        more = f"/xAPI/statements?page={number + 1}" if number < 2 else ""
        return 200, json.dumps({"statements": told[2 * number : 2 * number + 2], "more": more}), {}

    numbers = iter([0, 1, 0, 1, 2])
    scene.store.before = lambda _ids: page(next(numbers))
    assert not scene.pull(max_pages=1).is_finished
    assert scene.source().cursor is None
    assert scene.pull().is_finished
    assert scene.facts().keys() == ids(told)
    assert abs(scene.source().cursor - now) < timedelta(seconds=2)


def test_the_place_stays_behind_what_the_store_vouches_for_and_behind_now(scene):
    bound = utc_now().replace(microsecond=0) - timedelta(days=3)
    told = replies(scene, 1)[0] | {"stored": stamp(utc_now() + timedelta(days=400))}
    headers = {"X-Experience-API-Consistent-Through": stamp(bound)}
    scene.store.before = lambda _ids: (200, json.dumps({"statements": [told], "more": ""}), headers)
    scene.pull()
    assert scene.source().cursor == bound
    headers.clear()
    scene.pull()
    assert scene.source().cursor <= utc_now()


def test_it_asks_for_what_is_newer_with_some_overlap(scene):
    asked = []
    scene.tell(*replies(scene, 2))
    scene.pull()
    plain = scene.store.handle

    def handle(exchange):
        asked.append(dict(parse_qsl(exchange.ask.query)))
        plain(exchange)

    scene.store.handle = handle
    scene.pull()
    [query] = asked
    cursor = scene.source().cursor
    assert query["ascending"] == "true"
    assert query["since"] == stamp(cursor - timedelta(minutes=5))


def test_one_reads_at_a_time_and_who_died_is_replaced(scene):
    scene.tell(*replies(scene, 3))
    first_page = threading.Event()
    other = []
    scene.pull(on_page=lambda _progress: (first_page.set(), other.append(scene.pull())))
    assert (first_page.is_set(), other) == (True, [None])
    with scene.database.session(writes=True) as session:
        source = session.get_one(Source, scene.endpoint.id)
        source.lease_token, source.lease_until = uuid.uuid4(), utc_now() + timedelta(minutes=4)
        session.commit()
    assert scene.pull() is None
    assert scene.pull(clock=later(minutes=5)).is_finished


def test_a_store_is_due_at_first_and_then_every_few_minutes(scene):
    assert list_due(scene.database, now=utc_now()) == [scene.endpoint.id]
    scene.pull()
    assert list_due(scene.database, now=utc_now()) == []
    assert list_due(scene.database, now=utc_now() + timedelta(minutes=11)) == [scene.endpoint.id]


_TEXT = st.text("ab\0\ud800 é:/", max_size=6)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
KEYS = ("id", "actor", "verb", "object", "timestamp", "stored", "context", "result")


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(KEYS), JUNK))
def test_reading_is_total(junk):
    read(junk)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["actor", "verb", "object", "context", "result", "timestamp"]), JUNK, st.data())
def test_reading_is_total_deep_inside_too(part, junk, data):
    told = {
        "id": str(uuid.uuid4()), "stored": stamp(START), "timestamp": stamp(START),
        "actor": {"account": {"homePage": "https://a.example", "name": "x"}},
        "verb": {"id": "https://a.example/v"}, "object": {"id": "https://a.example/o", "definition": {"type": "https://a.example/t"}},
        "context": {"contextActivities": {"grouping": [], "parent": []}, "extensions": {EVENT.id: "post.replied", TARGET.id: {}}},
        "result": {"score": {"scaled": 1}, "duration": "PT1H", "extensions": {}},
    }  # fmt: skip
    where = told
    key = part
    while isinstance(where[key], dict) and where[key] and data.draw(st.booleans()):
        where, key = where[key], data.draw(st.sampled_from(sorted(where[key])))
    where[key] = junk
    read(told)


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("PT1H", 3600), ("PT60M", 3600), ("P1DT0.5S", 86400.5), ("P1W", 604800), ("PT12M3,25S", 723.25), ("soon", None), ("PT..S", None)],
)  # fmt: skip
def test_durations(duration, seconds):
    told = {
        "id": str(uuid.uuid4()), "timestamp": stamp(START), "actor": {"account": {"homePage": "https://a.example", "name": "x"}},
        "verb": {"id": "https://a.example/v"}, "object": {"id": "https://a.example/o"}, "result": {"duration": duration},
    }  # fmt: skip
    assert read(told).values["seconds"] == seconds


def test_the_first_answer_to_a_thread_goes_with_who_gave_it(scene):
    first, second, opener = scene.learners[:3]
    thread, hour = f"{scene.place.iri}/threads/1", timedelta(hours=1)
    early = scene.statement("post.replied", first, START + hour, parent=thread, word_count=1, depth=1)
    late = scene.statement("post.replied", second, START + 2 * hour, parent=thread, word_count=1, depth=1)
    opened = scene.statement("thread.created", opener, START, object_=thread, word_count=1)

    def answered_at():
        return scene.facts()[opened["id"]].answered_at

    scene.tell(early, late)
    scene.pull()
    scene.tell(opened)
    scene.pull()
    assert answered_at() == milliseconds(START + hour)
    erase(scene, first)
    assert answered_at() == milliseconds(START + 2 * hour)
    scene.tell(voiding(scene, late["id"]))
    scene.pull()
    assert answered_at() is None


def test_statements_that_are_odd_are_told_apart_or_counted_once(scene):
    by, other = scene.learners[:2]
    aimless = scene.statement("post.replied", by, word_count=1, depth=1)  # for nobody in particular
    unknown = scene.statement("post.replied", by, word_count=1, depth=1)
    unknown["verb"] = {"id": "https://other.example/verbs/waved"}
    del unknown["context"]["extensions"]
    ahead = scene.statement("post.replied", by, utc_now() + timedelta(days=400), target=other, word_count=1, depth=1)
    elsewhere = {**scene.statement("post.replied", by, target=other, word_count=1, depth=1)}
    elsewhere["actor"] = {
        "account": {"homePage": scene.course.deployment.platform.issuer, "name": by.person.subject}
    }  # another tool calls them as the LMS does
    told = [aimless, unknown, ahead, elsewhere]
    scene.tell(*told)
    held = scene.held()
    twice = json.dumps({"statements": [*held, *held], "more": ""})
    scene.store.before = lambda _ids: (200, twice, {"Content-Type": "application/json"})
    assert scene.pull().error is None
    facts = scene.facts()
    assert facts.keys() == ids(told)
    assert {fact.actor for fact in facts.values()} == {str(by.person.pseudonym)}
    assert (facts[aimless["id"]].target, facts[unknown["id"]].event) == (None, None)
    roster = Roster({str(each.person.pseudonym): each for each in scene.learners}, {})
    now = utc_now()
    scope = Scope(
        feed_id=scene.feed_id(),
        since=START.date(),
        until=max(now, START).date(),
        now=now,
        learners=roster.learners,
    )
    with scene.database.session(writes=False) as session:
        taking_part = measure(session, scope, roster, "participation").values
        helping = measure(session, scope, roster, "network").values
    # Neither what is to come nor a wave.
    assert (taking_part["contributions"], taking_part["active_learners"]) == (2, 1)
    assert helping["helpers"] == 1
