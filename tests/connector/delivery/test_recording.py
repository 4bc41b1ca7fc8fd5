"""Who hears of what, and in which words."""

import json
import uuid
from collections import Counter
from hashlib import sha1

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from connector.activities.models import Activity
from connector.activities.statements import registration, setting, target
from connector.courses.models import Course, Membership, Recording, Role
from connector.delivery import services
from connector.delivery.models import PLAIN, ActorMode, Delivery, Endpoint, Message
from connector.delivery.services import EndpointError
from connector.platforms.models import Tenant
from tests import make
from tests.connector.delivery import build
from tests.connector.delivery.acts import EVENTS, act
from xapi import profile, schema
from xapi.statement import activity, statement
from xapi.vocabulary.activity_types import COURSE, DISCUSSION, FORUM_REPLY, FORUM_TOPIC
from xapi.vocabulary.events import POST_REPLIED, THREAD_CREATED, USER_MENTIONED
from xapi.vocabulary.extensions import ANONYMITY, TARGET
from xapi.vocabulary.verbs import REPLIED

EMAIL, NAME = "ana.holm@example.org", "Ana Holm"


@pytest.fixture
def ana(session):
    member = make.member(session, name=NAME)
    member.person.email = EMAIL
    return member


@pytest.fixture
def bo(session, ana):
    return make.member(session, course=ana.course, name="Bo Dam")


@pytest.fixture
def place(session, ana):
    return make.activity(session, course=ana.course)


@pytest.fixture
def endpoint(session, ana):
    """Return how to build an endpoint of the tenant."""
    return lambda **more: build.endpoint(session, ana.course.deployment.platform.tenant, **more)


def record(session, by, statement):
    services.record(session, statement, by=by, now=make.NOW)
    return statement


def heard(session, endpoint):
    """Return what waits for an endpoint, as it will be sent."""
    rows = select(Message.body).select_from(Delivery).join(Delivery.message).where(Delivery.endpoint_id == endpoint.id)
    return [json.loads(body) for body in session.scalars(rows.order_by(Delivery.id))]


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def pseudonym(member):
    home_page = f"{member.course.deployment.platform.tenant.iri}/actors"
    return {"account": {"homePage": home_page, "name": str(member.person.pseudonym)}}


def account(member):
    return {"account": {"homePage": member.course.deployment.platform.issuer, "name": member.person.subject}}


def hashed(email):
    return {"mbox_sha1sum": sha1(f"mailto:{email}".encode(), usedforsecurity=False).hexdigest()}


def as_agent(identity):
    return {"objectType": "Agent", **identity}


# --- renderings -------------------------------------------------------------------------------------------------------
def test_bytes_are_stored_once_for_each_rendering_under_one_id(session, ana, bo, place, endpoint):
    wanted = [("1.0.3", ActorMode.PSEUDONYMOUS)] * 3 + [
        ("1.0.3", ActorMode.INTEROPERABLE),
        ("2.0.0", ActorMode.PSEUDONYMOUS),
    ] * 2
    made = [endpoint(version=version, actor_mode=mode) for version, mode in wanted]
    told = record(session, ana, act(ana, place, target=bo))
    stored = session.execute(select(Message.id, Message.rendering)).all()
    assert Counter(stored) == Counter(
        [(told.id, PLAIN), (told.id, "1.0.3/interoperable"), (told.id, "2.0.0/pseudonymous")]
    )
    assert [len(heard(session, one)) for one in made] == [1] * 7


def test_an_interoperable_store_knows_people_by_issuer_and_subject(session, ana, bo, place, endpoint):
    one = endpoint(actor_mode=ActorMode.INTEROPERABLE)
    record(session, ana, act(ana, place, target=bo))
    [told] = heard(session, one)
    assert told["actor"] == as_agent(account(ana))
    assert told["context"]["extensions"][TARGET.id] == account(bo)
    assert profile.check(told) is POST_REPLIED


def test_an_email_is_told_as_a_hash_and_only_where_there_is_one(session, ana, bo, place, endpoint):
    one = endpoint(actor_mode=ActorMode.EMAIL_HASH)
    record(session, ana, act(ana, place, target=bo))
    record(session, bo, act(bo, place, target=ana))
    [by_ana, by_bo] = heard(session, one)
    assert (by_ana["actor"], by_ana["context"]["extensions"][TARGET.id]) == (as_agent(hashed(EMAIL)), pseudonym(bo))
    assert (by_bo["actor"], by_bo["context"]["extensions"][TARGET.id]) == (as_agent(pseudonym(bo)), hashed(EMAIL))


@pytest.mark.parametrize("mode", ActorMode)
def test_a_store_of_version_2_gets_the_target_as_a_context_agent_too(session, ana, bo, place, endpoint, mode):
    one = endpoint(version="2.0.0", actor_mode=mode)
    record(session, bo, act(bo, place, target=ana))
    [told] = heard(session, one)
    schema.validate(told, version="2.0.0")
    [agent] = told["context"]["contextAgents"]
    assert agent["agent"] == as_agent(told["context"]["extensions"][TARGET.id])


def test_the_statement_that_was_given_stays_as_it_was(session, ana, bo, place, endpoint):
    endpoint(version="2.0.0", actor_mode=ActorMode.INTEROPERABLE)
    told = act(ana, place, target=bo)
    before = told.to_json()
    record(session, ana, told)
    assert told.to_json() == before


@pytest.mark.parametrize("modes", [[ActorMode.PSEUDONYMOUS], [*ActorMode]])
def test_recording_costs_three_queries_whatever_the_modes(session, ana, bo, place, endpoint, count_queries, modes):
    for mode in modes:
        endpoint(actor_mode=mode, include_events=[POST_REPLIED.key])
    told = act(ana, place, target=bo)
    session.commit()
    session.expire_all()
    ana.role  # noqa: B018 -- loads the member, as every view has
    with count_queries() as queries:
        record(session, ana, told)
    assert len(queries) == 3


# --- who hears of what ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("include", "exclude", "is_heard"),
    [
        (None, None, True),
        ([POST_REPLIED.key], None, True),
        ([REPLIED.id], None, True),
        ([FORUM_REPLY.id], None, True),
        ([FORUM_TOPIC.id], None, True),
        ([THREAD_CREATED.key], None, False),
        ([], None, False),
        (None, [POST_REPLIED.key], False),
        (None, [THREAD_CREATED.key], True),
        ([POST_REPLIED.key], [REPLIED.id], False),
    ],
)
def test_an_endpoint_hears_of_what_it_is_to_hear_of(session, ana, bo, place, endpoint, include, exclude, is_heard):
    one = endpoint(include_events=include, exclude_events=exclude)
    record(session, ana, act(ana, place, target=bo))
    assert len(heard(session, one)) == is_heard


def test_an_endpoint_can_be_for_one_activity(session, ana, place, endpoint):
    other = make.activity(session, course=ana.course)
    one = endpoint(include_events=[place.iri])
    told = record(session, ana, act(ana, place))
    record(session, ana, act(ana, other))
    assert [told["id"] for told in heard(session, one)] == [str(told.id)]


@pytest.mark.parametrize("word", ["post.eaten", "", "no iri"])
def test_an_endpoint_cannot_be_for_what_there_is_not(session, ana, word):
    values = {"name": "LRS", "url": "https://lrs.example", "username": "kring", "password": "secret", "now": make.NOW}
    tenant = ana.course.deployment.platform.tenant
    for name in ("include_events", "exclude_events"):
        with pytest.raises(EndpointError):
            services.add_endpoint(session, tenant, build.SETTINGS, **values, **{name: [word]})


def test_an_endpoint_cannot_be_for_anothers_course(session, ana):
    values = {"name": "LRS", "url": "https://lrs.example", "username": "kring", "password": "secret", "now": make.NOW}
    course, strange = ana.course, make.course(session)
    own, other = course.deployment.platform, strange.deployment.platform
    for scope in (
        {"platform": other},
        {"course": strange},
        {"platform": make.platform(session, tenant=own.tenant), "course": course},
    ):
        with pytest.raises(EndpointError):
            services.add_endpoint(session, own.tenant, build.SETTINGS, **values, **scope)
    made = services.add_endpoint(session, own.tenant, build.SETTINGS, **values, platform=own, course=course)
    assert (made.platform, made.course) == (own, course)


# --- who is not told of -----------------------------------------------------------------------------------------------
def test_a_target_who_is_not_recorded_is_left_out(session, ana, bo, place, endpoint):
    one = endpoint(version="2.0.0", actor_mode=ActorMode.INTEROPERABLE)
    bo.person.is_recorded = False
    record(session, ana, act(ana, place, target=bo))
    [told] = heard(session, one)
    assert TARGET.id not in told["context"]["extensions"]
    assert "contextAgents" not in told["context"]
    assert session.scalars(select(Message.target_id)).one() is None
    assert profile.check(told) is POST_REPLIED


def test_what_is_all_about_a_target_who_is_not_recorded_is_not_told(session, ana, bo, place, endpoint):
    endpoint()
    bo.person.is_recorded = False
    record(session, ana, act(ana, place, event=USER_MENTIONED, target=bo))
    assert count(session, Message) == 0


# --- blinded activities -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("anonymity", ["single-blind", "double-blind"])
def test_in_a_blinded_activity_neither_side_can_be_found(session, ana, bo, place, endpoint, anonymity):
    """Whatever a store knows of the two from elsewhere: nothing of it is in what they tell here."""
    made = [endpoint(version=version, actor_mode=mode) for version in ("1.0.3", "2.0.0") for mode in ActorMode]
    bo.person.email = "bo@example.org"
    for by, other in ((ana, bo), (bo, ana)):
        veiled = statement(
            id_=uuid.uuid4(),
            event=POST_REPLIED,
            object_=activity(f"{place.iri}/replies/1", FORUM_REPLY),
            timestamp=make.NOW,
            extensions={ANONYMITY: anonymity},
            target=target(other, anonymity=anonymity),
            parent=activity(place.iri, FORUM_TOPIC),
            **setting(by, place, DISCUSSION, anonymity=anonymity),
        )
        record(session, by, veiled)
    identities = set()
    for member in (ana, bo):
        person = member.person
        traces = (person.pseudonym, registration(member), person.id, member.id)
        identities |= {str(trace) for trace in traces} | {person.subject, person.email, person.name, str(person.veil)}
        identities |= set(hashed(person.email).values())
    for one in made:
        [by_ana, by_bo] = heard(session, one)
        text = json.dumps([by_ana, by_bo])
        assert not [identity for identity in identities if identity in text]
        assert "language" not in by_ana["context"]
        assert by_ana["actor"] != by_bo["actor"]
        assert by_ana["context"]["registration"] != by_bo["context"]["registration"]


def test_a_veil_is_the_same_all_through_an_activity_and_another_one_elsewhere(session, ana, place):
    def names(place):
        found = setting(ana, place, COURSE, anonymity="double-blind")
        return found["actor"].account.name, found["registration"]

    other = make.activity(session, course=ana.course)
    assert names(place) == names(place)
    assert not {*names(place)} & {*names(other)}


def test_in_an_open_activity_the_target_is_told(bo):
    assert target(bo).account.name == str(bo.person.pseudonym)


# --- all of it at once ------------------------------------------------------------------------------------------------
WORDS = st.lists(
    st.sampled_from([*(event.key for event in EVENTS), *(event.verb.id for event in EVENTS), FORUM_TOPIC.id, "place"]),
    max_size=3,
    unique=True,
)
ENDPOINT = st.fixed_dictionaries(
    {
        "version": st.sampled_from(["1.0.3", "2.0.0"]),
        "actor_mode": st.sampled_from(ActorMode),
        "include_events": st.none() | WORDS,
        "exclude_events": st.none() | WORDS,
        "is_active": st.sampled_from([True, True, True, False]),
        "tenant": st.sampled_from([0, 0, 0, 1]),
        "scope": st.sampled_from(["tenant", "platform", "course"]),
        "of": st.integers(0, 3),
    }
)
ACT = st.fixed_dictionaries(
    {
        "course": st.integers(0, 3),
        "by": st.integers(0, 2),
        "target": st.none() | st.integers(0, 2),
        "event": st.sampled_from(EVENTS),
    }
)
SECRETS = ("Holm", "@example.org", "Share how you work")


class World:
    """Two tenants; the first has two LMSs, one of them with two courses."""

    def __init__(self, session):
        tenants = [make.tenant(session) for _ in range(2)]
        platforms = [make.platform(session, tenant=tenant) for tenant in (tenants[0], tenants[0], tenants[1])]
        deployments = [make.deployment(session, platform=platform) for platform in platforms]
        courses = [make.course(session, deployment=deployments[number]) for number in (0, 0, 1, 2)]
        self.tenants = [tenant.id for tenant in tenants]
        self.courses = [course.id for course in courses]
        self.places = [make.activity(session, course=course).id for course in courses]
        roles = (Role.LEARNER, Role.TRAINER, Role.TEST_STUDENT)
        self.members = [
            [make.member(session, course=course, role=role, name="Ana Holm") for role in roles] for course in courses
        ]
        for course_members in self.members:
            course_members[0].person.email = f"{uuid.uuid4()}@example.org"
        self.members = [[member.id for member in members] for members in self.members]
        session.commit()


def add(session, world, drawn):
    """Build an endpoint as drawn, and return it with what it is to hear of in the words of the naive model."""
    tenant = session.get(Tenant, world.tenants[drawn["tenant"]])
    course = session.get(Course, world.courses[drawn["of"]])
    scope = {"platform": {"platform_id": course.deployment.platform_id}, "course": {"course_id": course.id}}
    values = {name: drawn[name] for name in ("version", "actor_mode", "is_active", "include_events", "exclude_events")}
    for name in ("include_events", "exclude_events"):
        place = session.get(Activity, world.places[drawn["of"]])
        if values[name] is not None:
            values[name] = [place.iri if word == "place" else word for word in values[name]]
    return build.endpoint(session, tenant, **values, **scope.get(drawn["scope"], {}))


def is_to_hear(endpoint, act, by, place, event):
    platform = by.course.deployment.platform
    words = {event.key, event.verb.id, place.iri, f"{place.iri}/parent", event.object_type.id}
    words |= {event.parent_type.id} if event.parent_type else set()
    return (
        endpoint.is_active
        and by.role is not Role.TEST_STUDENT
        and by.person.is_recorded
        and by.course.recording is not Recording.OFF
        and endpoint.tenant_id == platform.tenant_id
        and endpoint.platform_id in {None, platform.id}
        and endpoint.course_id in {None, by.course_id}
        and (endpoint.include_events is None or any(word in words for word in endpoint.include_events))
        and not any(word in words for word in endpoint.exclude_events or [])
    )


def told_as(endpoint, member):
    mode = endpoint.actor_mode
    if member.course.recording is Recording.PSEUDONYMOUS or mode is ActorMode.PSEUDONYMOUS:
        return pseudonym(member)
    if mode is ActorMode.INTEROPERABLE:
        return account(member)
    return hashed(member.person.email) if member.person.email else pseudonym(member)


def check(session, endpoints, acts):
    """Compare what is stored with what the naive model says."""
    for endpoint in endpoints:
        expected = []
        for told, by, other, place, event in acts:
            if not is_to_hear(endpoint, told, by, place, event):
                continue
            if other is not None and not other.person.is_recorded:
                if event is USER_MENTIONED:
                    continue
                other = None  # noqa: PLW2901 -- nobody is told of who does not want it
            named = told_as(endpoint, other) if other else None
            expected.append((str(told.id), as_agent(told_as(endpoint, by)), named))
        found = heard(session, endpoint)
        extensions = [told["context"]["extensions"] for told in found]
        assert [
            (told["id"], told["actor"], extension.get(TARGET.id))
            for told, extension in zip(found, extensions, strict=True)
        ] == expected
        for told in found:
            schema.validate(told, version=endpoint.version)
            has_agents = "contextAgents" in told["context"]
            assert has_agents == (endpoint.version == "2.0.0" and TARGET.id in told["context"]["extensions"])
            if "mbox_sha1sum" not in json.dumps(told):
                profile.check(told)


def test_each_endpoint_gets_exactly_what_a_naive_model_says(database):
    with database.session(writes=True) as session:
        world = World(session)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        drawn=st.lists(ENDPOINT, min_size=1, max_size=5),
        recordings=st.lists(st.sampled_from(Recording), min_size=4, max_size=4),
        silent=st.sets(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=4),
        acts=st.lists(ACT, min_size=1, max_size=8),
    )
    def hold(drawn, recordings, silent, acts):
        with database.session(writes=True) as session:
            for id_, recording in zip(world.courses, recordings, strict=True):
                session.get(Course, id_).recording = recording
            for course, number in silent:
                session.get(Membership, world.members[course][number]).person.is_recorded = False
            endpoints = [add(session, world, one) for one in drawn]
            done = []
            for one in acts:
                members = [session.get(Membership, id_) for id_ in world.members[one["course"]]]
                by, place = members[one["by"]], session.get(Activity, world.places[one["course"]])
                needs_target = one["event"] is USER_MENTIONED
                takes_target = needs_target or one["event"] is POST_REPLIED
                number = 0 if needs_target and one["target"] is None else one["target"]
                other = members[number] if takes_target and number is not None else None
                told = record(session, by, act(by, place, event=one["event"], target=other))
                done.append((told, by, other, place, one["event"]))
            check(session, endpoints, done)
            bodies = b" ".join(session.scalars(select(Message.body))).decode()
            assert not [secret for secret in SECRETS if secret in bodies]
            renderings = {
                endpoint.id: (endpoint.version, endpoint.actor_mode) for endpoint in session.scalars(select(Endpoint))
            }
            stored = Counter(session.scalars(select(Message.id)))
            assert all(number <= len(set(renderings.values())) for number in stored.values())
            assert count(session, Message) == len(
                session.execute(select(Delivery.message_id, Delivery.rendering).distinct()).all()
            )
            session.rollback()

    hold()
