import uuid

import pytest
from flask import g

from connector.content import markdown
from connector.content.prose import prose
from connector.content.rerendering import rerender, rerender_some
from connector.content.text import BODY_LIMIT
from connector.threads.models import Post
from tests import make
from tests.connector.content.conftest import picture

FILE = "12345678-1234-1234-1234-123456789abc"


# --- preview ---------------------------------------------------------------------------------------------------------


def preview(sender, body, **more):
    return sender.call("POST", "/preview", data={"body": body, "title": "x"}, headers={"Accept": "text/html"}, **more)


def test_a_preview_shows_what_posting_would(sender, session, activity):
    make.member(session, course=activity.course, name="Anna Berg")
    session.commit()
    answer = preview(sender, f"Hi @anna berg: $x$ ![a](attachment:{FILE})\r\n\r\n<b>")
    assert answer.text == (
        '<p>Hi <span class="mention">@anna berg</span>: '
        '<math display="inline" alttext="x"><mrow><mi>x</mi></mrow></math> '
        f'<img src="/s/{sender.visit.sid}/attachments/{FILE}" alt="a" loading="lazy"></p>\n<p>&lt;b&gt;</p>'
    )
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/html", "no-store")


def test_the_picture_in_a_preview_can_be_seen(sender):
    told = sender.send(picture(), alt="A cat").json
    address = preview(sender, told["markdown"]).text.split('src="')[1].split('"')[0]
    assert sender.visit.client.get(address).status_code == 200


@pytest.mark.parametrize(
    "source", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>"]
)
def test_a_preview_is_as_harmless_as_a_post(sender, source):
    html = preview(sender, source).text
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_a_preview_of_nothing_is_empty(sender):
    assert preview(sender, " \n").text == ""


def test_emoji_alone_are_a_text(sender):
    assert preview(sender, "😀🎉").text == "<p>😀🎉</p>"


def test_a_megabyte_of_text_is_refused(sender):
    assert preview(sender, "a" * 1_000_000).status_code == 422
    assert preview(sender, "a" * BODY_LIMIT).status_code == 200


def test_marks_that_turn_text_around_are_left_out(sender):
    assert preview(sender, "a\u202eb\u2066c&#x202e;d").text == "<p>ab\u2066cd</p>"


def test_twenty_kilobytes_of_formulas_are_shown(sender):
    assert preview(sender, "$" + "{" * 9000 + "}" * 9000 + "$").status_code == 200
    assert preview(sender, r"$\frac{a}{b}$ " * 1400).status_code == 200


def test_a_preview_addresses_more_than_may_be_sent(sender, session, activity):
    for number in range(12):
        make.member(session, course=activity.course, name=f"N{number}")
    session.commit()
    answer = preview(sender, " ".join(f"@N{number}" for number in range(12)))
    assert answer.status_code == 200


def test_a_preview_needs_the_token(sender):
    assert sender.visit.client.post(sender.path("/preview"), data={"body": "a"}).status_code == 400


# --- prose -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def shown(app):
    with app.test_request_context():
        g.sid = "visit"
        yield lambda source: str(prose(markdown.render(source)))


def test_files_have_an_address_of_the_readers_own_visit(shown):
    assert f'href="/s/visit/attachments/{FILE}"' in shown(f"[a.pdf](attachment:{FILE})")
    player = shown(f"[a.mp4](attachment:{FILE})")
    assert player.count(f'="/s/visit/attachments/{FILE}"') == 2
    assert "attachment:" not in player


def test_what_only_looks_like_an_address_stays_text(shown):
    assert f'src="attachment:{FILE}"' in shown(f'`<img src="attachment:{FILE}"` src="attachment:{FILE}"')


def test_a_picture_that_nobody_described_says_so(shown):
    assert 'alt="A picture without a description"' in shown(f"![](attachment:{FILE})")
    assert 'alt=""' in shown(f'![](attachment:{FILE} "decorative")')


# --- older texts -----------------------------------------------------------------------------------------------------


@pytest.fixture
def old_posts(session, activity):
    from connector.threads.models import Thread
    from tests.make import NOW

    author = make.member(session, course=activity.course)
    thread = Thread(
        id=uuid.uuid4(),
        activity=activity,
        iri="https://a.example",
        title="T",
        author=author,
        created_at=NOW,
        last_activity_at=NOW,
    )
    session.add(thread)
    session.flush()
    for number in range(1, 4):
        post = Post(
            id=uuid.uuid4(),
            thread=thread,
            activity_id=activity.id,
            iri=f"https://a.example/{number}",
            number=number,
            depth=0,
            author=author,
            key=uuid.uuid4(),
            created_at=NOW,
            version=1,
        )
        post.body, post.renderer, post.snippet, post.word_count = "$x$ @Anna", 1, "$x$", 1
        post.body_html = '<p>$x$ <span class="mention">@Anna</span></p>'
        session.add(post)
    session.flush()


@pytest.mark.usefixtures("old_posts")
def test_older_texts_are_made_again_by_batches(session):
    assert [rerender(session, Post, limit=2) for _ in range(3)] == [2, 1, 0]
    assert {post.body_html for post in session.query(Post)} == {
        '<p><math display="inline" alttext="x"><mrow><mi>x</mi></mrow></math> <span class="mention">@Anna</span></p>'
    }
    assert {(post.renderer, post.snippet) for post in session.query(Post)} == {(markdown.RENDERER, "x @Anna")}


@pytest.mark.usefixtures("old_posts")
def test_older_texts_of_every_table_are_found(session):
    assert rerender_some(session) == 3
    assert rerender_some(session) == 0
