import io
import re
import struct
import uuid
import zlib
from http import HTTPStatus

import pytest
from sqlalchemy import func, select

from connector.content.models import Attachment, Draft
from connector.moderation import moving
from connector.moderation.services import hold, remove
from connector.threads.models import Post
from tests import make
from tests.connector.threads import build


def png():
    """A picture of one red point."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00\xff\x00\x00"))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def thread(session, activity, bo):
    return build.thread(session, activity=activity, author=bo, title="Filing", body="How?")


@pytest.fixture
def writer(visiting, activity, ana, trainer, thread):
    visit = visiting(ana, activity)
    visit.get()
    return visit


def reply(visit, thread, **form):
    return visit.post(f"/threads/{thread.id}/replies", **form)


def path_of_file(page):
    (path,) = set(re.findall(r'src="([^"]*/attachments/[^"]+)"', page.text))
    return path


def test_a_picture_sent_with_a_plain_form_stands_in_the_post(writer, stored, thread):
    files = (io.BytesIO(png()), "desk.png")
    answer = reply(writer, thread, body="Like this:", files=files, alt="A tidy desk")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    (post,) = stored(select(Post).where(Post.number == 2))
    assert re.fullmatch(r"Like this:\n\n!\[A tidy desk\]\(attachment:[0-9a-f-]+\)", post.body)
    page = writer.get(f"/threads/{thread.id}")
    shown = writer.client.get(path_of_file(page))
    assert (shown.status_code, shown.content_type) == (HTTPStatus.OK, "image/png")
    assert 'alt="A tidy desk"' in page.text


def test_others_see_the_picture_as_long_as_they_may_read_the_post(
    writer, visiting, session, activity, bo, trainer, thread, stored
):
    reply(writer, thread, body="Like this:", files=(io.BytesIO(png()), "desk.png"), alt="A tidy desk")
    other = visiting(bo, activity)
    path = path_of_file(other.get(f"/threads/{thread.id}"))
    assert other.client.get(path).status_code == HTTPStatus.OK
    elsewhere = make.activity(session)
    stranger = visiting(make.member(session, course=elsewhere.course), elsewhere)
    name = path.rpartition("/attachments/")[2]
    assert stranger.client.get(f"/s/{stranger.sid}/attachments/{name}").status_code == HTTPStatus.NOT_FOUND
    post = session.scalars(select(Post).where(Post.number == 2)).one()
    remove(session, post, trainer, "Off topic.", now=make.NOW)
    session.commit()
    assert other.client.get(path).status_code == HTTPStatus.NOT_FOUND


def test_a_file_that_is_not_what_it_says_is_refused_and_the_text_kept(writer, stored, thread):
    answer = reply(writer, thread, body="Like this:", files=(io.BytesIO(b"PK\x03\x04 no picture"), "desk.png"))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Like this:" in answer.text
    assert stored(select(func.count()).select_from(Post)) == [1]


def test_a_file_of_somebody_else_is_passed_over(writer, visiting, activity, bo, stored, thread):
    other = visiting(bo, activity)
    other.get()
    sent = other.client.post(
        f"/s/{other.sid}/attachments",
        data={"csrf_token": other.token, "file": (io.BytesIO(png()), "desk.png")},
        headers={"Accept": "application/json"},
    )
    id_ = sent.get_json()["id"]
    reply(writer, thread, body=f"Mine: ![x](attachment:{id_})", attachment=id_)
    assert stored(select(Attachment.holder_id)) == [None]


def test_what_was_typed_comes_back_until_it_is_sent(writer, stored, thread):
    place = f"reply {thread.opening.id}"
    answer = writer.client.put(
        f"/s/{writer.sid}/drafts/{place}",
        json={"fields": {"body": "Half an answer"}, "base": 0},
        headers={"X-CSRF-Token": writer.token},
    )
    assert answer.status_code == HTTPStatus.OK
    assert "Half an answer" in writer.get(f"/threads/{thread.id}").text
    reply(writer, thread, body="A whole answer.")
    assert "Half an answer" not in writer.get(f"/threads/{thread.id}").text
    assert [draft for draft in stored(select(Draft)) if draft.fields] == []


def test_a_refused_form_goes_before_the_draft(writer, thread):
    writer.client.put(
        f"/s/{writer.sid}/drafts/reply {thread.opening.id}",
        json={"fields": {"body": "An older draft"}, "base": 0},
        headers={"X-CSRF-Token": writer.token},
    )
    answer = reply(writer, thread, body="x" * 20_001)
    assert ("xxxxx" in answer.text, "An older draft" in answer.text) == (True, False)


def test_the_language_of_a_text_is_its_authors_to_say(writer, stored, thread):
    reply(writer, thread, body="Efter dato.", language="da")
    reply(writer, thread, body="By date.", language="")
    assert stored(select(Post.language).order_by(Post.number)) == [None, "da", None]
    assert reply(writer, thread, body="Par date.", language="xx").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'lang="da"' in writer.get(f"/threads/{thread.id}").text


def test_a_thread_comes_with_its_picture(writer, stored):
    answer = writer.post(
        "/threads", title="My desk", body="", files=(io.BytesIO(png()), "desk.png"), alt="A tidy desk",
        idempotency_key=str(uuid.uuid4()),
    )  # fmt: skip
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert stored(select(func.count()).select_from(Attachment).where(Attachment.holder_kind == "post")) == [1]


def test_somebody_who_is_named_stands_out(writer, stored, thread):
    reply(writer, thread, body="@Bo Dam, how do you do it?")
    (html,) = stored(select(Post.body_html).where(Post.number == 2))
    assert '<span class="mention">@Bo Dam</span>' in html


def test_a_preview_shows_what_posting_would(writer):
    answer = writer.client.post(
        f"/s/{writer.sid}/preview",
        data={"body": "*So*, @Bo Dam: $x^2$ <script>alert(1)</script>", "csrf_token": writer.token},
    )
    assert '<span class="mention">@Bo Dam</span>' in answer.text
    assert ("<em>So</em>" in answer.text, "<math" in answer.text, "<script" in answer.text) == (True, True, False)


def test_a_reply_to_a_thread_that_was_just_merged_is_not_lost(writer, session, activity, trainer, ana, thread):
    other = build.thread(session, activity=activity, author=ana, title="How do you file?")
    moving.merge(session, thread, other, trainer, "The same.", now=make.NOW)
    session.commit()
    answer = reply(writer, thread, body="Half of my answer")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert ("How do you file?" in answer.text, "Half of my answer" in answer.text) == (True, True)


def test_a_reply_to_what_is_gone_is_not_lost(writer, session, trainer, thread):
    hold(session, thread.opening, trainer, "Let me see.", now=make.NOW)
    session.commit()
    answer = reply(writer, thread, body="Half of <b>my</b> answer")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "Half of &lt;b&gt;my&lt;/b&gt; answer" in answer.text


def test_nobody_answers_what_was_removed_and_the_text_is_kept(writer, session, activity, bo, trainer, thread, stored):
    gone = build.reply(session, thread, author=bo)
    remove(session, gone, trainer, "Off topic.", now=make.NOW)
    session.commit()
    answer = reply(writer, thread, body="Half of my answer", parent=str(gone.id))
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Half of my answer" in answer.text
    assert stored(select(func.count()).select_from(Post)) == [2]
