"""In a double-blind review nothing that reaches the others tells whose work it is, or who reviewed it."""

import io
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from connector.content.models import Attachment
from connector.courses.models import Membership
from connector.delivery.models import Message
from connector.grades.models import Grade
from connector.notifications.gathering import gather
from connector.notifications.letters import write
from connector.notifications.models import Mail
from connector.peer_review.models.reviews import Review, Submission
from connector.peer_review.models.setup import Anonymity, PeerReview
from tests.connector.anonymity.reviews import GIVEN, TITLE, ids, play_reviews, set_up
from tests.connector.anonymity.scene import FILE, NAME, Scene, make_scene, text_of
from tests.connector.anonymity.traces import find, find_in_mail, guesses, traces_of
from tests.connector.content.test_unnaming import unpacked
from xapi.vocabulary.events import EVENTS

PEERS = ("bo", "cai", "dora", "egon", "olav", "eva")
"""Who looks: her reviewers, whom she reviewed, who took no part, who looks on, and who helps."""
ABOUT_PEOPLE = ("/people/{vera}", "/mentions?q=ve&activity={activity}", "/course", "/search?q=plan", "/notices/count")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[str, Path], str]
) -> Iterator[tuple[Scene, dict[str, str]]]:
    """The class after the review, and what pages about people said before to who took no part."""
    folder = tmp_path_factory.mktemp("reviews")
    with make_scene(new_database(request.param, folder), folder) as scene:
        activity_id = set_up(scene)
        scene.reviewed_id = activity_id
        before = about_people(scene)
        play_reviews(scene, activity_id)
        yield scene, before


@pytest.fixture
def scene(played: tuple[Scene, dict[str, str]]) -> Scene:
    """The class after the review."""
    return played[0]


def place(scene: Scene) -> uuid.UUID:
    """Return the activity's id."""
    if scene.reviewed_id is None:
        raise RuntimeError("the review is not set up")
    return scene.reviewed_id


def about_people(scene: Scene) -> dict[str, str]:
    """Return what pages say of people to somebody who took no part, and to who looks on."""
    known = {"vera": scene.actors["vera"].member.id, "activity": place(scene)}
    return {
        f"{who} {path}": text_of(answer) if "<main" in answer.text else answer.text
        for who in ("egon", "olav")
        for path in ABOUT_PEOPLE
        for answer in [scene.see(who, path.format(**known))]
    }


def traces(scene: Scene, name: str = "vera") -> dict[str, str]:
    """Return what tells of somebody."""
    with scene.database.session(writes=False) as session:
        member = session.get_one(Membership, scene.actors[name].member.id, options=[joinedload(Membership.person)])
        return traces_of(member, *([FILE, FILE.split("-")[-1]] if name == "vera" else []))


def pages(scene: Scene, who: str) -> Iterator[tuple[str, bytes]]:
    """Yield everything that somebody can open: its address and its bytes, the headers first."""
    at = f"/peer_reviews/{place(scene)}"
    paths = ["/course", "/notices", "/notices?show=all", "/search?q=plan", at]
    paths += [f"{at}/{rest}" for rest in ("work", "feedback", "overview", "grades", "export.csv", "export.json")]
    paths += [f"{at}/reviews/{id_}{rest}" for id_ in ids(scene) for rest in ("", "/send")]
    paths += [f"{at}/works/{id_}" for id_ in ids(scene)]
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
            if message is not None and mail.person.name != NAME:
                sent[mail.person.name or ""] = message.as_bytes()
        session.rollback()
    return sent


def statements(scene: Scene) -> list[dict[str, object]]:
    """Return all that record stores hear, in every rendering."""
    with scene.database.session(writes=False) as session:
        found = session.scalars(select(Message).where(Message.kind == "statement").order_by(Message.created_at)).all()
        return [json.loads(message.body) for message in found]


@pytest.mark.parametrize("who", PEERS)
def test_no_page_file_or_notice_tells_whose_work_or_review_it_is(scene: Scene, who: str) -> None:
    known = traces(scene)
    wrong = [f"{path}: {trace}" for path, said in pages(scene, who) for trace in find(known, said)]
    assert not wrong, "\n" + "\n".join(sorted(set(wrong)))


def test_pages_about_people_say_the_same_as_before(played: tuple[Scene, dict[str, str]]) -> None:
    scene, before = played
    after = about_people(scene)
    assert {name for name in before if before[name] != after[name]} == set()


def test_mails_tell_that_something_is_there_and_never_of_whom(scene: Scene) -> None:
    known, sent = traces(scene), mails(scene)
    assert {"Bo Dam", "Cai Lund"} <= set(sent)
    assert TITLE in sent["Bo Dam"].decode()
    assert {name: found for name, mail in sent.items() if (found := find_in_mail(known, mail))} == {}


def test_no_statement_about_the_review_names_anybody(scene: Scene) -> None:
    known = [traces(scene, name) for name in GIVEN]
    about = [each for each in statements(scene) if str(place(scene)) in json.dumps(each)]
    assert len(about) > 40
    assert [each["verb"] for each in about for traces in known if find(traces, json.dumps(each))] == []


def test_nothing_at_all_is_told_by_name_of_who_only_reviewed(scene: Scene) -> None:
    known = traces(scene)
    assert [each["verb"] for each in statements(scene) if find(known, json.dumps(each))] == []


def test_no_statement_joins_author_and_reviewer(scene: Scene) -> None:
    for each in statements(scene):
        context = each["context"]
        assert isinstance(context, dict)
        assert not {"instructor", "team", "contextAgents"} & set(context)
        assert not [key for key in context.get("extensions", {}) if key.endswith("/target")]


def test_no_id_of_a_statement_can_be_made_from_what_others_know(scene: Scene) -> None:
    told = {str(each["id"]) for each in statements(scene)}
    places = [*ids(scene), place(scene), scene.activity.course_id]
    times = {(scene.time - timedelta(minutes=minute)).isoformat() for minute in range(90)}
    with scene.database.session(writes=False) as session:
        for name in GIVEN:
            member = session.get_one(Membership, scene.actors[name].member.id, options=[joinedload(Membership.person)])
            assert guesses(places, member, list(EVENTS), times) & told == set()


def test_files_say_nothing_of_who_sent_them(scene: Scene) -> None:
    with scene.database.session(writes=False) as session:
        rows = session.scalars(select(Attachment).where(Attachment.holder_id.is_not(None))).all()
        assert sorted(row.name for row in rows) == ["file-1.jpg", "file-2.csv", "file-3.pdf"]
        document = next(row.id for row in rows if row.name == "file-3.pdf")
        picture = next(row.id for row in rows if row.name == "file-1.jpg")
    assert find(traces(scene), unpacked(scene.see("bo", f"/attachments/{document}").data)) == []
    answer = scene.see("bo", f"/attachments/{picture}")
    assert answer.status_code == 200
    with Image.open(io.BytesIO(answer.data)) as image:
        assert (dict(image.getexif()), image.info.get("comment")) == ({}, None)


def test_gradebook_says_nothing_of_others(scene: Scene) -> None:
    with scene.database.session(writes=False) as session:
        grades = session.scalars(select(Grade)).all()
        assert len(grades) > 5
        known = [traces(scene, name) for name in GIVEN]
        assert [grade.comment for grade in grades for each in known if find(each, grade.comment or "")] == []


# --- would it be noticed? ---------------------------------------------------------------------------------------------
def test_each_page_is_searched_where_a_name_would_stand(scene: Scene) -> None:
    """Lets everybody see all names for a moment, and looks whether the pages that carry them are found out."""
    known = traces(scene)
    with scene.database.session(writes=True) as session:
        session.execute(update(PeerReview).values(anonymity=Anonymity.NONE))
        session.commit()
    try:
        told = {path for who in ("bo", "cai") for path, said in pages(scene, who) if find(known, said)}
    finally:
        with scene.database.session(writes=True) as session:
            session.execute(update(PeerReview).values(anonymity=Anonymity.DOUBLE))
            session.commit()
    assert any(path.startswith("bo") and "/reviews/" in path for path in told)
    assert any(path.startswith("cai") and "/feedback" in path for path in told)


def test_play_did_what_it_says(scene: Scene) -> None:
    with scene.database.session(writes=False) as session:
        found = session.execute(select(Review.reviewer_id, Submission.author_id).join(Review.submission))
        names = {actor.member.id: name for name, actor in scene.actors.items()}
        assert {names[reviewer]: names[author] for reviewer, author in found} == GIVEN
