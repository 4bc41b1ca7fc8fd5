"""`kring people`: an operator forgets somebody."""

import uuid

import pytest

from connector.content.drafts import save_draft
from connector.content.models import Draft
from connector.courses.models import Group, GroupMember, Membership, Person
from connector.delivery.services import record
from tests import make
from tests.connector.delivery import build
from tests.connector.delivery.acts import act
from tests.connector.delivery.conftest import environ, kring
from xapi.vocabulary.events import THREAD_CREATED

__all__ = ["environ", "kring"]


@pytest.fixture
def ana(session):
    member = make.member(session, name="Ana Holm")
    build.endpoint(session, member.course.deployment.platform.tenant)
    place = make.activity(session, course=member.course)
    record(session, act(member, place, event=THREAD_CREATED), by=member, now=make.NOW)
    group = Group(course_id=member.course_id, lms_id="7", name="Blue")
    session.add(group)
    session.flush()
    session.add(GroupMember(group_id=group.id, membership_id=member.id))
    save_draft(session, member, "reply 7", {"body": "I never said this."}, base=0, now=make.NOW)
    session.commit()
    return member


def test_somebody_is_erased_by_their_number(kring, session, ana):
    said = kring("people", "erase", str(ana.person_id), "--yes")
    assert said.exit_code == 0
    assert "1 were on their way and are not sent, of which 0 may have arrived" in said.output
    session.expire_all()
    assert session.get(Person, ana.person_id).name is None
    assert [session.query(model).count() for model in (GroupMember, Draft)] == [0, 0]
    assert not session.get(Membership, ana.id).is_active


def test_somebody_is_erased_by_what_the_lms_calls_them(kring, session, ana):
    platform = ana.person.platform
    assert (
        kring("people", "erase", "--issuer", platform.issuer, "--subject", ana.person.subject, "--yes").exit_code == 0
    )
    session.expire_all()
    assert session.get(Person, ana.person_id).erased_at is not None


def test_nobody_is_erased_without_a_yes(kring, session, ana):
    assert kring("people", "erase", str(ana.person_id)).exit_code == 1
    session.expire_all()
    assert session.get(Person, ana.person_id).name == "Ana Holm"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([str(uuid.UUID(int=7)), "--yes"], "there is nobody with the number"),
        (["--issuer", "https://nowhere.example", "--subject", "7", "--yes"], "has told us of nobody"),
        (["--issuer", "https://nowhere.example", "--yes"], "say who"),
        (["--yes"], "say who"),
    ],
)
def test_who_is_not_known_is_named(kring, ana, words, says):
    said = kring("people", "erase", *words)
    assert (said.exit_code != 0, says in said.output) == (True, True)


def test_an_erasure_is_found_again_and_says_nothing_of_whom(kring, ana):
    kring("people", "erase", str(ana.person_id), "--yes")
    [line] = kring("people", "erasures").output.splitlines()
    said = kring("people", "receipt", line.split()[0]).output
    assert "0 taken back, 0 to go, 0 refused" in said
    assert "Ana" not in said + line
    assert kring("people", "receipt", str(uuid.UUID(int=7))).exit_code == 1
