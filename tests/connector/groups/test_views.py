import hmac
import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.activities.models import GroupMode
from connector.courses.models import Group, GroupSet, Joining, Role
from connector.groups import joining, services
from connector.groups.building import make_set
from connector.groups.placing import place
from tests import make
from tests.connector.groups import build
from tests.make import NOW

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Pages:
    """The pages about groups, as one member sees them; what the test holds is committed before each request."""

    def __init__(self, session, visit, activity):
        self.session, self.visit = session, visit
        self.path = f"/s/{visit.sid}/activities/{activity.id}/groups"
        secret = visit.client.application.extensions["kring"].settings.secret_key
        self.token = hmac.new(secret.encode(), f"csrf {visit.sid}".encode(), "sha256").hexdigest()

    def get(self, path=""):
        self.session.commit()
        return self.visit.client.get(self.path + path)

    def post(self, path, **form):
        self.session.commit()
        answer = self.visit.client.post(self.path + path, data={"csrf_token": self.token, **form})
        self.session.expire_all()
        return answer

    def follow(self, answer):
        self.session.commit()
        return self.visit.client.get(answer.location)


@pytest.fixture(autouse=True)
def translated():
    """Pages bring a context of their own."""


@pytest.fixture
def open_pages(session, visiting, activity):
    return lambda member: Pages(session, visiting(member, activity), activity)


@pytest.fixture
def own_set(session, trainer, app):
    """Return how to make a set here, with two groups."""

    def make_own(**how):
        with app.test_request_context():
            return make_set(session, trainer, "Study groups", 2, **how, now=NOW)

    return make_own


def test_an_empty_course_says_how_to_begin(open_pages, trainer):
    page = open_pages(trainer).get()
    assert (page.status_code, "This course has no groups yet." in page.text) == (200, True)


def test_people_lead_to_the_groups(visiting, activity, trainer):
    found = visiting(trainer, activity)
    page = found.client.get(f"/s/{found.sid}/activities/{activity.id}/people").text
    assert f"/s/{found.sid}/activities/{activity.id}/groups" in page


@pytest.mark.parametrize(
    ("way", "form"),
    [
        ("hand", {"number": 3}),
        ("random", {"number": 3, "unit": "count", "roles": "learner"}),
        ("random", {"number": 2, "unit": "size", "roles": "learner"}),
        ("mixed", {"number": 3, "unit": "count", "roles": ["learner", "trainer"], "traits": ["role", "seen"]}),
        ("sign-up", {"number": 3, "joining": "asked", "capacity": 4, "may_start": "1"}),
    ],
)
def test_each_way_makes_groups(session, course, open_pages, trainer, way, form):
    build.learners(session, course, 6)
    pages = open_pages(trainer)
    assert pages.get(f"/new/{way}").status_code == 200
    key = str(uuid.uuid4())
    first = pages.post(f"/new/{way}", name="Crews", idempotency_key=key, **form)
    again = pages.post(f"/new/{way}", name="Crews", idempotency_key=key, **form)
    assert (first.status_code, first.location) == (303, again.location)
    page = pages.follow(first).text
    assert ("3 groups" in page, "The groups are there." in page) == (True, True)
    assert len(session.scalars(select(GroupSet)).all()) == 1


def test_the_lmss_groups_are_copied(session, course, open_pages, trainer, learner):
    teams = build.lms_set(session, course)
    build.put(session, teams["Team 1"], learner)
    pages = open_pages(trainer)
    page = pages.get(f"/sets/{teams['Team 1'].set_id}").text
    assert ("Copy to change them" in page, "Ana Sørensen" in page, "Dissolve" in page) == (True, True, False)
    made = pages.post("/new/copy", name="Ours", source=str(teams["Team 1"].set_id))
    assert "Ana Sørensen" in pages.follow(made).text


@pytest.mark.parametrize(
    ("way", "form", "field"),
    [
        ("hand", {"name": "", "number": 3}, "name"),
        ("hand", {"name": "x", "number": 0}, "number"),
        ("hand", {"name": "x", "number": "many"}, "number"),
        ("hand", {"name": "x", "number": "9" * 5000}, "number"),
        ("hand", {"name": "x", "number": 1001}, "number"),
        ("hand", {"name": "x" * 201, "number": 1}, "name"),
        ("random", {"name": "x", "number": 2, "roles": "king"}, "roles"),
        ("random", {"name": "x", "number": 2, "unit": "bag"}, "unit"),
        ("random", {"name": "x", "number": -2, "unit": "size", "roles": "learner"}, "roles"),
        ("mixed", {"name": "x", "number": 2, "roles": "learner"}, "traits"),
        ("sign-up", {"name": "x", "number": 2, "joining": "open", "capacity": 0}, "capacity"),
        ("sign-up", {"name": "x", "number": 2, "joining": "maybe"}, "joining"),
        ("copy", {"name": "x", "source": ""}, "source"),
        ("copy", {"name": "x", "source": "nonsense"}, "source"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(session, open_pages, trainer, way, form, field):
    page = open_pages(trainer).post(f"/new/{way}", **form)
    assert (page.status_code, f'id="{field}-error"' in page.text) == (422, True)
    assert session.scalars(select(GroupSet)).all() == []


def test_no_such_way(open_pages, trainer):
    assert open_pages(trainer).get("/new/magic").status_code == 404


def test_a_copy_of_another_courses_set_is_not_found(session, open_pages, trainer):
    theirs = build.lms_set(session, make.course(session))["Team 1"]
    assert open_pages(trainer).post("/new/copy", name="x", source=str(theirs.set_id)).status_code == 404


def test_names_cannot_turn_their_neighbours_around(session, course, open_pages, trainer):
    build.lms_set(session, course, "\u202eevil", ["\u202eTeam"])
    pages = open_pages(trainer)
    pages.post("/new/hand", name="\u202eSet\u202c", number=1)
    assert {row.name for row in session.scalars(select(GroupSet))} == {"\u202eevil", "Set"}
    assert "<bdi>\u202eevil</bdi>" in pages.get().text


def test_markup_in_names_is_text(session, open_pages, trainer, own_set):
    group_set = own_set()
    pages = open_pages(trainer)
    pages.post(f"/sets/{group_set.id}/name", name="<script>alert(1)</script>")
    page = pages.get(f"/sets/{group_set.id}").text
    assert ("<script>alert" in page, "&lt;script&gt;alert" in page) == (False, True)


def test_people_are_moved_by_ticking_them(session, course, open_pages, trainer, own_set):
    group_set = own_set()
    first, second = build.groups_of_set(session, group_set)
    people = build.learners(session, course, 3)
    pages = open_pages(trainer)
    assert "3 learners are in no group" in pages.get(f"/sets/{group_set.id}").text
    assert people[0].person.name in pages.get(f"/sets/{group_set.id}/rest").text
    ids = [str(member.id) for member in people]
    pages.post(f"/sets/{group_set.id}/people", members=ids, to=str(first.id))
    assert build.inside(session, first) == {member.id for member in people}
    moved = pages.post(f"/sets/{group_set.id}/people?from={first.id}", members=ids[:1], to=str(second.id))
    assert "Moved." in pages.follow(moved).text
    assert (build.inside(session, first), build.inside(session, second)) == (
        {people[1].id, people[2].id},
        {people[0].id},
    )
    pages.post(f"/sets/{group_set.id}/people?from={first.id}", members=ids[1:2], to="")
    assert "1 learner is in no group" in pages.get(f"/sets/{group_set.id}").text
    pages.post(f"/sets/{group_set.id}/deal-rest")
    assert "in no group" not in pages.get(f"/sets/{group_set.id}").text


def test_moving_nobody_or_nonsense(session, course, open_pages, trainer, own_set):
    group_set = own_set()
    first, _ = build.groups_of_set(session, group_set)
    other = build.lms_set(session, course)["Team 1"]
    pages = open_pages(trainer)

    def move(**form):
        return pages.post(f"/sets/{group_set.id}/people", **form).status_code

    answers = [
        move(to=str(first.id)),
        move(members=str(uuid.uuid4()), to=str(first.id)),
        move(members="nonsense", to=str(first.id)),
        move(members=str(trainer.id), to=str(other.id)),
        move(members=str(trainer.id), to=str(uuid.uuid4())),
    ]
    assert (answers, build.inside(session, first)) == ([303, 303, 422, 404, 404], set())


def test_a_dissolved_group_takes_nobody(session, course, open_pages, trainer, learner, own_set):
    group_set = own_set()
    first, _ = build.groups_of_set(session, group_set)
    pages = open_pages(trainer)
    pages.post(f"/{first.id}/dissolve")
    answer = pages.post(f"/sets/{group_set.id}/people", members=str(learner.id), to=str(first.id))
    assert (answer.status_code, build.inside(session, first)) == (409, set())
    assert "1 dissolved group" in pages.get(f"/sets/{group_set.id}").text
    assert pages.get(f"/{first.id}").status_code == 200
    back = pages.post(f"/{first.id}/restore")
    assert "It is back." in pages.follow(back).text


def test_a_set_is_changed_on_its_page(session, open_pages, trainer, own_set):
    group_set = own_set()
    pages = open_pages(trainer)
    pages.post(f"/sets/{group_set.id}/groups", name="Third")
    twice = pages.post(f"/sets/{group_set.id}/groups", name="third")
    assert (twice.status_code, "There is a group of this name already." in twice.text) == (422, True)
    pages.post(f"/sets/{group_set.id}/sign-up", joining="asked", capacity="5", may_start="1")
    wrong = pages.post(f"/sets/{group_set.id}/sign-up", joining="open", capacity="-5")
    assert (wrong.status_code, group_set.joining, group_set.capacity) == (422, Joining.ASKED, 5)
    pages.post(f"/sets/{group_set.id}/name", name="Crews")
    empty = pages.post(f"/sets/{group_set.id}/name", name=" ")
    assert (empty.status_code, 'id="set-name-error"' in empty.text) == (422, True)
    assert "Crews" in pages.get().text
    gone = pages.post(f"/sets/{group_set.id}/dissolve")
    assert ("This set was dissolved." in pages.follow(gone).text, "1 dissolved set" in pages.get().text) == (True, True)
    pages.post(f"/sets/{group_set.id}/restore")
    assert group_set.is_active is True


def test_a_group_is_renamed_on_its_page(session, open_pages, trainer, own_set):
    first, second = build.groups_of_set(session, own_set())
    pages = open_pages(trainer)
    taken = pages.post(f"/{first.id}/name", name=second.name)
    pages.post(f"/{first.id}/name", name="Mine")
    assert (taken.status_code, "Mine" in pages.get(f"/{first.id}").text) == (422, True)


def test_learners_see_their_groups_and_who_is_in_them(session, course, open_pages, activity, learner, own_set):
    group_set = own_set()
    first, second = build.groups_of_set(session, group_set)
    friend, stranger = (
        make.member(session, course=course, name="Bo"),
        make.member(session, course=course, name="Zoë Far"),
    )
    place(session, group_set, {learner: first, friend: first, stranger: second}, now=NOW)
    activity.group_mode = GroupMode.SEPARATE
    page = open_pages(learner).get().text
    assert ("Bo" in page, "Zoë Far" in page, "Group 1" in page, "Group 2" in page) == (True, False, True, False)
    assert "Counts in this activity" in page


def test_learners_find_the_groups_in_the_bar_where_they_count(open_pages, activity, learner, session):
    pages = open_pages(learner)
    without = pages.visit.get().text
    activity.group_mode = GroupMode.VISIBLE
    session.commit()
    assert (pages.path in without, pages.path in pages.visit.get().text) == (False, True)


def test_learners_sign_up(session, course, open_pages, learner, own_set):
    group_set = own_set(joining=Joining.OPEN, capacity=1)
    first, second = build.groups_of_set(session, group_set)
    place(session, group_set, {make.member(session, course=course): second}, now=NOW)
    pages = open_pages(learner)
    page = pages.get().text
    assert (f"/{first.id}/join" in page, f"/{second.id}/join" in page, "Full" in page) == (True, False, True)
    full = pages.post(f"/{second.id}/join")
    assert (full.status_code, "This group is full." in full.text) == (409, True)
    assert "You are in." in pages.follow(pages.post(f"/{first.id}/join")).text
    assert "You have left the group." in pages.follow(pages.post(f"/sets/{group_set.id}/leave")).text


def test_learners_ask_and_the_trainer_agrees(session, open_pages, trainer, learner, own_set):
    group_set = own_set(joining=Joining.ASKED, may_start=True)
    first, _ = build.groups_of_set(session, group_set)
    theirs, leads = open_pages(learner), open_pages(trainer)
    assert "Your trainer is asked." in theirs.follow(theirs.post(f"/{first.id}/join")).text
    assert "1 wish" in leads.get().text
    (wish,) = joining.list_wishes(session, group_set)
    assert "They ask for a group" in leads.get(f"/sets/{group_set.id}").text
    theirs.post(f"/sets/{group_set.id}/begin", name="Ours")
    assert "You asked to begin" in theirs.get().text
    assert "You have taken it back." in theirs.follow(theirs.post(f"/sets/{group_set.id}/withdraw")).text
    assert joining.list_wishes(session, group_set) == []
    theirs.post(f"/sets/{group_set.id}/begin", name="Ours")
    (wish,) = joining.list_wishes(session, group_set)
    leads.post(f"/sets/{group_set.id}/wishes/{wish.id}", agrees="1")
    assert "You are in" in theirs.get().text
    ours = session.scalars(select(Group).where(Group.name == "Ours")).one()
    assert build.inside(session, ours) == {learner.id}


def test_learners_begin_a_group_with_a_name(session, open_pages, learner, own_set):
    group_set = own_set(joining=Joining.OPEN, may_start=True)
    pages = open_pages(learner)
    for name in ("", "\u200b", "group 1", "x" * 201):
        answer = pages.post(f"/sets/{group_set.id}/begin", name=name)
        assert (answer.status_code, f'id="name-{group_set.id}-error"' in answer.text) == (422, True)
    assert pages.post(f"/sets/{group_set.id}/begin", name="Ours").status_code == 303


def test_sign_up_that_closed_meanwhile(session, open_pages, trainer, learner, own_set):
    group_set = own_set(joining=Joining.OPEN)
    first, second = build.groups_of_set(session, group_set)
    pages = open_pages(learner)
    services.dissolve_group(session, trainer, first.id, now=NOW + timedelta(seconds=1))
    session.commit()
    gone = pages.post(f"/{first.id}/join")
    assert (gone.status_code, "was dissolved in the meantime" in gone.text) == (409, True)
    group_set.joining = Joining.PLACED
    session.commit()
    assert pages.post(f"/{second.id}/join").status_code == 409


def staff_pages(group_set, group):
    gets = ["/new", "/new/random", f"/sets/{group_set.id}", f"/sets/{group_set.id}/rest", f"/{group.id}"]
    posts = [
        "/new/hand",
        *(f"/sets/{group_set.id}/{each}" for each in ("name", "sign-up", "groups", "deal-rest", "dissolve", "restore")),
        f"/sets/{group_set.id}/people",
        f"/sets/{group_set.id}/wishes/{uuid.uuid4()}",
        *(f"/{group.id}/{each}" for each in ("name", "dissolve", "restore")),
    ]
    return gets, posts


@pytest.mark.parametrize("role", [Role.LEARNER, Role.OBSERVER, Role.EXPERT, Role.TEST_STUDENT])
def test_pages_of_who_leads_are_not_found_by_others(session, course, open_pages, own_set, role):
    group_set = own_set()
    gets, posts = staff_pages(group_set, build.groups_of_set(session, group_set)[0])
    pages = open_pages(make.member(session, course=course, role=role))
    answers = [pages.get(path).status_code for path in gets]
    answers += [pages.post(path, name="x", number="1", agrees="1").status_code for path in posts]
    assert set(answers) == {404}


def test_another_courses_groups_are_not_found(session, visiting, own_set):
    group_set = own_set(joining=Joining.OPEN)
    group = build.groups_of_set(session, group_set)[0]
    gets, posts = staff_pages(group_set, group)
    for role in (Role.TRAINER, Role.LEARNER):
        other = make.activity(session)
        pages = Pages(session, visiting(make.member(session, course=other.course, role=role), other), other)
        paths = [path for path in posts if not path.startswith("/new")] + [f"/{group.id}/join"]
        answers = [pages.get(path).status_code for path in gets if not path.startswith("/new")]
        answers += [pages.post(path, name="x", joining="open", agrees="1").status_code for path in paths]
        assert set(answers) == {404}


def test_many_people_come_in_pages(session, course, open_pages, trainer, own_set):
    group_set = own_set()
    first, _ = build.groups_of_set(session, group_set)
    build.put(session, first, *build.learners(session, course, 120))
    pages = open_pages(trainer)
    shown = [pages.get(f"/{first.id}?page={number}").text.count('name="members"') for number in (1, 2, 3, 9, -1)]
    assert shown == [50, 50, 20, 20, 50]


def test_queries_do_not_grow_with_groups_and_people(
    session, course, open_pages, trainer, learner, own_set, count_queries
):
    group_set = own_set(joining=Joining.ASKED)
    leads, theirs = open_pages(trainer), open_pages(learner)

    def cost():
        with count_queries() as asked:
            leads.get()
            leads.get(f"/sets/{group_set.id}")
            theirs.get()
        return len(asked)

    few = cost()
    for number in range(12):
        teams = build.lms_set(session, course, f"Set {number}")
        build.put(session, teams["Team 1"], learner, *build.learners(session, course, 5))
    for number in range(10):
        services.add_group(session, group_set, f"More {number}")
    first, *_ = build.groups_of_set(session, group_set)
    for member in build.learners(session, course, 4):
        joining.join(session, member, first.id, now=NOW)
    session.commit()
    assert cost() == few


def test_the_settings_say_what_groups_mean(session, course, visiting, activity, trainer):
    teams = build.lms_set(session, course)
    found = visiting(trainer, activity)
    address = f"/s/{found.sid}/activities/{activity.id}/settings"
    page = found.client.get(address).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]

    def save(**form):
        session.commit()
        answer = found.client.post(address, data={"csrf_token": token, "zone": "UTC", **form})
        session.expire_all()
        return answer.status_code, activity.group_mode, activity.group_set_id

    set_id = teams["Team 1"].set_id
    assert "Teams" in page
    assert save(group_mode="separate", group_set=str(set_id)) == (303, GroupMode.SEPARATE, set_id)
    assert save() == (303, GroupMode.SEPARATE, set_id)
    foreign = build.lms_set(session, make.course(session))["Team 1"].set_id
    session.commit()
    for wrong in (
        {"group_mode": "king"},
        {"group_mode": "none", "group_set": "x"},
        {"group_mode": "none", "group_set": str(foreign)},
    ):
        assert save(**wrong) == (422, GroupMode.SEPARATE, set_id)
    teams["Team 1"].set.is_active = False
    session.commit()
    assert "Teams (dissolved)" in found.client.get(address).text
    assert save(group_mode="visible", group_set=str(set_id)) == (303, GroupMode.VISIBLE, set_id)
    assert save(group_mode="none", group_set="") == (303, GroupMode.NONE, None)
