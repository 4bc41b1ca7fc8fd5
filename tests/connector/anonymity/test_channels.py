"""Whoever hides their name is found in nothing that reaches the others: no page, file, mail, statement or figure."""

import json
import shutil
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from connector.content.models import Attachment
from connector.courses.models import Membership
from connector.delivery.models import Message
from connector.notifications.gathering import gather
from connector.notifications.letters import write
from connector.notifications.models import Mail
from connector.threads.models import Post
from tests.connector.anonymity.scene import FILE, NAME, OTHERS, Scene, make_scene, play, text_of
from tests.connector.anonymity.traces import find, find_in_mail, guesses, traces_of
from xapi.vocabulary.events import EVENTS

ABOUT_PEOPLE = (
    "/people/{vera}",
    "/activities/{activity}/people",
    "/activities/{activity}/participation",
    "/activities/{activity}/participation/learners/{vera}",
    "/activities/{activity}/grades",
    "/discussions/{activity}/review/{vera}",
    "/mentions?q=ve&activity={activity}",
    "/mentions?q=&activity={activity}",
)
"""Pages that name people, whatever they wrote: these may not change by what somebody writes behind an alias."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Iterator[tuple[Scene, dict[str, str]]]:
    """The class after all that, and what pages about people said before."""
    folder = tmp_path_factory.mktemp("scene")
    shutil.copy(_sqlite_template, folder / "kring.sqlite")
    with make_scene(f"sqlite:///{folder / 'kring.sqlite'}", folder) as scene:
        before = about_people(scene)
        play(scene)
        scene.database.dispose()
        shutil.copy(folder / "kring.sqlite", folder / "kept.sqlite")
        yield scene, before


@pytest.fixture
def scene(played: tuple[Scene, dict[str, str]]) -> Scene:
    """The class after all that; nobody has read anything yet."""
    scene, _before = played
    file = Path(scene.database.engine.url.database or "")
    scene.database.dispose()
    for left in ("-wal", "-shm"):
        file.with_name(file.name + left).unlink(missing_ok=True)
    shutil.copy(file.with_name("kept.sqlite"), file)
    return scene


def about_people(scene: Scene) -> dict[str, str]:
    """Return what pages say of people, to each who can open them."""
    ids = {"vera": scene.actors["vera"].member.id, "activity": scene.activity.id}
    said = {}
    for who in OTHERS:
        for path in ABOUT_PEOPLE:
            answer = scene.see(who, path.format(**ids))
            text = text_of(answer) if "<main" in answer.text else answer.text
            # Of a list of all learners, what comes after her name: she is the last of them.
            said[f"{who} {path}"] = text.partition(NAME)[2] if path.endswith("/participation") else text
        silent = scene.see(who, "$/overview").text.partition('id="silent"')[2].partition("</section>")[0]
        said[f"{who} silent"] = str(NAME in silent)
    return said


def traces(scene: Scene) -> dict[str, str]:
    """Return what tells of Vera."""
    with scene.database.session(writes=False) as session:
        vera = session.scalars(
            select(Membership)
            .where(Membership.id == scene.actors["vera"].member.id)
            .options(joinedload(Membership.person))
        ).one()
        return traces_of(vera, FILE, FILE.split("-")[-1])


def pages(scene: Scene, who: str) -> Iterator[tuple[str, bytes]]:
    """Yield everything that somebody can open of what was written: its address and its bytes, the headers first."""
    posts = scene.posts()
    paths = [
        "/course",
        "/notices",
        "/notices?show=all",
        "/saved",
        "/search?q=question",
        "/search?unread=1",
        "$",
        "$/new",
    ]
    paths += [f"$?sort={sort}" for sort in ("newest", "oldest", "replies")] + ["$?show=questions", "$?tag=help"]
    paths += [
        "$/changes?since=0",
        "$/search?q=me",
        "$/search?kind=question",
        "$/print",
        "$/export.csv",
        "$/export.json",
    ]
    paths += ["$/moderation", "$/rules"]
    for thread_id in {post.thread_id for post in posts}:
        paths += [f"$/threads/{thread_id}{rest}" for rest in ("", "?page=2", "/print", "/changes?after=0", "/shape")]
        paths += [f"$/moderation/threads/{thread_id}"]
    for post in posts:
        paths += [f"$/posts/{post.id}{rest}" for rest in ("", "/versions", "/edit")]
        paths += [f"$/threads/{post.thread_id}?to={post.id}", f"$/moderation/posts/{post.id}"]
        paths += [f"$/moderation/posts/{post.id}/report", f"/activities/{scene.activity.id}/reactions/{post.id}/thanks"]
    with scene.database.session(writes=False) as session:
        paths += [f"/attachments/{id_}" for id_ in session.scalars(select(Attachment.id))]
    for path in paths:
        for accepted in ("text/html", "application/json"):
            answer = scene.see(who, path, headers={"Accept": accepted})
            yield f"{who} {path} {accepted}", f"{answer.headers}\n".encode() + answer.data


def mails(scene: Scene) -> dict[str, bytes]:
    """Return the mails that go to the others, by whose they are."""
    settings, sent = scene.app.extensions["kring"].settings, {}
    at = scene.time.replace(hour=12) + timedelta(days=1)
    with scene.database.session(writes=True) as session:
        gather(session, default_zone="UTC", now=at)
        for mail in session.scalars(select(Mail).options(joinedload(Mail.person))):
            message = write(scene.app, session, mail, settings, now=at)
            if message is not None and mail.person.name != scene.actors["vera"].member.person.name:
                sent[mail.person.name or ""] = message.as_bytes()
        session.rollback()
    return sent


def statements(scene: Scene) -> list[dict[str, object]]:
    """Return all that record stores hear, in every rendering, the oldest first."""
    with scene.database.session(writes=False) as session:
        found = session.scalars(select(Message).order_by(Message.created_at)).all()
        return [{**json.loads(message.body), "rendering": message.rendering} for message in found]


@pytest.mark.parametrize("who", OTHERS)
def test_no_page_file_or_export_tells_who_hides(scene: Scene, who: str) -> None:
    known = traces(scene)
    wrong = [f"{path}: {trace}" for path, said in pages(scene, who) for trace in find(known, said)]
    assert not wrong, "\n" + "\n".join(sorted(set(wrong)))


def test_pages_about_people_say_the_same_as_before(played: tuple[Scene, dict[str, str]], scene: Scene) -> None:
    before, after = played[1], about_people(scene)
    assert before["tine silent"] == "True"
    assert {name for name in before if before[name] != after[name]} == set()


def test_search_by_author_finds_nothing_hidden(scene: Scene) -> None:
    vera = scene.actors["vera"].member.id
    for who in OTHERS:
        found = scene.see(who, f"/search?author={vera}").text
        assert [post.id for post in scene.posts() if str(post.id) in found] == []


def test_no_mail_tells_who_hides(scene: Scene) -> None:
    known, sent = traces(scene), mails(scene)
    assert {"Bo Dam", "Tine Bech"} <= set(sent)
    assert "Anonymous 1" in sent["Bo Dam"].decode()
    assert {name: found for name, mail in sent.items() if (found := find_in_mail(known, mail))} == {}


def test_no_statement_about_hidden_posts_names_their_author(scene: Scene) -> None:
    known = traces(scene)
    hidden = [post for post in scene.posts() if post.is_anonymous]
    places = {post.iri for post in hidden} | {post.thread.iri for post in hidden if post.is_opening}
    about = [each for each in statements(scene) if any(place in json.dumps(each) for place in places)]
    assert len(about) > 30
    wrong = [f"{each['verb']}: {trace}" for each in about for trace in find(known, json.dumps(each))]
    assert wrong == []


def test_nothing_is_told_by_name_in_the_moment_of_a_hidden_act(scene: Scene) -> None:
    told = statements(scene)
    vera = scene.actors["vera"].member
    with scene.database.session(writes=False) as session:
        person = session.get_one(Membership, vera.id, options=[joinedload(Membership.person)]).person
    names = {str(person.pseudonym), person.subject}
    moments = {str(each["timestamp"])[:16] for each in told if str(scene.activity.iri) in json.dumps(each)}
    by_name = [each for each in told if any(name in json.dumps(each["actor"]) for name in names)]
    veiled = {str(each["timestamp"])[:16] for each in told} & moments
    named = {post.created_at.isoformat()[:16] for post in scene.posts() if post.author_id == vera.id}
    assert named <= veiled
    assert [each["verb"] for each in by_name if str(each["timestamp"])[:16] in named] == []


def test_no_id_of_a_statement_can_be_made_from_what_others_know(scene: Scene) -> None:
    told = statements(scene)
    with scene.database.session(writes=False) as session:
        vera = session.get_one(Membership, scene.actors["vera"].member.id, options=[joinedload(Membership.person)])
        veiled = {str(each["id"]) for each in told if str(vera.person.pseudonym) not in json.dumps(each)}
        posts = [post.id for post in scene.posts()] + list({post.thread_id for post in scene.posts()})
        times = {(scene.time - timedelta(minutes=minute)).isoformat() for minute in range(60)}
        assert guesses(posts, vera, list(EVENTS), times) & veiled == set()


def test_files_of_hidden_posts_have_names_that_say_nothing(scene: Scene) -> None:
    with scene.database.session(writes=False) as session:
        rows = session.scalars(select(Attachment).order_by(Attachment.created_at)).all()
        assert [row.name for row in rows] == ["file-1.jpg", "file-1.pdf", "file-1.jpg"]


# --- would it be noticed? -------------------------------------------------------------------------------------------------
def test_each_channel_is_searched_where_a_name_would_stand(scene: Scene) -> None:
    """Shows the author of one post for a moment, and looks whether every channel that carries the post is found out."""
    known = traces(scene)
    vera = scene.actors["vera"].member.id
    with scene.database.session(writes=True) as session:
        aliases = dict(iter(session.execute(select(Post.id, Post.alias).where(Post.author_id == vera))))
        session.execute(update(Post).where(Post.author_id == vera).values(alias=None))
        session.commit()
    try:
        told = {path.split("/", 1)[1] for path, said in pages(scene, "tine") if find(known, said)}
        letters = {name for name, mail in mails(scene).items() if find_in_mail(known, mail)}
        people = about_people(scene)
    finally:
        with scene.database.session(writes=True) as session:
            for id_, alias in aliases.items():
                session.execute(update(Post).where(Post.id == id_).values(alias=alias))
            session.commit()
    for needed in (
        "print",
        "export.csv",
        "export.json",
        "moderation/posts",
        "search?q=me",
        "threads/",
        "posts/",
        "thanks",
        "saved",
    ):
        assert (needed, any(needed in path for path in told)) == (needed, needed != "saved")
    assert "Bo Dam" in letters
    assert any("A question" in said for name, said in people.items() if "/people/" in name)


def test_statement_that_names_the_author_would_be_noticed(scene: Scene) -> None:
    known = traces(scene)
    with scene.database.session(writes=False) as session:
        vera = session.get_one(Membership, scene.actors["vera"].member.id, options=[joinedload(Membership.person)])
        name = str(vera.person.pseudonym)
    planted = {**statements(scene)[0], "actor": {"account": {"homePage": "http://localhost", "name": name}}}
    assert find(known, json.dumps(planted)) == ["the id of the pseudonym"]


@pytest.mark.parametrize(
    "planted",
    [
        b"<p>Veronika</p>",
        "<a title='Östergård'>x</a>".encode(),
        b"<p>&Ouml;sterg&aring;rd</p>",
        b'{"name": "\\u00d6sterg\\u00e5rd"}',
        b"/files/veronika%2Dnachtigall%2Dlebenslauf.jpg",
        b"NACHTIGALL",
        b"vnachtigall",
        b"Subject: =?utf-8?q?=C3=96sterg=C3=A5rd?=\r\n\r\nx",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nVmVyb25pa2E=\r\n",
    ],
    ids=lambda said: str(uuid.uuid5(uuid.NAMESPACE_OID, repr(said)))[:8],
)
def test_scanner_finds_a_name_however_it_is_written(scene: Scene, planted: bytes) -> None:
    assert find_in_mail(traces(scene), planted) or find(traces(scene), planted)


def test_scanner_finds_ids_with_and_without_dashes(scene: Scene) -> None:
    known, id_ = traces(scene), scene.actors["vera"].member.id
    assert find(known, str(id_)) == find(known, id_.hex.upper()) == ["the id of the membership"]
