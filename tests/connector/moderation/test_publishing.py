"""Opening a private thread to the course: only with its author's consent, exactly as they saw it, and undone."""

import json
import re
from http import HTTPStatus

import pytest
from sqlalchemy import select

from connector.courses.models import Role
from connector.delivery.models import Message
from connector.moderation.models import Act, Answer, Deed, Proposal
from connector.moderation.veiling import names_in, without_files, without_names
from connector.notifications.models import Notice
from connector.threads.models import Post, PostState, Thread, ThreadKind
from tests import make
from tests.connector.threads import build


@pytest.fixture
def private(session, activity, ana, trainer):
    """A question of Ana's to those who lead the course, with an answer and what she said to that."""
    thread = build.thread(
        session,
        activity=activity,
        author=ana,
        kind=ThreadKind.QUESTION,
        title="How do I, Ana Holm, file?",
        body="My boss Åse Holm-Berg wants it. ![A desk](attachment:3f0c3a52-0d3c-4a8f-9a3e-0d8f0b1c2d3e)",
        is_private=True,
    )
    answer = build.reply(session, thread, author=trainer, body="Dear Ana, by date.", after=1)
    build.reply(session, thread, author=ana, body="Thank you. Yours, ÁNA", parent=answer, after=2)
    thread.accepted_id = answer.id
    session.commit()
    return thread


class Choosing:
    """The author of a private thread who was asked."""

    def __init__(self, visit, session, private):
        self.visit, self.session = visit, session
        self.wish = session.scalars(select(Proposal).where(Proposal.thread_id == private.id)).one()
        session.commit()
        self.path = f"/proposals/{self.wish.id}"

    def look(self, way="anonymous", **form):
        form.setdefault("title", "How to file")
        return self.visit.post(self.path, way=way, **form)

    def agree(self, way="anonymous", **form):
        page = self.look(way, **form)
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text.partition("publish")[2]))
        hidden.pop("csrf_token", None)
        hidden.pop("again", None)
        return self.visit.post(f"{self.path}/publish", **hidden)


@pytest.fixture
def asked(visiting, session, activity, ana, bo, observer, trainer, endpoint, private):
    """Ana, after the trainer has asked her."""
    lead = visiting(trainer, activity)
    answer = lead.post(f"/moderation/threads/{private.id}/propose", reason="It helps others.")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    return Choosing(visiting(ana, activity), session, private)


def copy_of(session):
    anew = {"populate_existing": True}
    copy = session.scalars(select(Thread).where(Thread.is_private.is_(False)).execution_options(**anew)).one()
    found = select(Post).where(Post.thread_id == copy.id).order_by(Post.number)
    posts = session.scalars(found.execution_options(**anew)).all()
    session.commit()
    return copy, posts


def text_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def test_the_author_is_told_and_sees_why(asked, session, ana, private):
    page = text_of(asked.visit.get(asked.path).text)
    assert "It helps others." in page
    assert "Tine Bech thinks that others could learn" in page
    assert "Look at it" in text_of(asked.visit.get(f"/threads/{private.id}").text)
    notices = asked.visit.client.get(f"/s/{asked.visit.sid}/notices").text
    assert "May your private thread" in notices


def test_nobody_else_can_see_that_somebody_was_asked(asked, session, activity, visiting, bo, observer, course, private):
    expert = make.member(session, course=course, role=Role.EXPERT)
    for member in (bo, observer, expert):
        visit = visiting(member, activity)
        for path in (asked.path, f"/threads/{private.id}"):
            assert visit.get(path).status_code == HTTPStatus.NOT_FOUND
        for path in (asked.path, f"{asked.path}/publish", f"{asked.path}/decline"):
            assert visit.post(path, way="named").status_code == HTTPStatus.NOT_FOUND
        for page in (visit.get(), visit.client.get(f"/s/{visit.sid}/notices?show=all")):
            assert "How do I" not in text_of(page.text)
    who = {notice.member_id for notice in session.scalars(select(Notice).where(Notice.what == "proposed"))}
    assert who == {asked.wish.thread.author_id}


def test_who_leads_the_course_cannot_answer_for_the_author(asked, activity, visiting, trainer):
    lead = visiting(trainer, activity)
    for path in (asked.path, f"{asked.path}/publish", f"{asked.path}/decline"):
        assert lead.post(path, way="named").status_code == HTTPStatus.NOT_FOUND


def test_saying_no_ends_it(asked, session, activity, visiting, trainer, private):
    asked.visit.post(f"{asked.path}/decline")
    assert session.get_one(Proposal, asked.wish.id, populate_existing=True).answer is Answer.DECLINED
    session.commit()
    lead = visiting(trainer, activity)
    again = lead.post(f"/moderation/threads/{private.id}/propose")
    assert "They were asked already." in again.text
    assert "would rather keep this thread private" in lead.get(f"/moderation/threads/{private.id}").text
    assert "stays private, as its author wishes" in lead.client.get(f"/s/{lead.sid}/notices").text
    assert asked.agree().status_code != HTTPStatus.OK
    assert session.scalars(select(Thread.id).where(Thread.is_private.is_(False))).all() == []


def test_a_wish_can_be_taken_back_before_it_is_answered(asked, activity, visiting, trainer, private):
    lead = visiting(trainer, activity)
    lead.post(f"/moderation/threads/{private.id}/take-back")
    assert asked.visit.get(asked.path).status_code == HTTPStatus.NOT_FOUND
    assert "May your private thread" not in asked.visit.client.get(f"/s/{asked.visit.sid}/notices").text
    assert lead.post(f"/moderation/threads/{private.id}/take-back").status_code == HTTPStatus.NOT_FOUND


def test_what_the_author_looks_at_is_what_stands_there_afterwards(asked, session, activity, visiting, bo):
    looked = asked.look(title="How Ana files")
    shown = re.findall(r'<div class="prose"[^>]*>(.*?)</div>', looked.text, re.DOTALL)
    assert shown
    assert session.scalars(select(Thread.id).where(Thread.is_private.is_(False))).all() == []
    session.commit()
    asked.agree(title="How Ana files")
    copy, posts = copy_of(session)
    assert copy.title == "How […] files"
    page = visiting(bo, activity).get(f"/threads/{copy.id}").text
    assert re.findall(r'<div class="prose"[^>]*>(.*?)</div>', page, re.DOTALL) == shown
    assert [post.body for post in posts] == [
        "My boss Åse […] wants it. […]",
        "Dear […], by date.",
        "Thank you. Yours, […]",
    ]


def test_behind_an_alias_nothing_tells_who_it_was(asked, session, activity, visiting, bo, observer, ana, endpoint):
    asked.agree()
    copy, posts = copy_of(session)
    assert [post.alias for post in posts] == [1, None, 1]
    for member in (bo, observer):
        visit = visiting(member, activity)
        for path in ("", f"/threads/{copy.id}", f"/threads/{copy.id}/print", "/search?q=date"):
            page = visit.get(path).text
            assert not [each for each in ("Ana", "Holm", str(ana.id), ana.id.hex) if each in page], path
        assert "Anonymous 1" in visit.get(f"/threads/{copy.id}").text
        assert "Tine Bech" in visit.get(f"/threads/{copy.id}").text
    known = {str(ana.person.pseudonym), str(ana.person.subject)}
    told = [json.loads(row.body) for row in session.scalars(select(Message))]
    (posted,) = [each for each in told if each["verb"]["id"].endswith("/asked") and each["object"]["id"] == copy.iri]
    assert not [name for name in known if name in json.dumps(posted)]


def test_under_ones_name_it_stands_with_the_name(asked, session, activity, visiting, bo):
    asked.agree("named")
    copy, posts = copy_of(session)
    page = visiting(bo, activity).get(f"/threads/{copy.id}").text
    assert "Ana Holm" in page
    assert posts[0].body == "My boss Åse Holm-Berg wants it. […]"


def test_texts_can_be_changed_and_left_out(asked, session, private):
    own = session.scalars(
        select(Post).where(Post.thread_id == private.id, Post.author_id == private.author_id).order_by(Post.number)
    ).all()
    session.commit()
    changed = {f"body-{own[0].id}": "How do *you* file?", f"body-{own[1].id}": " "}
    asked.agree("named", **changed)
    _copy, posts = copy_of(session)
    assert [post.body for post in posts] == ["How do *you* file?", "Dear Ana, by date."]
    assert [post.depth for post in posts] == [0, 1]


def test_texts_of_others_cannot_be_changed(asked, session, private, trainer):
    (theirs,) = session.scalars(select(Post).where(Post.thread_id == private.id, Post.author_id == trainer.id))
    session.commit()
    asked.agree("named", **{f"body-{theirs.id}": "By colour."})
    _copy, posts = copy_of(session)
    assert posts[1].body == "Dear Ana, by date."


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"way": ""}, "Choose whether your name stands there."),
        ({"title": " "}, "Give it a title."),
        ({"title": "x" * 201}, "This is too long; 200 characters fit."),
    ],
)
def test_what_is_wrong_is_said(asked, form, told):
    answer = asked.look(**form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert told in text_of(answer.text)


def test_an_empty_opening_is_refused(asked, private):
    answer = asked.look(**{f"body-{private.opening.id}": " "})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_who_goes_back_to_change_it_finds_what_they_typed(asked, private):
    page = asked.look("named", again="1", title="Typed title", **{f"body-{private.opening.id}": "Typed text"}).text
    assert ("Typed title" in page, "Typed text" in page) == (True, True)


def test_what_was_written_meanwhile_has_to_be_looked_at(asked, session, private, trainer):
    page = asked.look("named")
    seen = re.findall(r'name="seen" value="([^"]+)"', page.text)[0]
    build.reply(session, private, author=trainer, body="And by name.", after=5)
    session.commit()
    form = {"way": "named", "title": "How to file", "seen": seen}
    answer = asked.visit.post(f"{asked.path}/publish", **form)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "And by name." in answer.text
    assert asked.agree("named").status_code == HTTPStatus.SEE_OTHER


def test_it_is_opened_once(asked, session):
    first = asked.agree()
    again = asked.visit.post(f"{asked.path}/publish", way="anonymous", title="x", seen="y")
    assert (first.status_code, again.status_code) == (HTTPStatus.SEE_OTHER, HTTPStatus.SEE_OTHER)
    copy_of(session)


def test_held_and_removed_posts_and_those_of_other_learners_stay(asked, session, private, bo, trainer):
    build.reply(session, private, author=trainer, body="Removed.", after=3).state = PostState.REMOVED
    answer = build.reply(session, private, author=trainer, body="Of another learner.", after=4)
    answer.author_id = bo.id
    session.commit()
    asked.agree()
    _copy, posts = copy_of(session)
    assert not [post for post in posts if post.body in {"Removed.", "Of another learner."}]


def test_the_answer_that_helped_is_that_of_the_copy_too(asked, session):
    asked.agree()
    copy, posts = copy_of(session)
    assert copy.accepted_id == posts[1].id


def test_the_copy_has_times_and_ids_of_its_own(asked, session, clock, private):
    clock.move(hours=2)
    asked.agree()
    copy, posts = copy_of(session)
    assert {post.created_at for post in posts} == {copy.created_at} == {clock.time}
    assert str(private.id) not in copy.iri


def test_it_is_logged_and_undone_by_who_leads_the_course(asked, session, activity, visiting, bo, ana, trainer):
    asked.agree()
    copy, _posts = copy_of(session)
    lead = visiting(trainer, activity)
    queue = lead.get("/moderation").text
    assert "Private thread opened to the course, with its author" in queue
    act = session.scalars(select(Act).where(Act.deed == Deed.PUBLISHED)).one()
    session.commit()
    assert act.by_id == trainer.id
    lead.post(f"/moderation/acts/{act.id}/undo")
    assert visiting(bo, activity).get(f"/threads/{copy.id}").status_code == HTTPStatus.NOT_FOUND
    assert visiting(ana, activity).get(f"/threads/{copy.id}").status_code == HTTPStatus.OK
    assert "undone already" in lead.post(f"/moderation/acts/{act.id}/undo").text


@pytest.mark.parametrize("which", ["open", "of a trainer"])
def test_other_threads_cannot_be_proposed(session, activity, visiting, ana, trainer, which):
    author = ana if which == "open" else trainer
    thread = build.thread(session, activity=activity, author=author, is_private=which != "open")
    lead = visiting(trainer, activity)
    assert lead.post(f"/moderation/threads/{thread.id}/propose").status_code == HTTPStatus.NOT_FOUND
    assert "Ask whether it may be opened" not in lead.get(f"/moderation/threads/{thread.id}").text


def test_names_are_taken_out_however_they_are_spelt(session, course):
    member = make.member(session, course=course, name="Åse O'Brien-Lund Bo")
    member.person.email = "aobl77@example.org"
    names = names_in(member)
    text = "ASE, Ase's, aace, Lunds, o'brien and aobl77@example.org of Bo; sunlight"
    assert without_names(text, names) == "[…], […], aace, […], […] and […] of Bo; sunlight"


def test_files_stay_where_they_are():
    text = "See ![a cat](attachment:1) and [list.pdf](attachment:2), not [this](https://example.org)."
    assert without_files(text) == "See […] and […], not [this](https://example.org)."
