import flask
import pytest
from flask_babel import Babel
from marshmallow import Schema, ValidationError

from connector.content import fields
from connector.content.text import BODY_LIMIT, TITLE_LIMIT


class Form(Schema):
    title = fields.Line()
    body = fields.Markdown()


def test_a_missing_field_is_an_empty_one():
    with pytest.raises(ValidationError) as caught:
        Form().load({})
    assert caught.value.messages == {"title": ["Give it a title."], "body": ["Write something first."]}


@pytest.fixture(autouse=True)
def _context():
    app = flask.Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def errors(**values):
    with pytest.raises(ValidationError) as caught:
        Form().load(values)
    return caught.value.messages


def test_what_is_loaded_is_normalised():
    assert Form().load({"title": " a\r\nb ", "body": "\r\nc\r\nd\r\n"}) == {"title": "a b", "body": "c\nd"}


def test_the_longest_title_and_text_fit():
    values = {"title": "a" * TITLE_LIMIT, "body": "b" * BODY_LIMIT}
    assert Form().load(values) == values


def test_what_is_too_long_says_by_how_much():
    assert errors(title="a" * (TITLE_LIMIT + 1), body="b" * (BODY_LIMIT + 2)) == {
        "title": ["This is 1 character too long; 200 fit."],
        "body": ["This is 2 characters too long; 20000 fit."],
    }


@pytest.mark.parametrize("title", ["", "  ", "\u200b", "\u202e"])
def test_a_title_must_show_something(title):
    assert errors(title=title, body="b") == {"title": ["Give it a title."]}


@pytest.mark.parametrize("body", ["", " \n ", "\u200b", "[a]: http://b", "&nbsp;", "&#8203;", "---", ">" * 9000])
def test_a_text_must_show_something(body):
    assert errors(title="a", body=body) == {"body": ["Write something first."]}


@pytest.mark.parametrize("value", [None, 3, ["a"], {"a": "b"}])
def test_only_strings_are_text(value):
    assert set(errors(title=value, body=value)) == {"title", "body"}
