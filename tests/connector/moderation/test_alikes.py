"""Posts that are much alike are pointed out to those who lead the course, and to nobody else."""

from http import HTTPStatus

import pytest
from sqlalchemy import func, select

from connector.courses.models import Role
from connector.housekeeping import compare_posts
from connector.moderation import alikes
from connector.moderation.models import Alike, Fingerprint
from connector.threads.changing import edit_post
from connector.threads.models import Moderation, PostState, Rules
from tests import make
from tests.connector.threads import build

COPIED = (
    "In my first week I wrote down every question before I asked it, and found that half of them answered themselves "
    "while I was writing. The other half I brought to one colleague each day, always at the same time after lunch."
)
OTHER = (
    "We keep a list on the wall of what we tried and what came of it, so that whoever joins us later does not have to "
    "guess why things are done the way they are; once a quarter we throw away what nobody has looked at since."
)


@pytest.fixture
def thread(session, activity, trainer):
    return build.thread(session, activity=activity, author=trainer, title="Your first week", body="What did you learn?")


@pytest.fixture
def pair(session, thread, ana, bo):
    """Two replies, the later of which has most of the earlier."""
    first = build.reply(session, thread, author=ana, body=COPIED, after=1)
    second = build.reply(session, thread, author=bo, body=f"Hello all! {COPIED.upper()} That is it.", after=2)
    session.commit()
    return first, second


def found(session, now=make.NOW):
    alikes.compare_some(session, now=now)
    session.commit()
    pairs = session.execute(select(Alike.post_id, Alike.other_id).order_by(Alike.found_at)).all()
    session.commit()
    return [tuple(each) for each in pairs]


def test_the_later_of_two_is_much_like_the_earlier(session, pair):
    first, second = pair
    assert found(session) == [(second.id, first.id)]
    assert alikes.compare_some(session, now=make.NOW) == 0


def test_it_does_not_matter_which_of_the_two_is_compared_first(session, pair):
    first, second = pair
    assert found(session) == [(second.id, first.id)]
    session.execute(Alike.__table__.delete())
    first.version += 1
    session.commit()
    assert found(session) == [(second.id, first.id)]


def test_other_texts_are_not_alike(session, thread, ana, bo):
    build.reply(session, thread, author=ana, body=COPIED)
    build.reply(session, thread, author=bo, body=OTHER)
    assert found(session) == []


@pytest.mark.parametrize("quoted", ["> {}\n\nI think so too, and did the same.", "“{}” is what I like.", "`{}` so."])
def test_who_quotes_is_left_alone(session, thread, ana, bo, quoted):
    build.reply(session, thread, author=ana, body=COPIED)
    build.reply(session, thread, author=bo, body=quoted.format(COPIED))
    assert found(session) == []


def test_the_task_that_all_repeat_says_nothing(session, activity, thread, ana, bo):
    activity.prompt = COPIED
    for author in (ana, bo):
        build.reply(session, thread, author=author, body=f"{COPIED} {author.person.name} says so.")
    assert found(session) == []


def test_what_many_have_says_nothing(session, course, thread):
    for number in range(alikes.MOST_SHARING + 3):
        build.reply(
            session, thread, author=make.member(session, course=course), body=f"{number} {COPIED}", after=number
        )
    alikes.compare_some(session, now=make.NOW)
    last = session.scalars(select(Alike.post_id)).all()
    assert len(last) <= sum(range(alikes.MOST_SHARING))


def test_ones_own_words_and_those_of_trainers_are_left_out(session, thread, ana, trainer):
    build.reply(session, thread, author=ana, body=COPIED)
    build.reply(session, thread, author=ana, body=f"Again: {COPIED}", after=1)
    build.reply(session, thread, author=trainer, body=f"As Ana says: {COPIED}", after=2)
    assert found(session) == []


def test_whose_words_hidden_posts_are_is_not_told_by_silence(session, activity, thread, ana):
    session.add(Rules(activity_id=activity.id, allows_anonymous=True, moderation=Moderation.NONE))
    session.flush()
    named = build.reply(session, thread, author=ana, body=COPIED)
    hidden = build.reply(session, thread, author=ana, body=f"Again: {COPIED}", after=1, is_anonymous=True)
    assert found(session) == [(hidden.id, named.id)]


def test_other_courses_are_not_looked_into(session, thread, ana):
    build.reply(session, thread, author=ana, body=COPIED)
    elsewhere = make.activity(session)
    author = make.member(session, course=elsewhere.course)
    build.thread(session, activity=elsewhere, author=author, body=COPIED)
    assert found(session) == []


def test_who_changes_a_post_is_compared_again(session, thread, pair, bo):
    found(session)
    edit_post(session, pair[1], bo, OTHER, now=make.NOW)
    assert found(session) == []


def test_removed_posts_are_not_compared(session, pair):
    pair[0].state = PostState.REMOVED
    session.commit()
    assert found(session) == []


def test_the_worker_does_it(session, database, pair, clock):
    compare_posts(database, clock=clock)
    assert session.scalar(select(func.count()).select_from(Alike)) == 1


def test_fingerprints_are_few(session, thread, ana):
    body = " ".join(f"word{number}" for number in range(3000))
    build.reply(session, thread, author=ana, body=body)
    alikes.compare_some(session, now=make.NOW)
    assert session.scalar(select(func.count()).select_from(Fingerprint)) < 1000


def test_trainers_see_it_on_the_post_and_in_the_queue(session, activity, visiting, thread, pair, trainer):
    found(session)
    lead = visiting(trainer, activity)
    page = lead.get(f"/threads/{thread.id}").text
    assert page.count("Compare the two") == 1
    queue = lead.get("/moderation").text
    assert "Bo Dam: much like what Ana Holm wrote in “Your first week”" in queue
    (alike,) = session.scalars(select(Alike.id))
    session.commit()
    compared = lead.get(f"/alike/{alike}").text
    assert f"<mark>{COPIED[:20]}" in compared
    assert "<mark>IN MY FIRST WEEK" in compared
    assert "This says only that the words are the same" in compared
    assert "%" not in compared.partition("<main")[2]
    lead.post(f"/alike/{alike}/settle")
    assert "much like what" not in lead.get("/moderation").text
    assert "Compare the two" in lead.get(f"/threads/{thread.id}").text


@pytest.mark.parametrize("role", [Role.LEARNER, Role.OBSERVER, Role.EXPERT])
def test_nobody_else_sees_it(session, course, activity, visiting, thread, pair, role):
    other = make.member(session, course=course, role=role)
    found(session)
    (alike,) = session.scalars(select(Alike.id))
    visit = visiting(other, activity)
    assert "uch like" not in visit.get(f"/threads/{thread.id}").text
    assert visit.get(f"/alike/{alike}").status_code == HTTPStatus.NOT_FOUND
    assert visit.post(f"/alike/{alike}/settle").status_code == HTTPStatus.NOT_FOUND


def test_a_hint_about_a_hidden_post_names_nobody(session, activity, visiting, thread, ana, bo, trainer):
    session.add(Rules(activity_id=activity.id, allows_anonymous=True, moderation=Moderation.NONE))
    session.flush()
    build.reply(session, thread, author=ana, body=COPIED)
    build.reply(session, thread, author=bo, body=f"Again: {COPIED}", after=1, is_anonymous=True)
    found(session)
    lead = visiting(trainer, activity)
    (alike,) = session.scalars(select(Alike.id))
    session.commit()
    for path in (f"/threads/{thread.id}", "/moderation", f"/alike/{alike}"):
        page = lead.get(path).text
        assert ("Anonymous 1" in page, "Bo Dam" in page) == (True, False)


def test_many_pairs_ask_no_more_than_one(session, course, activity, visiting, thread, trainer, count_queries):
    lead, asked = visiting(trainer, activity), []
    for count in (1, 30):
        for number in range(count):
            posts = [
                build.reply(session, thread, author=make.member(session, course=course), body=f"{number} {part}")
                for part in "ab"
            ]
            session.add(Alike(post_id=posts[1].id, other_id=posts[0].id, found_at=make.NOW))
        session.commit()
        lead.get("/moderation")
        with count_queries() as queries:
            lead.get("/moderation")
        asked.append(len(queries))
    assert asked[0] == asked[1]
