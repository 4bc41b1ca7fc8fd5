"""`kring lrs add`: which courses an LRS hears of, of which events, and by what it knows people."""

import uuid

import pytest
from sqlalchemy import select

from connector.delivery.models import ActorMode, Endpoint
from tests import make

ADD = ("lrs", "add", "--name", "Store", "--url", "https://lrs.example/xapi", "--username", "kring", "--password", "x")


@pytest.fixture
def course(session):
    """A course of the tenant that an installation's first command would make."""
    made = make.course(session)
    session.commit()
    return made


@pytest.fixture
def added(session):
    def added():
        session.expire_all()
        return session.scalars(select(Endpoint)).one()

    return added


def test_by_itself_an_lrs_hears_of_everything_and_knows_random_numbers(kring, course, added):
    assert kring(*ADD).exit_code == 0
    row = added()
    assert (row.platform_id, row.course_id, row.include_events, row.exclude_events) == (None, None, None, None)
    assert (row.version, row.actor_mode) == ("1.0.3", ActorMode.PSEUDONYMOUS)


def test_an_lrs_hears_only_of_one_lms_or_one_course(kring, course, added):
    platform = course.deployment.platform
    assert kring(*ADD, "--platform", str(platform.id), "--course", str(course.id)).exit_code == 0
    row = added()
    assert (row.platform_id, row.course_id) == (platform.id, course.id)


def test_an_lrs_hears_of_some_events_and_never_of_others(kring, course, added):
    verb = "http://id.tincanapi.com/verb/viewed"
    assert kring(*ADD, "--only", "post.replied", "--only", verb, "--never", "thread.viewed").exit_code == 0
    assert (added().include_events, added().exclude_events) == (["post.replied", verb], ["thread.viewed"])


def test_an_lrs_knows_people_by_what_was_chosen(kring, course, added):
    assert kring(*ADD, "--people", "email-hash", "--version", "2.0.0").exit_code == 0
    assert (added().actor_mode, added().version) == (ActorMode.EMAIL_HASH, "2.0.0")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--platform", str(uuid.UUID(int=7))), "there is no platform"),
        (("--course", str(uuid.UUID(int=7))), "there is no course"),
        (("--only", "post.shouted"), "there is no such event"),
        (("--people", "name"), "is not one of"),
    ],
)
def test_what_cannot_be_is_said(kring, course, session, words, says):
    said = kring(*ADD, *words)
    assert (said.exit_code != 0, says in said.output) == (True, True)
    assert session.scalars(select(Endpoint)).all() == []
