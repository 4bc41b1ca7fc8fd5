import json
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from connector.courses.models import Role
from connector.delivery.models import Message
from connector.holders import HOLDERS
from connector.notifications.models import Level, Notice, Scope
from connector.notifications.services import set_level
from connector.reactions import privacy, services
from connector.reactions.models import Bookmark, Reaction, Sign
from connector.reactions.reading import list_saved, list_thanks, tallies
from connector.reactions.telling import tell
from connector.threads.models import Mute, PostState, Rules, ThreadKind
from connector.web.errors import ConflictError, NotFoundError
from tests import make
from tests.connector.threads import build


@pytest.fixture
def thread(session, activity, ana):
    return build.thread(session, activity=activity, author=ana, title="Filing", body="By date.")


@pytest.fixture
def answer(session, activity, ana, bo):
    asked = build.thread(session, activity=activity, author=ana, title="Filing?", kind=ThreadKind.QUESTION)
    return build.reply(session, asked, author=bo, body="By date.")


@pytest.fixture
def expert(session, course):
    return make.member(session, course=course, role=Role.EXPERT, name="Ingrid Vos")


def react(session, post, by, sign=Sign.HELPFUL, after=0):
    return services.react(session, post, by, sign, now=make.NOW + timedelta(minutes=after))


def thank(session, post, by, reason="The template saved me a day.", after=0):
    return services.thank(session, post, by, reason, now=make.NOW + timedelta(minutes=after))


def told(session):
    return [json.loads(body) for body in session.scalars(select(Message.body).order_by(Message.created_at))]


def notices(session, member, what):
    return session.scalars(select(Notice).where(Notice.member_id == member.id, Notice.what == what)).all()


def tally(session, reader, post):
    return tallies(session, reader, [post.id])[post.id]


def test_a_reaction_counts_once(session, thread, bo, trainer):
    first = react(session, thread.opening, bo)
    assert react(session, thread.opening, bo) is first
    react(session, thread.opening, trainer)
    react(session, thread.opening, bo, Sign.ME_TOO)
    found = tally(session, bo, thread.opening)
    assert found.counts == {Sign.HELPFUL: 2, Sign.ME_TOO: 1}
    assert found.own == {Sign.HELPFUL, Sign.ME_TOO}
    assert tally(session, trainer, thread.opening).own == {Sign.HELPFUL}


def test_a_reaction_is_told_with_its_word_and_whom_it_was_for(session, endpoint, thread, ana, bo):
    react(session, thread.opening, bo, Sign.ME_TOO, after=1)
    services.take_back(session, thread.opening, bo, Sign.ME_TOO, now=make.NOW + timedelta(minutes=2))
    *_, done, undone = told(session)
    extensions = done["context"]["extensions"]
    assert [value for key, value in extensions.items() if key.endswith("/reaction")] == ["me-too"]
    assert str(ana.person.pseudonym) in json.dumps(extensions)
    assert undone["object"] == done["object"]
    assert [each["verb"]["id"].rpartition("/")[2] for each in (done, undone)] == ["like", "unlike"]


def test_somebody_may_change_their_mind_within_a_moment(session, endpoint, thread, bo):
    for _time in range(2):
        react(session, thread.opening, bo)
        services.take_back(session, thread.opening, bo, Sign.HELPFUL, now=make.NOW)
    services.take_back(session, thread.opening, bo, Sign.HELPFUL, now=make.NOW)
    assert tallies(session, bo, [thread.opening.id]) == {}
    assert len({each["id"] for each in told(session)}) == 5


def test_nobody_reacts_to_what_they_wrote_themselves(session, thread, ana):
    for act in (react, thank):
        with pytest.raises(NotFoundError):
            act(session, thread.opening, ana)


def test_who_only_looks_on_does_not_react_but_may_save(session, thread, observer):
    for act in (react, thank):
        with pytest.raises(NotFoundError):
            act(session, thread.opening, observer)
    with pytest.raises(NotFoundError):
        services.take_back(session, thread.opening, observer, Sign.HELPFUL, now=make.NOW)
    services.save(session, thread.opening, observer, now=make.NOW)
    assert tally(session, observer, thread.opening).is_saved


@pytest.mark.parametrize("state", [PostState.HELD, PostState.REMOVED, PostState.WITHDRAWN])
def test_what_is_not_to_be_seen_gets_no_reactions(session, thread, trainer, state):
    thread.opening.state = state
    with pytest.raises(NotFoundError):
        react(session, thread.opening, trainer)


def test_thanks_are_signed_and_told_to_the_author_alone(app, session, thread, ana, bo):
    given = thank(session, thread.opening, bo, "For the template")
    (notice,) = notices(session, ana, services.THANKED)
    assert notices(session, bo, services.THANKED) == []
    with app.test_request_context():
        telling = tell(session, ana, [notice.about])[given.id]
        assert tell(session, bo, [notice.about]) == {}
    assert telling.title == "Bo Dam thanked you in “Filing”"
    assert telling.text == "For the template"
    assert tally(session, ana, thread.opening).thanks == [given]


def test_helpful_and_me_too_tell_the_author_nothing(session, thread, ana, bo):
    react(session, thread.opening, bo)
    react(session, thread.opening, bo, Sign.ME_TOO)
    assert session.scalars(select(Notice).where(Notice.member_id == ana.id)).all() == []


def test_thanks_taken_back_say_nothing(app, session, thread, ana, bo):
    given = thank(session, thread.opening, bo)
    services.take_back(session, thread.opening, bo, Sign.THANKS, now=make.NOW)
    with app.test_request_context():
        assert tell(session, ana, [given.id]) == {}


def test_an_author_who_muted_the_thread_hears_nothing(session, thread, ana, bo):
    set_level(session, ana.id, Scope.THREAD, thread.id, Level.MUTED, now=make.NOW)
    thank(session, thread.opening, bo)
    assert notices(session, ana, services.THANKED) == []


def test_thanks_without_a_reason_are_none(session, thread, bo):
    with pytest.raises(ValueError, match="reason"):
        thank(session, thread.opening, bo, "  ")
    with pytest.raises(ValueError, match="reason"):
        react(session, thread.opening, bo, Sign.THANKS)


def test_who_may_not_write_may_find_helpful_and_not_give_reasons(translated, session, thread, bo):
    session.add(Mute(member_id=bo.id, until=make.NOW + timedelta(days=1), reason="Tone."))
    react(session, thread.opening, bo)
    with pytest.raises(ConflictError):
        thank(session, thread.opening, bo)


def test_thanks_for_somebody_who_hides_name_nobody(app, session, endpoint, activity, thread, ana, bo):
    session.add(Rules(activity_id=activity.id, allows_anonymous=True))
    hidden = build.reply(session, thread, author=bo, is_anonymous=True)
    given = thank(session, hidden, ana, after=1)
    assert str(bo.person.pseudonym) not in json.dumps(told(session)[-1])
    assert "Bo Dam" not in repr(told(session)[-1])
    with app.test_request_context():
        assert tell(session, bo, [given.id])[given.id].who == "Ana Holm"


def test_an_answer_is_endorsed_by_several_who_should_know(session, endpoint, answer, expert, trainer, bo):
    react(session, answer, expert, Sign.ENDORSED, after=1)
    react(session, answer, trainer, Sign.ENDORSED, after=2)
    assert [each.member for each in tally(session, bo, answer).endorsements] == [expert, trainer]
    said = told(session)[-1]
    assert said["result"]["success"] is True
    assert answer.thread.accepted_id is None
    assert len(notices(session, bo, services.ENDORSED)) == 2
    services.take_back(session, answer, expert, Sign.ENDORSED, now=make.NOW)
    assert [each.member for each in tally(session, bo, answer).endorsements] == [trainer]


def test_only_answers_are_endorsed_and_only_by_who_should_know(session, answer, thread, expert, ana):
    for post, by in ((answer, ana), (thread.opening, expert), (answer.thread.opening, expert)):
        with pytest.raises(NotFoundError):
            react(session, post, by, Sign.ENDORSED)


def test_nobody_endorses_their_own_answer(session, answer, expert):
    own = build.reply(session, answer.thread, author=expert)
    with pytest.raises(NotFoundError):
        react(session, own, expert, Sign.ENDORSED)


def test_what_a_test_student_says_only_they_see(session, thread, test_student, ana):
    react(session, thread.opening, test_student)
    thank(session, thread.opening, test_student)
    assert tallies(session, ana, [thread.opening.id]) == {}
    assert list_thanks(session, ana, thread.opening) == []
    assert len(tally(session, test_student, thread.opening).thanks) == 1


def test_a_page_asks_twice_at_most(session, activity, thread, ana, bo, trainer, count_queries):
    posts = [thread.opening, *(build.reply(session, thread, author=ana) for _number in range(30))]
    for post in posts:
        react(session, post, bo)
        thank(session, post, trainer)
        services.save(session, post, bo, now=make.NOW)
    session.commit()
    session.expunge_all()
    for few in (1, 31):
        with count_queries() as queries:
            found = tallies(session, bo, [post.id for post in posts[:few]])
            assert {name.member.person.name for each in found.values() for name in each.thanks} == {"Tine Bech"}
        assert len(queries) == 2
    with count_queries() as queries:
        assert tallies(session, bo, []) == {}
        assert list_saved(session, bo, page=1, now=make.NOW).count == 31
    saved = len(queries)
    with count_queries() as queries:
        tallies(session, bo, [uuid.uuid4()])
    assert len(queries) == 1
    assert saved <= 4


def test_the_newest_thanks_stand_below_a_post_and_all_on_their_page(session, course, thread, ana):
    for number in range(5):
        thank(session, thread.opening, make.member(session, course=course), f"Reason {number}", after=number)
    found = tally(session, ana, thread.opening)
    assert [each.reason for each in found.thanks] == ["Reason 4", "Reason 3", "Reason 2"]
    assert found.counts[Sign.THANKS] == 5
    assert len(list_thanks(session, ana, thread.opening)) == 5


def test_saved_posts_are_ones_own_and_the_newest_first(session, endpoint, activity, thread, ana, bo):
    reply = build.reply(session, thread, author=bo)
    services.save(session, thread.opening, bo, now=make.NOW)
    services.save(session, reply, bo, now=make.NOW + timedelta(minutes=1))
    services.save(session, reply, bo, now=make.NOW + timedelta(minutes=2))
    page = list_saved(session, bo, page=7, now=make.NOW)
    assert [each.post for each in page.rows] == [reply, thread.opening]
    assert list_saved(session, ana, page=1, now=make.NOW).rows == []
    verbs = [each["verb"]["id"].rpartition("/")[2] for each in told(session)]
    assert verbs.count("bookmarked") == 2
    services.forsake(session, reply.id, bo)
    assert list_saved(session, bo, page=1, now=make.NOW).count == 1


def test_what_cannot_be_read_any_more_is_not_among_the_saved(session, thread, ana, bo, trainer):
    reply = build.reply(session, thread, author=ana)
    for member in (bo, trainer):
        services.save(session, reply, member, now=make.NOW)
    reply.state = PostState.REMOVED
    session.flush()
    assert list_saved(session, bo, page=1, now=make.NOW).count == 0
    assert list_saved(session, trainer, page=1, now=make.NOW).count == 1


def test_who_has_no_activities_has_saved_nothing(session):
    lonely = make.member(session)
    assert list_saved(session, lonely, page=1, now=make.NOW).rows == []


def test_what_is_held_of_a_person_is_shown_and_forgotten(translated, session, thread, ana, bo):
    thank(session, thread.opening, bo, "For the template")
    services.save(session, thread.opening, bo, now=make.NOW)
    held = {each.name: each.records for each in privacy.list_of(session, bo.person)}
    assert [each["reaction"] for each in held["reactions"]] == ["thanks"]
    assert [each["thread"] for each in held["bookmarks"]] == ["Filing"]
    received = {each.name: each.records for each in privacy.list_of(session, ana.person)}
    assert [each["reason"] for each in received["thanks"]] == ["For the template"]
    for holder in HOLDERS:
        holder.forget(session, bo.person)
    assert session.scalar(select(func.count(Reaction.id))) == 0
    assert session.scalar(select(func.count(Bookmark.post_id))) == 0


def test_what_was_said_of_forgotten_posts_is_forgotten(session, thread, bo):
    thank(session, thread.opening, bo)
    services.save(session, thread.opening, bo, now=make.NOW)
    privacy.forget_posts(session, [thread.opening.id])
    assert tallies(session, bo, [thread.opening.id]) == {}
