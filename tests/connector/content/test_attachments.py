import io
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image

from connector.content import attachments, drafts
from connector.content.inspecting import inspect
from connector.content.models import Attachment
from connector.courses.models import Role
from connector.web.errors import InvalidInputError, NotFoundError
from tests import make
from tests.connector.content.conftest import MP3, PDF, animation, bomb, label, mp4, named_archive, picture
from tests.make import NOW

SECOND = timedelta(seconds=1)


@pytest.fixture
def add(app, session, settings, store):
    """Return how a member sends a file."""

    def add(member, content=PDF, name="a.pdf", *, alt=None, at=NOW):
        with app.test_request_context():
            ready = inspect(io.BytesIO(content), name, settings)
            row = attachments.add_attachment(session, member, ready, alt=alt, settings=settings, now=at)
        store.put(row.storage_key, ready.content)
        return row

    return add


def count(session):
    return session.query(Attachment).count()


# --- sending ---------------------------------------------------------------------------------------------------------


def test_a_picture_is_taken_and_shown(sender):
    answer = sender.send(picture("JPEG"), "Cat.JPG", alt=" A  cat ")
    assert answer.status_code == 201
    told = answer.json
    assert {name: told[name] for name in ("name", "media_type", "width", "height", "needs_alt", "markdown")} == {
        "name": "Cat.jpg",
        "media_type": "image/jpeg",
        "width": 40,
        "height": 30,
        "needs_alt": False,
        "markdown": f"![A cat](attachment:{told['id']})",
    }
    shown = sender.visit.client.get(told["url"])
    assert shown.status_code == 200
    assert len(shown.data) == told["size"]
    assert shown.headers["Content-Disposition"] == "inline; filename=\"Cat.jpg\"; filename*=UTF-8''Cat.jpg"
    expected = {
        "Content-Type": "image/jpeg",
        "Content-Security-Policy": "sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "bytes",
    }
    assert {name: shown.headers[name] for name in expected} == expected


def test_a_picture_without_description_is_taken_and_flagged(sender):
    told = sender.send(picture()).json
    assert told["needs_alt"]
    described = sender.call("POST", f"/attachments/{told['id']}", data={"alt": "A cat"})
    assert (described.json["needs_alt"], described.json["markdown"]) == (False, f"![A cat](attachment:{told['id']})")
    assert sender.call("POST", f"/attachments/{told['id']}", data={}).status_code == 422


def test_decoration_is_said_to_be_that(sender):
    told = sender.send(picture(), is_decorative="true").json
    assert (told["needs_alt"], told["markdown"]) == (False, f'![](attachment:{told["id"]} "decorative")')


def test_another_file_is_downloaded_never_opened(sender):
    told = sender.send(PDF, "Æ [1]; x_y.pdf").json
    assert told["markdown"] == f"[Æ \\[1\\]; x\\_y.pdf](attachment:{told['id']})"
    shown = sender.visit.client.get(told["url"])
    assert shown.headers["Content-Disposition"] == (
        "attachment; filename=\" _1__ x_y.pdf\"; filename*=UTF-8''%C3%86%20%5B1%5D%3B%20x_y.pdf"
    )


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.png", "This file is empty."),
        (named_archive({"a": "b"}), "a.png", "The name ends in .png, but the file is something else."),
        (bomb(), "a.png", "This picture has too many pixels. Make it smaller, and send that."),
        (picture()[:-30], "a.png", "This picture is damaged or not whole."),
    ],
    ids=label,
)
def test_a_refusal_stands_where_scripts_look_for_it(sender, session, content, name, words):
    answer = sender.send(content, name)
    assert answer.status_code == 422
    assert (answer.json["errors"], answer.json["message"]) == ({"file": [words]}, words)
    assert answer.json["error"]["fields"] == {"file": [words]}
    assert count(session) == 0


def test_no_file_at_all(sender):
    assert sender.call("POST", "/attachments", data={}).json["errors"] == {"file": ["Choose a file first."]}


def test_without_scripts_a_page_tells_what_to_put_into_the_text(sender):
    data = {"csrf_token": sender.token, "file": (io.BytesIO(picture()), "a.png")}
    answer = sender.visit.client.post(sender.path("/attachments"), data=data)
    assert answer.status_code == 201
    assert "![](attachment:" in answer.text
    refused = sender.visit.client.post(
        sender.path("/attachments"), data={"csrf_token": sender.token, "file": (io.BytesIO(b""), "a.png")}
    )
    assert (refused.status_code, "This file is empty." in refused.text) == (422, True)


def test_only_this_address_takes_large_requests(sender, app):
    large = b"a" * 3_000_000
    assert sender.send(large, "a.txt").status_code == 201
    assert sender.call("POST", "/preview", data={"body": large.decode()}).status_code == 413


def test_what_is_larger_than_any_file_is_refused_with_a_sentence(app, sender, settings):
    app.extensions["kring"] = replace(
        app.extensions["kring"],
        settings=replace(settings, video_megabytes=1, audio_megabytes=1, picture_megabytes=1, document_megabytes=1),
    )
    assert sender.send(b"a" * 2_500_000, "a.txt").json["message"] == "What you sent is larger than 1 MB."
    assert sender.send(b"a" * 1_500_000, "a.txt").json["message"] == "This file is larger than 1 MB."


def test_a_member_sends_so_much_a_day(app, sender, settings, clock):
    app.extensions["kring"] = replace(app.extensions["kring"], settings=replace(settings, upload_megabytes_a_day=1))
    assert sender.send(b"a" * 600_000, "a.txt").status_code == 201
    assert (
        sender.send(b"a" * 600_000, "a.txt").json["message"] == "You can send 1 MB within 24 hours. Try again tomorrow."
    )


def test_who_only_looks_on_sends_nothing(session, sender_in, activity):
    observer = sender_in(make.member(session, course=activity.course, role=Role.OBSERVER), activity)
    assert observer.send(picture()).status_code == 404


def test_nothing_is_left_where_the_store_fails(sender, session, store, monkeypatch):
    from connector.content.errors import StoreError
    from connector.content.storage import FileStore

    def fail(*_args):
        raise StoreError("full")

    monkeypatch.setattr(FileStore, "put", fail)
    assert sender.send(picture()).status_code == 500
    assert count(session) == 0


# --- virus scanner ---------------------------------------------------------------------------------------------------


@pytest.fixture
def scanner(app, settings, tmp_path):
    script = tmp_path / "scan.sh"
    script.write_text('#!/bin/sh\ngrep -q EICAR "$2" && exit 1\ngrep -q BROKEN "$2" && exit 2\nexit 0\n')
    script.chmod(0o755)
    app.extensions["kring"] = replace(
        app.extensions["kring"], settings=replace(settings, scan_command=f"{script} --no-summary")
    )


@pytest.mark.usefixtures("scanner")
def test_a_scanner_looks_at_every_file(sender):
    assert sender.send(b"harmless", "a.txt").status_code == 201
    assert "holds this file for harmful" in sender.send(b"EICAR", "a.txt").json["message"]


@pytest.mark.usefixtures("scanner")
def test_what_the_scanner_could_not_look_at_is_not_taken(sender):
    assert "cannot be checked" in sender.send(b"BROKEN", "a.txt").json["message"]


def test_a_scanner_that_is_not_there_lets_nothing_in(app, sender, settings):
    app.extensions["kring"] = replace(app.extensions["kring"], settings=replace(settings, scan_command="/nowhere/scan"))
    assert "cannot be checked" in sender.send(b"a", "a.txt").json["message"]


# --- pieces ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def film(sender):
    content = mp4() + bytes(range(256)) * 40_000
    return content, sender.send(content, "a.mp4").json["url"]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-", 0, 4_194_304),
        ("bytes=100-199", 100, 200),
        ("bytes=-50", -50, None),
        ("bytes=4194304-", 4_194_304, 8_388_608),
    ],
)
def test_a_film_comes_in_pieces(sender, film, asked, start, end):
    content, url = film
    answer = sender.visit.client.get(url, headers={"Range": asked})
    expected = content[start:end]
    first = start % len(content)
    assert answer.status_code == 206
    assert answer.data == expected
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(expected) - 1}/{len(content)}"


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=20-10"])
def test_a_piece_that_is_not_there(sender, film, asked):
    answer = sender.visit.client.get(film[1], headers={"Range": asked})
    assert answer.status_code in {200, 416}
    assert answer.headers["Content-Security-Policy"] == "sandbox"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=1-2", "nonsense"])
def test_what_is_not_one_piece_gets_it_all(sender, film, asked):
    assert sender.visit.client.get(film[1], headers={"Range": asked}).data == film[0]


def test_what_the_browser_has_is_not_sent_again(sender, film):
    tag = sender.visit.client.get(film[1], headers={"Range": "bytes=0-1"}).headers["ETag"]
    assert sender.visit.client.get(film[1], headers={"If-None-Match": tag}).status_code == 304
    other = sender.visit.client.get(film[1], headers={"If-Range": '"other"', "Range": "bytes=0-1"})
    assert other.status_code == 200
    same = sender.visit.client.get(film[1], headers={"If-Range": tag, "Range": "bytes=0-1"})
    assert same.status_code == 206


def test_the_head_alone(sender, film):
    answer = sender.visit.client.head(film[1])
    assert (answer.data, answer.headers["Content-Length"]) == (b"", str(len(film[0])))


def test_a_file_that_the_store_lost_is_not_found(sender, store):
    told = sender.send(PDF, "a.pdf").json
    store.delete(store.keys())
    assert sender.visit.client.get(told["url"]).status_code == 404


# --- who sees what ---------------------------------------------------------------------------------------------------


def test_a_file_is_its_senders_alone_until_it_is_attached(app, session, sender, sender_in, activity):
    told = sender.send(picture()).json
    id_, holder = uuid.UUID(told["id"]), uuid.uuid4()
    friend = sender_in(make.member(session, course=activity.course), activity)
    path = f"/attachments/{id_}/a.png"
    assert friend.get(path).status_code == 404

    attachments.attach(session, sender.member, [id_], "post", holder)
    session.commit()
    assert (friend.get(path).status_code, sender.get(path).status_code) == (404, 404)  # nobody says who may see a post

    def door(_session, member, holder_id):
        if member.id != friend.member.id or holder_id != holder:
            raise NotFoundError

    app.extensions["kring_doors"]["post"] = door
    assert (friend.get(path).status_code, sender.get(path).status_code) == (200, 404)


def test_a_file_of_another_course_is_not_found(session, sender, sender_in):
    other = make.activity(session)
    stranger = sender_in(make.member(session, course=other.course, role=Role.TRAINER), other)
    told = sender.send(picture()).json
    assert stranger.get(f"/attachments/{told['id']}").status_code == 404
    assert stranger.call("POST", f"/attachments/{told['id']}", data={"alt": "x"}).status_code == 404


def test_attaching_takes_what_the_text_names_and_nothing_of_others(session, add, learner, activity):
    mine, named, theirs = (
        add(learner),
        add(learner, picture(), "a.png"),
        add(make.member(session, course=activity.course)),
    )
    holder = uuid.uuid4()
    body = f"![A cat](attachment:{named.id}) [x](attachment:{theirs.id})"
    taken = attachments.attach(session, learner, [mine.id], "post", holder, body=body)
    assert {row.id for row in taken} == {mine.id, named.id}
    assert (named.alt, theirs.holder_id) == ("A cat", None)
    assert set(attachments.list_attached(session, "post", [holder])[holder]) == {mine, named}


def test_a_post_has_so_many_files(app, session, add, learner):
    ids = [add(learner).id for _ in range(3)]
    with app.test_request_context(), pytest.raises(InvalidInputError) as caught:
        attachments.attach(session, learner, ids, "post", uuid.uuid4(), most=2)
    assert caught.value.errors == {"body": ["At most 2 files fit."]}


def test_files_are_put_below_a_text_that_does_not_show_them(session, add, learner):
    shown, other = add(learner, picture(), "a.png", alt="cat"), add(learner)
    body = f"See ![cat](attachment:{shown.id})"
    assert attachments.with_files(body, [shown, other]) == f"{body}\n\n[a.pdf](attachment:{other.id})"


# --- what goes -------------------------------------------------------------------------------------------------------


def test_files_that_belong_to_nothing_go(session, add, learner, store):
    _old, kept, attached, young = (add(learner, at=NOW - age) for age in (2 * attachments.UNATTACHED,) * 3 + (SECOND,))
    drafts.save_draft(session, learner, "reply 1", {"body": f"[a](attachment:{kept.id})"}, base=0, now=NOW)
    attachments.attach(session, learner, [attached.id], "post", uuid.uuid4())
    attachments.tidy_attachments(session, store, NOW)
    assert {row.id for row in session.query(Attachment)} == {kept.id, attached.id, young.id}
    assert set(store.keys()) == {row.storage_key for row in (kept, attached, young)}


def test_tidying_goes_on_where_bytes_are_gone_already(session, add, learner, store):
    add(learner, at=NOW - 2 * attachments.UNATTACHED)
    store.delete(store.keys())
    attachments.tidy_attachments(session, store, NOW)
    assert count(session) == 0


@pytest.mark.parametrize(("attached", "left"), [(False, 1), (True, 0)])
def test_files_go_with_their_person(session, add, learner, store, attached, left):
    kept = add(learner)
    add(learner)
    attachments.attach(session, learner, [kept.id], "post", uuid.uuid4())
    assert len(attachments.list_attachments_of(session, learner.person)) == 2
    attachments.forget_attachments(session, store, learner.person, attached=attached)
    assert (count(session), len(store.keys())) == (left, left)


def test_files_go_with_what_they_belong_to(session, add, learner, store):
    row, holder = add(learner), uuid.uuid4()
    attachments.attach(session, learner, [row.id], "post", holder)
    attachments.detach(session, store, "post", holder)
    assert (count(session), store.keys()) == (0, [])


# --- pictures --------------------------------------------------------------------------------------------------------


def test_what_else_is_in_a_picture_is_not_kept(sender):
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "taken at home", 6
    shown = sender.visit.client.get(sender.send(picture("JPEG", (200, 100), exif=exif)).json["url"])
    stored = Image.open(io.BytesIO(shown.data))
    assert (stored.size, dict(stored.getexif())) == ((100, 200), {})  # upright
    assert b"taken at home" not in shown.data


def test_a_large_picture_is_made_smaller(sender):
    told = sender.send(picture(size=(4000, 100))).json
    assert (told["width"], told["height"]) == (2560, 64)


@pytest.mark.parametrize("format_", ["GIF", "WEBP"])
def test_an_animation_stays_one_within_limits(sender, format_):
    small = sender.visit.client.get(sender.send(animation(format_)).json["url"])
    assert Image.open(io.BytesIO(small.data)).n_frames == 3
    endless = sender.visit.client.get(sender.send(animation(format_, frames=400)).json["url"])
    assert getattr(Image.open(io.BytesIO(endless.data)), "n_frames", 1) == 1


def test_sound_is_shown_in_place(sender):
    shown = sender.visit.client.get(sender.send(MP3, "a.mp3").json["url"])
    assert shown.headers["Content-Disposition"].startswith("inline;")


def test_names_of_files_stay_out_of_the_log(sender, capsys):
    sender.visit.client.get(sender.send(PDF, "diagnosis of Lea.pdf").json["url"])
    assert "diagnosis" not in capsys.readouterr().out
