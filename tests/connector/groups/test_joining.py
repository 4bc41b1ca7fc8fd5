import threading

import pytest
from sqlalchemy import select

from connector.courses.models import GroupSet, Joining, Membership, Role
from connector.groups import joining, services
from connector.groups.building import make_set
from connector.groups.models import GroupWish
from connector.groups.reading import list_sign_ups
from connector.web.errors import AppError, ConflictError, InvalidInputError, NotFoundError
from tests import make
from tests.connector.groups import build
from tests.make import NOW


@pytest.fixture
def sign_up(session, trainer):
    """Return how to make a set with two groups to sign up for."""
    return lambda **how: make_set(session, trainer, "Choose", 2, **({"joining": Joining.OPEN} | how), now=NOW)


def wishes(session):
    return session.scalars(select(GroupWish)).all()


def test_joining_and_changing_and_leaving(session, learner, sign_up, told):
    group_set = sign_up()
    first, second = build.groups_of_set(session, group_set)
    assert joining.join(session, learner, first.id, now=NOW) is True
    assert joining.join(session, learner, first.id, now=NOW) is True
    assert joining.join(session, learner, second.id, now=NOW) is True
    assert (build.inside(session, first), build.inside(session, second)) == (set(), {learner.id})
    joining.leave(session, learner, group_set.id, now=NOW)
    joining.leave(session, learner, group_set.id, now=NOW)
    assert build.inside(session, second) == set()
    assert [event for event, _ in told()] == ["joined", "joined", "left", "left"]


def test_a_full_group_takes_nobody_but_who_has_left_the_course_takes_no_place(session, course, learner, sign_up):
    first, _ = build.groups_of_set(session, sign_up(capacity=1))
    early = make.member(session, course=course)
    joining.join(session, early, first.id, now=NOW)
    with pytest.raises(ConflictError) as refused:
        joining.join(session, learner, first.id, now=NOW)
    assert refused.value.code == "group_full"
    early.is_active = False
    session.flush()
    assert joining.join(session, learner, first.id, now=NOW) is True


def test_where_it_takes_an_agreement(session, trainer, learner, sign_up):
    group_set = sign_up(joining=Joining.ASKED, capacity=1)
    first, second = build.groups_of_set(session, group_set)
    assert joining.join(session, learner, first.id, now=NOW) is False
    assert joining.join(session, learner, second.id, now=NOW) is False
    (wish,) = joining.list_wishes(session, group_set)
    assert (wish.group, build.inside(session, second)) == (second, set())
    joining.decide(session, trainer, group_set.id, wish.id, agrees=True, now=NOW)
    joining.decide(session, trainer, group_set.id, wish.id, agrees=True, now=NOW)
    assert (build.inside(session, second), wishes(session)) == ({learner.id}, [])


def test_a_wish_is_declined_or_taken_back(session, trainer, learner, sign_up):
    group_set = sign_up(joining=Joining.ASKED)
    first, _ = build.groups_of_set(session, group_set)
    joining.join(session, learner, first.id, now=NOW)
    joining.decide(session, trainer, group_set.id, wishes(session)[0].id, agrees=False, now=NOW)
    assert (build.inside(session, first), wishes(session)) == (set(), [])
    joining.join(session, learner, first.id, now=NOW)
    joining.leave(session, learner, group_set.id, now=NOW)
    assert wishes(session) == []


def test_agreeing_does_not_overfill(session, course, trainer, sign_up):
    group_set = sign_up(joining=Joining.ASKED, capacity=1)
    first, _ = build.groups_of_set(session, group_set)
    for member in build.learners(session, course, 2):
        joining.join(session, member, first.id, now=NOW)
    one, other = [wish.id for wish in joining.list_wishes(session, group_set)]
    joining.decide(session, trainer, group_set.id, one, agrees=True, now=NOW)
    with pytest.raises(ConflictError):
        joining.decide(session, trainer, group_set.id, other, agrees=True, now=NOW)
    assert (len(build.inside(session, first)), len(wishes(session))) == (1, 1)


def test_who_has_left_the_course_is_not_let_in(session, trainer, learner, sign_up):
    group_set = sign_up(joining=Joining.ASKED)
    first, _ = build.groups_of_set(session, group_set)
    joining.join(session, learner, first.id, now=NOW)
    learner.is_active = False
    session.flush()
    assert joining.list_wishes(session, group_set) == []
    joining.decide(session, trainer, group_set.id, wishes(session)[0].id, agrees=True, now=NOW)
    assert build.inside(session, first) == set()


def test_learners_begin_groups_where_they_may(session, course, trainer, learner, sign_up):
    group_set = sign_up(may_start=True)
    assert joining.begin(session, learner, group_set.id, "Ours", now=NOW) is True
    (ours,) = [group for group in build.groups_of_set(session, group_set) if group.name == "Ours"]
    assert build.inside(session, ours) == {learner.id}
    with pytest.raises(InvalidInputError):
        joining.begin(session, make.member(session, course=course), group_set.id, "ours", now=NOW)
    services.set_sign_up(session, trainer, group_set.id, joining=Joining.OPEN, capacity=None, may_start=False)
    with pytest.raises(NotFoundError):
        joining.begin(session, learner, group_set.id, "More", now=NOW)


def test_learners_ask_to_begin_a_group(session, trainer, learner, sign_up):
    group_set = sign_up(joining=Joining.ASKED, may_start=True)
    assert joining.begin(session, learner, group_set.id, "Ours", now=NOW) is False
    assert len(build.groups_of_set(session, group_set)) == 2
    joining.decide(session, trainer, group_set.id, wishes(session)[0].id, agrees=True, now=NOW)
    (ours,) = [group for group in build.groups_of_set(session, group_set) if group.name == "Ours"]
    assert build.inside(session, ours) == {learner.id}


def test_a_group_is_begun_once_only_by_that_name(session, trainer, learner, sign_up):
    group_set = sign_up(joining=Joining.ASKED, may_start=True)
    joining.begin(session, learner, group_set.id, "Ours", now=NOW)
    services.add_group(session, group_set, "Ours")
    with pytest.raises(InvalidInputError):
        joining.decide(session, trainer, group_set.id, wishes(session)[0].id, agrees=True, now=NOW)


def test_nobody_signs_up_where_that_is_over(session, trainer, learner, sign_up):
    group_set = sign_up()
    first, second = build.groups_of_set(session, group_set)
    joining.join(session, learner, first.id, now=NOW)
    services.set_sign_up(session, trainer, group_set.id, joining=Joining.PLACED, capacity=None, may_start=True)
    for act in (
        lambda: joining.join(session, learner, second.id, now=NOW),
        lambda: joining.leave(session, learner, group_set.id, now=NOW),
        lambda: joining.begin(session, learner, group_set.id, "Ours", now=NOW),
    ):
        with pytest.raises(ConflictError) as refused:
            act()
        assert refused.value.code == "sign_up_closed"
    assert (build.inside(session, first), list_sign_ups(session, learner)) == ({learner.id}, ())


def test_nobody_signs_up_for_what_is_dissolved(session, trainer, learner, sign_up):
    group_set = sign_up()
    first, second = build.groups_of_set(session, group_set)
    services.dissolve_group(session, trainer, first.id, now=NOW)
    with pytest.raises(ConflictError) as refused:
        joining.join(session, learner, first.id, now=NOW)
    assert refused.value.code == "group_dissolved"
    services.dissolve_set(session, trainer, group_set.id, now=NOW)
    with pytest.raises(ConflictError):
        joining.join(session, learner, second.id, now=NOW)


@pytest.mark.parametrize("role", [Role.TRAINER, Role.ASSISTANT, Role.OBSERVER])
def test_who_leads_and_who_looks_on_do_not_sign_up(session, course, sign_up, role):
    first, _ = build.groups_of_set(session, sign_up())
    with pytest.raises(NotFoundError):
        joining.join(session, make.member(session, course=course, role=role), first.id, now=NOW)


def test_groups_of_the_lms_and_of_other_courses_take_nobody(session, course, learner, sign_up):
    first, _ = build.groups_of_set(session, sign_up())
    lms = build.lms_set(session, course)["Team 1"]
    for member, group in ((make.member(session), first), (learner, lms)):
        with pytest.raises(NotFoundError):
            joining.join(session, member, group.id, now=NOW)


def together(*acts):
    """Run some acts at the same moment, and return the codes of those that were refused."""
    barrier, refused = threading.Barrier(len(acts)), []

    def run(act):
        barrier.wait()
        try:
            act()
        except AppError as error:
            refused.append(error.code)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(refused)


def in_own_session(database, app, act):
    """Return an act that a request of its own does: in a session and a context, committed at the end."""

    def run():
        with app.app_context(), database.session(writes=True) as session:
            act(session)
            session.commit()

    return run


def test_a_rush_for_the_last_places(session, database, translated, course, sign_up):
    group_set = sign_up(capacity=3)
    groups = build.groups_of_set(session, group_set)
    people = build.learners(session, course, 10)
    session.commit()

    def wants(member, group):
        return lambda own: joining.join(own, own.get(Membership, member.id), group.id, now=NOW)

    acts = [wants(member, groups[number % 2]) for number, member in enumerate(people)]
    refused = together(*(in_own_session(database, translated, act) for act in acts))
    session.expire_all()
    assert refused == ["group_full"] * 4
    assert [len(build.inside(session, group)) for group in groups] == [3, 3]


def test_one_person_who_clicks_everywhere_at_once_is_in_one_group(
    session, database, translated, course, learner, sign_up
):
    groups = build.groups_of_set(session, sign_up())
    session.commit()

    def wants(group):
        return lambda own: joining.join(own, own.get(Membership, learner.id), group.id, now=NOW)

    assert together(*(in_own_session(database, translated, wants(groups[number % 2])) for number in range(6))) == []
    session.expire_all()
    assert sum(len(build.inside(session, group)) for group in groups) == 1


def test_a_group_that_dissolves_while_people_sign_up(session, database, translated, course, trainer, sign_up):
    """Whoever was first: who got in is told to have left with the group, who came later was refused."""
    group_set = sign_up()
    first, _ = build.groups_of_set(session, group_set)
    people = build.learners(session, course, 5)
    session.commit()

    def wants(member):
        return lambda own: joining.join(own, own.get(Membership, member.id), first.id, now=NOW)

    def dissolve(own):
        services.dissolve_group(own, own.get(Membership, trainer.id), first.id, now=NOW)

    acts = [wants(member) for member in people[:2]] + [dissolve] + [wants(member) for member in people[2:]]
    refused = together(*(in_own_session(database, translated, act) for act in acts))
    session.expire_all()
    session.refresh(first)
    assert first.is_active is False
    assert refused == ["group_dissolved"] * (5 - len(build.inside(session, first)))


def test_two_agree_to_the_last_place_at_once(session, database, translated, course, trainer, sign_up):
    group_set = sign_up(joining=Joining.ASKED, capacity=1)
    first, _ = build.groups_of_set(session, group_set)
    for member in build.learners(session, course, 4):
        joining.join(session, member, first.id, now=NOW)
    ids = [wish.id for wish in joining.list_wishes(session, group_set)]
    session.commit()

    def agree(wish_id):
        return lambda own: joining.decide(
            own, own.get(Membership, trainer.id), group_set.id, wish_id, agrees=True, now=NOW
        )

    refused = together(*(in_own_session(database, translated, agree(wish_id)) for wish_id in ids))
    session.expire_all()
    assert (refused, len(build.inside(session, first))) == (["group_full"] * 3, 1)


def test_two_begin_the_same_group_at_once(session, database, translated, course, sign_up):
    group_set = sign_up(may_start=True)
    people = build.learners(session, course, 4)
    session.commit()

    def begin(member, name):
        return lambda own: joining.begin(own, own.get(Membership, member.id), group_set.id, name, now=NOW)

    acts = [begin(member, name) for member, name in zip(people, ["Ours", "ours", "OURS", "Ours "], strict=True)]
    assert together(*(in_own_session(database, translated, act) for act in acts)) == ["invalid_input"] * 3
    session.expire_all()
    assert session.get(GroupSet, group_set.id) is not None
    assert len(build.groups_of_set(session, group_set)) == 3
