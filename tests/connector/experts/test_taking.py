"""What a copied course takes over: topics without people, and people who are in both, one by one."""

import pytest
from sqlalchemy import select

from connector.activities.models import CourseCopy
from connector.courses.models import Membership, Role
from connector.experts import services, wording
from connector.experts.models import Claim, Expert, Standing, Topic, TopicWord
from tests import make
from tests.connector.experts.test_directory import confirm

pytestmark = pytest.mark.usefixtures("translated", "activity")


@pytest.fixture
def next_year(session, course):
    copied = make.course(session, deployment=course.deployment, title="Next year")
    make.activity(session, course=copied)
    told = CourseCopy(
        deployment=course.deployment,
        context_id=copied.context_id,
        origin_context_ids=[course.context_id],
        choice=None,
        created_at=make.NOW,
    )
    session.add(told)
    return copied


@pytest.fixture
def join(session, next_year):
    def join(member, role=Role.LEARNER):
        row = Membership(course=next_year, person=member.person, role=role, created_at=make.NOW, seen_at=make.NOW)
        session.add(row)
        session.flush()
        return row

    return join


@pytest.fixture
def enter(session, visiting, next_year):
    def enter(member):
        place = session.scalars(select(make.Activity).where(make.Activity.course_id == next_year.id)).one()
        visit = visiting(member, place)
        path = f"/s/{visit.sid}/experts"
        visit.get("")

        def post(where, **form):
            return visit.client.post(path + where, data={"csrf_token": visit.token, **form})

        return (lambda where="": visit.client.get(path + where)), post

    return enter


def topics_of(session, member):
    rows = session.scalars(select(Topic).where(Topic.member_id == member.id).order_by(Topic.tag))
    return [(each.tag, each.claim) for each in rows]


def test_topics_come_without_people_and_people_by_a_click_each(
    session, course, ana, bo, trainer, join, enter, next_year
):
    confirm(session, bo, trainer)
    confirm(session, ana, trainer, "travel")
    services.declare(session, bo, ["salary"], now=make.NOW)
    services.appoint(session, bo, Standing.MENTOR)
    wording.name_topic(session, trainer, "filing", ["arkivering"])
    again, stranger = join(bo), join(make.member(session, course=course, name="Cy Far"))
    leads = join(trainer, Role.TRAINER)
    address = f"/copy/{again.id}"
    get, post = enter(leads)
    assert "An earlier course has topics" in get().text
    page = get("/copy").text
    assert [
        "also called arkivering" in page,
        'Confirm here too<span class="visually-hidden">: Bo Dam</span>' in page,
    ] == [True, True]
    assert ["Ana Holm" in page, "Cy Far" in page, "salary" in page] == [False, False, False]
    assert post("/copy", tag=["filing"]).status_code == 303
    session.expire_all()
    rows = session.scalars(select(TopicWord).where(TopicWord.course_id == next_year.id).order_by(TopicWord.word))
    assert [(each.tag, each.word) for each in rows] == [("filing", "arkivering"), ("filing", "filing")]
    assert topics_of(session, again) == []
    session.rollback()  # lets others write
    assert [post(address).status_code, post(address).status_code] == [303, 404]
    session.expire_all()
    assert topics_of(session, again) == [("filing", Claim.CONFIRMED)]
    assert session.get_one(Expert, again.id).standing is Standing.MENTOR
    assert session.get_one(Topic, (again.id, "filing")).decided_by_id == leads.id
    unknown = f"/copy/{stranger.id}"
    session.rollback()
    assert post(unknown).status_code == 404
    assert "Bo Dam" not in get("/copy").text


def test_what_was_declined_here_is_not_offered_again(session, bo, trainer, join, enter):
    confirm(session, bo, trainer)
    again, leads = join(bo), join(trainer, Role.TRAINER)
    services.declare(session, again, ["filing"], now=make.NOW)
    topic = services.get_topic(session, leads, again.id, "filing")
    services.decide(session, topic, leads, is_confirmed=False, now=make.NOW)
    get, _ = enter(leads)
    assert "Bo Dam" not in get("/copy").text


def test_who_leads_one_of_both_courses_sees_nothing_of_the_other(session, next_year, bo, trainer, join, enter):
    confirm(session, bo, trainer)
    again = join(bo)
    other = make.member(session, course=next_year, role=Role.TRAINER, name="Only Here")
    led_as_learner = join(trainer)
    address = f"/copy/{again.id}"
    for member in (other, led_as_learner, again):
        get, post = enter(member)
        assert "An earlier course" not in get().text
        assert [get("/copy").status_code, post("/copy", tag="filing").status_code] == [404, 404]
        assert post(address).status_code == 404
