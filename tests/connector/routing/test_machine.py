"""Whatever people do, and in whatever order: every question has an owner who is here, and ends when it is solved."""

import random
import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import flask
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from connector.calendars.services import change_calendar
from connector.courses.models import Membership, Role
from connector.db import stored
from connector.experts.models import Expert
from connector.routing import services
from connector.routing.models import OPEN_STATES, Case, Refusal, Request, State, Wave
from connector.routing.waves import release
from connector.threads.models import PostState
from connector.web import i18n
from connector.web.errors import ConflictError, NotFoundError
from tests import make
from tests.connector.routing import build
from tests.connector.threads import build as threads

ROLES = [Role.TRAINER, Role.ASSISTANT, Role.EXPERT, Role.EXPERT, Role.EXPERT, *[Role.LEARNER] * 4]
people = st.integers(0, len(ROLES) - 1)
questions = st.integers(0, 2)
OFFICE = [[(9 * 60, 12 * 60), (13 * 60, 17 * 60)]] * 5 + [[], []]


class Routing(RuleBasedStateMachine):
    """Three questions of a course of nine, over weeks with a jump of the clock."""

    database = None
    chance = None

    @initialize(roles=st.permutations(ROLES), size=st.integers(1, len(ROLES)))
    def begin(self, roles, size):
        self.chance.seed(1)
        self.session = self.database.session(writes=True)
        self.app = flask.Flask(__name__)
        i18n.init_app(self.app)
        self.context = self.app.app_context()
        self.context.push()
        self.course = make.course(self.session)
        zone = ZoneInfo("Europe/Copenhagen")
        change_calendar(
            self.session, self.course.deployment.platform.tenant_id, zone=zone, country="DK", week=OFFICE, holidays={}
        )
        self.activity = make.activity(self.session, course=self.course)
        self.asker = self.member(Role.LEARNER, 0)
        self.people = [self.member(role, number) for number, role in enumerate(roles[:size], start=1)]
        self.now = make.NOW + timedelta(days=24)  # the clock goes forward on the next Sunday
        self.threads = []
        for number in range(3):
            self.threads.append(
                build.question(
                    self.session,
                    activity=self.activity,
                    author=self.asker,
                    title=f"Number {number}?",
                    after=self.minutes(),
                )
            )

    def member(self, role, number):
        """Build a member whose id is the same in every run: it decides between equals."""
        person = make.person(self.session, platform=self.course.deployment.platform)
        row = Membership(
            id=uuid.UUID(int=number + 1),
            course=self.course,
            person=person,
            role=role,
            created_at=make.NOW,
            seen_at=make.NOW,
        )
        self.session.add(row)
        self.session.flush()
        return row

    def minutes(self):
        return (self.now - make.NOW).total_seconds() / 60

    def person(self, number):
        return self.people[number % len(self.people)]

    def attempt(self, do, *args, **more):
        with self.session.begin_nested() as nested:
            try:
                do(self.session, *args, now=self.now, **more)
            except (ConflictError, NotFoundError):
                nested.rollback()

    @rule(which=questions, who=people)
    def claim(self, which, who):
        member = self.person(who)
        if member.is_active:
            self.attempt(services.claim, self.threads[which], member)

    @rule(which=questions, who=people, why=st.sampled_from(Refusal))
    def decline(self, which, who, why):
        self.attempt(services.decline, self.threads[which], self.person(who), why)

    @rule(which=questions, who=people, to=people)
    def pass_on(self, which, who, to):
        self.attempt(services.pass_on, self.threads[which], self.person(who), self.person(to).id)

    @rule(which=questions, who=people, to=people)
    def suggest(self, which, who, to):
        self.attempt(services.suggest, self.threads[which], self.person(who), self.person(to).id)

    @rule(which=questions, who=people)
    def answer(self, which, who):
        thread, member = self.threads[which], self.person(who)
        stands = thread.merged_into_id is None and thread.opening.state is PostState.VISIBLE
        if stands and member.is_active:
            post = threads.reply(self.session, thread, author=member, after=self.minutes())
            services.answered(self.session, thread, post, now=self.now)

    @rule(who=people)
    def leave(self, who):
        self.person(who).is_active = False
        self.session.flush()
        self.tick()  # as soon as the worker comes by

    @rule(who=people)
    def come_back(self, who):
        self.person(who).is_active = True
        self.session.flush()
        self.tick()

    @rule(who=people, days=st.integers(0, 20))
    def go_away(self, who, days):
        member = self.person(who)
        row = stored(
            self.session, select(Expert).where(Expert.member_id == member.id), lambda: Expert(member_id=member.id)
        )
        row.away_until = self.now + timedelta(days=days)
        self.session.flush()
        release(self.session, member, now=self.now)

    @rule(which=questions)
    def pause(self, which):
        services.pause(self.session, self.threads[which], now=self.now)

    @rule(which=questions)
    def resume(self, which):
        services.resume(self.session, self.threads[which], now=self.now)

    @rule(which=questions)
    def resolve(self, which):
        services.resolved(self.session, self.threads[which], now=self.now)

    @rule(which=questions)
    def reopen(self, which):
        thread = self.threads[which]
        if thread.merged_into_id is None and thread.closed_at is None and thread.opening.state is PostState.VISIBLE:
            services.reopened(self.session, thread, now=self.now)

    @rule(which=questions, into=questions, tells=st.booleans())
    def merge(self, which, into, tells):
        thread, target = self.threads[which], self.threads[into]
        if which == into or thread.merged_into_id or target.merged_into_id:
            return
        thread.merged_into_id = target.id
        self.session.flush()
        if tells:
            services.merged(self.session, thread, target, now=self.now)
        self.tick()

    @rule(which=questions)
    def withdraw(self, which):
        self.threads[which].opening.state = PostState.WITHDRAWN
        self.session.flush()
        self.tick()

    @rule(hours=st.floats(0.1, 100))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)
        self.tick()

    @precondition(lambda self: self.people)
    @rule()
    def tick(self):
        build.tick(self.session, self.now)
        assert build.tick(self.session, self.now) == 0, "what is done is not done again"

    def cases(self):
        if not hasattr(self, "threads"):
            return []
        self.session.flush()
        return list(self.session.scalars(select(Case)))

    @invariant()
    def somebody_who_is_here_owns_each_question(self):
        for case in self.cases():
            if case.resolved_at is not None:
                continue
            owner = case.owner
            leaders = [each for each in self.people if each.is_active and each.is_staff]
            assert owner.is_active
            assert owner.id != self.asker.id or not leaders

    @invariant()
    def who_has_taken_it_on_owns_it(self):
        for case in self.cases():
            claims = [each for each in self.requests(case) if each.state is State.CLAIMED and each.member.is_active]
            if case.resolved_at is None and claims:
                assert case.owner_id == max(claims, key=lambda each: each.at).member_id

    @invariant()
    def nothing_is_forgotten(self):
        for case in self.cases():
            is_running = case.resolved_at is None and not case.is_paused
            if is_running and case.answered_at is None and case.wave < Wave.STANDBY:
                assert case.due_at is not None
            if case.resolved_at is not None or case.is_paused:
                assert case.due_at is None

    @invariant()
    def of_a_solved_question_nobody_is_expected_to_answer(self):
        for case in self.cases():
            if case.resolved_at is not None:
                assert not [each for each in self.requests(case) if each.state in OPEN_STATES]

    @invariant()
    def the_asker_is_never_asked(self):
        for case in self.cases():
            assert self.asker.id not in {each.member_id for each in self.requests(case)}

    def requests(self, case):
        return self.session.scalars(select(Request).where(Request.thread_id == case.thread_id)).all()

    def teardown(self):
        if hasattr(self, "session"):
            self.context.pop()
            self.session.rollback()
            self.session.close()


@pytest.mark.timeout(300)
def test_every_question_has_an_owner_whatever_happens(database, monkeypatch):
    chance = random.Random(1)  # noqa: S311 -- threads are seen to in the order of their ids, which must not be another in each run
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=chance.getrandbits(128), version=4))
    machine = type("Machine", (Routing,), {"database": database, "chance": chance})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
