from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti import claims
from lti.errors import ServiceRefusedError, ServiceUnavailableError
from lti.line_items import (
    LineItem,
    create_line_item,
    delete_line_item,
    find_line_item,
    get_line_item,
    line_items,
    time_of,
    update_line_item,
    utc_text,
    whole,
)
from lti.messages import GradeEndpoint
from lti.profiles import CANVAS, GENERIC, MOODLE
from lti.service import Service
from tests.lti.recorded import LINE_ITEM, LINE_ITEMS, play, recorded
from tests.lti.server import Platform, Reply, calling, platform

ALL = frozenset({claims.SCOPE_LINE_ITEM, claims.SCOPE_LINE_ITEM_READONLY})
READ_ONLY = frozenset({claims.SCOPE_LINE_ITEM_READONLY})
REVIEW = {"reviewableStatus": ["Submitted"], "url": "https://127.0.0.1:18444/launch?review=given"}
GIVEN = LineItem(
    label="Reviews given",
    score_maximum=10,
    resource_id="essay-1-given",
    tag="given",
    resource_link_id="1",
    starts_at=datetime(2026, 11, 1, 12, tzinfo=UTC),
    ends_at=datetime(2027, 1, 15, 12, tzinfo=UTC),
    submission_review=REVIEW,
    others={"gradesReleased": False},
)


@pytest.fixture
def lms() -> Iterator[Platform]:
    with platform() as played:
        yield played


@pytest.fixture
def service(lms: Platform) -> Iterator[Service]:
    with calling(lms) as called:
        yield called


def endpoint(lms: Platform, scopes: frozenset[str] = ALL) -> GradeEndpoint:
    return GradeEndpoint(lineitems=lms.url + LINE_ITEMS, lineitem=None, scopes=scopes)


class TestMoodle:
    def test_list(self, lms: Platform, service: Service):
        play(lms, "52-lineitems-all")
        (item,) = line_items(service, endpoint(lms), profile=MOODLE)
        assert item == LineItem(
            id=lms.url + LINE_ITEM,
            label="Peer review: essay draft",
            score_maximum=20,
            resource_id="essay-1",
            tag="peer",
            resource_link_id="1",
            submission_review={"url": "https://127.0.0.1:18444/launch?review=1", "custom": {"mode": "review"}},
            others={"ltiLinkId": "1"},
        )

    def test_no_limit_is_ever_asked_for(self, lms: Platform, service: Service):
        play(lms, "52-lineitems-all")
        list(line_items(service, endpoint(lms), profile=MOODLE))
        assert lms.asked[0].query == {"type_id": "1"}

    def test_mangled_links_of_pages_are_followed_all_the_same(self, lms: Platform, service: Service):
        play(lms, "54-lineitems-limit2", "54-lineitems-limit2-from2")
        found = line_items(service, replace(endpoint(lms), lineitems=f"{lms.url}{LINE_ITEMS}&limit=2"), profile=MOODLE)
        assert [next(found).tag for _ in range(4)] == ["peer", "given", "part", "given"]

    def test_find(self, lms: Platform, service: Service):
        play(lms, "54-lineitems-filter-tag", "54-lineitems-filter-resource_link_id", "54-lineitems-after-create")
        found = find_line_item(service, endpoint(lms), profile=MOODLE, tag="given")
        assert found is not None
        assert found.id == f"{lms.url}/mod/lti/services.php/2/lineitems/3/lineitem?type_id=1"
        by_link = find_line_item(service, endpoint(lms), profile=MOODLE, resource_link_id="1")
        assert by_link is not None
        assert by_link.id == lms.url + LINE_ITEM

    def test_create(self, lms: Platform, service: Service):
        play(lms, "53-lineitem-create-bound-to-link", "55-lineitem-put")
        created = create_line_item(service, endpoint(lms), GIVEN, profile=MOODLE)
        posted, put = lms.asked
        assert posted.json == recorded("53-lineitem-create-bound-to-link")["request"]["body"] | {
            "startDateTime": "2026-11-01T12:00:00.000Z",
            "endDateTime": "2027-01-15T12:00:00.000Z",
        }
        assert (put.method, put.json["submissionReview"]) == ("PUT", REVIEW)
        assert created.id == f"{lms.url}/mod/lti/services.php/2/lineitems/3/lineitem?type_id=1"

    def test_update_sends_again_what_moodle_would_forget(self, lms: Platform, service: Service):
        play(lms, "52-lineitem-coupled")
        item = get_line_item(service, lms.url + LINE_ITEM, endpoint=endpoint(lms))
        lms.answer = lambda asked: Reply(asked.body)
        update_line_item(service, replace(item, label="Renamed"))
        assert lms.asked[-1].json == recorded("52-lineitem-coupled")["response"]["body"] | {
            "id": lms.url + LINE_ITEM,
            "label": "Renamed",
        }

    def test_delete(self, lms: Platform, service: Service):
        play(lms, "62-lineitem-delete-created", "62-lineitem-get-deleted")
        url = f"{lms.url}/mod/lti/services.php/2/lineitems/4/lineitem?type_id=1"
        delete_line_item(service, LineItem(id=url, label="x", score_maximum=5))
        with pytest.raises(ServiceRefusedError) as refusal:
            get_line_item(service, url, endpoint=endpoint(lms))
        assert refusal.value.code == "service_not_found"

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("53-lineitem-error-foreign-link", "service_forbidden"),
            ("53-lineitem-error-no-label", "service_bad_request"),
        ],
    )
    def test_refusal(self, lms: Platform, service: Service, name: str, code: str):
        play(lms, name)
        with pytest.raises(ServiceRefusedError) as refusal:
            create_line_item(service, endpoint(lms), GIVEN, profile=MOODLE)
        assert refusal.value.code == code


class TestOthers:
    def test_canvas_is_asked_for_large_pages(self, lms: Platform, service: Service):
        lms.answer = lambda _: Reply([])
        assert list(line_items(service, endpoint(lms), profile=CANVAS)) == []
        assert lms.asked[0].query == {"type_id": "1", "limit": "100"}

    def test_created_in_one_step_where_that_is_enough(self, lms: Platform, service: Service):
        lms.answer = lambda asked: Reply({**asked.json, "id": f"{lms.url}/1"}, 201)
        assert create_line_item(service, endpoint(lms), GIVEN, profile=GENERIC) == replace(GIVEN, id=f"{lms.url}/1")
        assert [asked.method for asked in lms.asked] == ["POST"]

    def test_unknown_parts_go_back(self, lms: Platform, service: Service):
        extra = {"https://canvas.instructure.com/lti/submission_type": {"type": "external_tool"}}
        lms.answer = lambda _: Reply({"id": f"{lms.url}/1", "label": "a", "scoreMaximum": 1, **extra})
        item = get_line_item(service, f"{lms.url}/1", endpoint=endpoint(lms))
        update_line_item(service, item)
        assert lms.asked[-1].json.items() >= extra.items()

    def test_platform_that_ignores_what_was_wanted(self, lms: Platform, service: Service):
        rows = [{"id": f"{lms.url}/{n}", "label": "x", "scoreMaximum": 1, "tag": tag} for n, tag in enumerate("ab")]
        lms.answer = lambda _: Reply(rows)
        found = find_line_item(service, endpoint(lms), profile=GENERIC, tag="b")
        assert found is not None
        assert found.id == f"{lms.url}/1"
        assert find_line_item(service, endpoint(lms), profile=GENERIC, tag="c") is None

    @pytest.mark.parametrize(
        "row",
        [
            {"id": "https://evil.example/1", "label": "x", "scoreMaximum": 1},
            {"id": "x", "label": "x", "scoreMaximum": 1},
            {"label": "x", "scoreMaximum": 1},
            {"id": 1, "label": "x", "scoreMaximum": 1},
            None,
            [],
        ],
        ids=str,
    )
    def test_items_elsewhere_are_not_seen(self, lms: Platform, service: Service, row: Any):
        lms.answer = lambda _: Reply([row])
        assert list(line_items(service, endpoint(lms), profile=GENERIC)) == []
        lms.answer = lambda _: Reply(row, 201)
        with pytest.raises(ServiceUnavailableError):
            create_line_item(service, endpoint(lms), GIVEN, profile=GENERIC)

    def test_reading_takes_what_is_granted(self, lms: Platform, service: Service):
        lms.answer = lambda _: Reply([])
        list(line_items(service, endpoint(lms, READ_ONLY), profile=GENERIC))
        list(line_items(service, endpoint(lms, ALL), profile=GENERIC))
        assert [form["scope"] for form in lms.token_requests] == [
            claims.SCOPE_LINE_ITEM_READONLY,
            claims.SCOPE_LINE_ITEM,
        ]

    def test_what_is_not_granted_is_not_tried(self, lms: Platform, service: Service):
        for scopes, call in (
            (frozenset[str](), lambda where: list(line_items(service, where, profile=GENERIC))),
            (READ_ONLY, lambda where: create_line_item(service, where, GIVEN, profile=GENERIC)),
        ):
            with pytest.raises(ServiceRefusedError) as refusal:
                call(endpoint(lms, scopes))
            assert refusal.value.code == "scope_missing"
        assert lms.token_requests == []

    def test_no_container(self, service: Service):
        where = GradeEndpoint(lineitems=None, lineitem="https://lms.example/1", scopes=ALL)
        with pytest.raises(ServiceRefusedError) as refusal:
            list(line_items(service, where, profile=GENERIC))
        assert refusal.value.code == "line_items_missing"

    def test_item_that_was_never_created(self, service: Service):
        for call in (update_line_item, delete_line_item):
            with pytest.raises(ServiceRefusedError) as refusal:
                call(service, GIVEN)
            assert refusal.value.code == "line_item_id"


@pytest.mark.parametrize(
    ("number", "expected"), [(18.0, 18), (17.5, 17.5), (1 / 3, 0.333333), (0, 0), (2.9999999999, 3)]
)
def test_numbers(number: float, expected: float):
    assert whole(number) == expected
    assert type(whole(number)) is type(expected)


def test_times_are_written_in_utc():
    moment = datetime(2026, 11, 22, 13, 0, 0, 123_999, tzinfo=timezone(timedelta(hours=1)))
    assert utc_text(moment) == "2026-11-22T12:00:00.123Z"


@given(st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 -- Hypothesis wants it
def test_times_come_back(moment: datetime):
    read = time_of(utc_text(moment))
    assert read is not None
    assert timedelta(0) <= moment - read < timedelta(milliseconds=1)


@pytest.mark.parametrize("value", [None, "", "soon", 1, "0001-01-01T00:00:00+14:00"])
def test_no_time(value: object):
    assert time_of(value) is None
