import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt

from lti import claims
from lti.deep_linking import (
    ContentItem,
    GradeColumn,
    TimeSpan,
    Words,
    item_json,
    response_claims,
    sign_response,
)
from lti.errors import DeepLinkingError
from lti.line_items import time_of
from lti.messages import DeepLinkingSettings
from lti.profiles import GENERIC, MOODLE, PROFILES, Profile
from tests.lti.platform import NOW, REGISTRATION
from tests.lti.recorded import recorded
from tests.lti.server import tool_key, tool_key_set

URL = "https://tool.example/lti/launch?activity=1"
ITEM = ContentItem(url=URL, title="Peer review: essay draft")
RESPONSE = {
    claims.MESSAGE_TYPE: "LtiDeepLinkingResponse",
    claims.VERSION: "1.3.0",
    claims.DEPLOYMENT_ID: "1",
}


def settings(**changes: Any) -> DeepLinkingSettings:
    given: dict[str, Any] = {
        "return_url": "https://platform.example/return",
        "accept_types": ("ltiResourceLink",),
        "accept_presentation_document_targets": ("frame", "iframe", "window"),
        "accept_multiple": True,
        "accept_lineitem": None,
        "auto_create": False,
        "title": None,
        "text": None,
        "data": None,
    }
    return DeepLinkingSettings(**{**given, **changes})


def respond(*items: ContentItem, words: Words | None = None, **changes: Any) -> dict[str, Any]:
    return response_claims(
        items,
        settings(**changes),
        registration=REGISTRATION,
        deployment_id="1",
        profile=GENERIC,
        now=NOW,
        words=words,
    )


class TestResponse:
    def test_it_is_addressed_and_soon_over(self):
        said = respond(ITEM)
        assert said.items() >= RESPONSE.items()
        assert (said["iss"], said["aud"]) == ("client-1", "https://platform.example")
        assert (said["iat"], said["exp"]) == (NOW.timestamp(), NOW.timestamp() + 300)
        assert said["nonce"] != respond(ITEM)["nonce"]

    def test_nothing_chosen(self):
        said = respond()
        assert said[claims.DEEP_LINKING_CONTENT_ITEMS] == []
        assert claims.DEEP_LINKING_DATA not in said

    @pytest.mark.parametrize("data", ["a", "", 0, {"x": 1}])
    def test_data_goes_back_as_it_came(self, data: Any):
        assert respond(data=data)[claims.DEEP_LINKING_DATA] == data

    def test_words(self):
        words = Words(message="Two chosen", log="l", error_message="e", error_log="el")
        said = respond(words=words)
        assert [
            said[name]
            for name in (
                claims.DEEP_LINKING_MESSAGE,
                claims.DEEP_LINKING_LOG,
                claims.DEEP_LINKING_ERROR_MESSAGE,
                claims.DEEP_LINKING_ERROR_LOG,
            )
        ] == ["Two chosen", "l", "e", "el"]

    def test_several_where_one_is_taken(self):
        with pytest.raises(DeepLinkingError) as refusal:
            respond(ITEM, ITEM, accept_multiple=False)
        assert refusal.value.code == "multiple_not_accepted"
        assert len(respond(ITEM, accept_multiple=False)[claims.DEEP_LINKING_CONTENT_ITEMS]) == 1

    def test_signed(self):
        token = sign_response(
            [ITEM],
            settings(),
            registration=REGISTRATION,
            deployment_id="1",
            profile=GENERIC,
            key=tool_key(),
            now=NOW,
        )
        read = jwt.decode(token, tool_key_set(), algorithms=["RS256"])
        assert read.header["kid"] == tool_key().kid
        assert read.claims[claims.DEEP_LINKING_CONTENT_ITEMS] == [item_json(ITEM, settings(), GENERIC)]

    def test_what_moodle_took(self):
        """Compare with a response that a Moodle 4.5.6 made activities of."""
        taken = recorded("30-deep-linking-response")["jwt"]["claims"]
        first = taken[claims.DEEP_LINKING_CONTENT_ITEMS][0]
        item = ContentItem(
            url=first["url"],
            title=first["title"],
            text=first["text"],
            custom=first["custom"],
            grade=GradeColumn(
                score_maximum=20.0,
                label="Essay draft (peer score)",
                resource_id="essay-1",
                tag="peer",
                are_grades_released=True,
                submission_review=first["lineItem"]["submissionReview"],
            ),
            icon_url=first["icon"]["url"],
            available=TimeSpan(starts_at=datetime(2026, 11, 1, 12, tzinfo=UTC)),
            submission=TimeSpan(ends_at=datetime(2027, 1, 15, 12, tzinfo=UTC)),
            opens_in_window=True,
        )
        said = item_json(item, settings(), MOODLE)
        for name in ("type", "title", "text", "url", "lineItem", "window"):
            assert said[name] == first[name]
        assert said["custom"] == {"task_id": "essay-1", "due": "2027-01-15T12:00:00Z", "eq": "a=b"}


class TestItem:
    def test_only_what_is_there_is_said(self):
        assert item_json(ITEM, settings(), GENERIC) == {"type": "ltiResourceLink", "title": ITEM.title, "url": URL}

    def test_type_that_is_not_taken(self):
        with pytest.raises(DeepLinkingError) as refusal:
            item_json(ITEM, settings(accept_types=("link", "file")), GENERIC)
        assert refusal.value.code == "type_not_accepted"

    @pytest.mark.parametrize(("accepted", "is_sent"), [(True, True), (None, True), (False, False)])
    def test_column_only_where_it_is_taken(self, accepted: bool | None, is_sent: bool):  # noqa: FBT001 -- a case, not a flag
        item = ContentItem(url=URL, title="x", grade=GradeColumn(score_maximum=10))
        assert ("lineItem" in item_json(item, settings(accept_lineitem=accepted), GENERIC)) == is_sent

    @pytest.mark.parametrize(("targets", "is_sent"), [((), True), (("window",), True), (("iframe",), False)])
    def test_window_only_where_it_is_taken(self, targets: tuple[str, ...], is_sent: bool):  # noqa: FBT001 -- as above
        item = ContentItem(url=URL, title="x", opens_in_window=True)
        said = item_json(item, settings(accept_presentation_document_targets=targets), GENERIC)
        assert ("window" in said) == is_sent

    def test_title_is_one_line_that_fits(self):
        assert (
            item_json(ContentItem(url=URL, title=" a\n b " + "x" * 300), settings(), MOODLE)["title"]
            == "a b " + "x" * 251
        )
        with pytest.raises(DeepLinkingError):
            item_json(ContentItem(url=URL, title=" \n"), settings(), GENERIC)

    @pytest.mark.parametrize("custom", [{"a": "x" * 1001}, {"A": "1", "a": "2"}], ids=["long", "twins"])
    def test_custom_parameters_that_would_not_come_back(self, custom: dict[str, str]):
        with pytest.raises(DeepLinkingError) as refusal:
            item_json(ContentItem(url=URL, title="x", custom=custom), settings(), MOODLE)
        assert refusal.value.code == "custom_invalid"


_texts = st.none() | st.text(min_size=1)
_times = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
_spans = st.none() | st.builds(TimeSpan, starts_at=_times, ends_at=_times)
_items = st.builds(
    ContentItem,
    url=st.just(URL),
    title=st.text(min_size=1).filter(str.strip),
    text=_texts,
    custom=st.dictionaries(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), st.text(max_size=50), max_size=3),
    grade=st.none()
    | st.builds(
        GradeColumn,
        score_maximum=st.integers(1, 1000) | st.floats(0.5, 1000),
        label=_texts,
        resource_id=_texts,
        tag=_texts,
        are_grades_released=st.none() | st.booleans(),
        submission_review=st.none() | st.just({"url": URL}),
    ),
    icon_url=st.none() | st.just("https://tool.example/icon.png"),
    available=_spans,
    submission=_spans,
    opens_in_window=st.booleans(),
)


def span(said: Any) -> tuple[datetime | None, datetime | None] | None:
    return said and (time_of(said.get("startDateTime")), time_of(said.get("endDateTime")))


def is_near(read: tuple[datetime | None, datetime | None] | None, meant: TimeSpan | None) -> bool:
    pairs = zip(read or (None, None), (meant.starts_at, meant.ends_at) if meant else (None, None), strict=True)
    return all(
        a == b or (a is not None and b is not None and timedelta(0) <= b - a < timedelta(milliseconds=1))
        for a, b in pairs
    )


@given(_items, st.sampled_from(PROFILES))
def test_platform_reads_what_was_meant(item: ContentItem, profile: Profile):
    """Read the item as the specification tells a platform to."""
    said = json.loads(json.dumps(item_json(item, settings(), profile)))
    assert None not in said.values()
    assert (said["type"], said["url"], said.get("text")) == ("ltiResourceLink", URL, item.text)
    assert said["title"] == " ".join(item.title.split())[:255].rstrip()
    assert {name: value.split() for name, value in said.get("custom", {}).items()} == {
        name: value.split() for name, value in item.custom.items()
    }
    assert all("\n" not in value for value in said.get("custom", {}).values()) or not profile.is_custom_flat
    assert is_near(span(said.get("available")), item.available)
    assert is_near(span(said.get("submission")), item.submission)
    column, grade = said.get("lineItem"), item.grade
    assert (column is None) == (grade is None)
    if grade:
        assert column["scoreMaximum"] == pytest.approx(grade.score_maximum, abs=1e-6)
        assert (column.get("label"), column.get("resourceId"), column.get("tag"), column.get("gradesReleased")) == (
            grade.label,
            grade.resource_id,
            grade.tag,
            grade.are_grades_released,
        )
