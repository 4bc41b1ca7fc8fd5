"""Assignment and Grade Services: line items, scores, results; and which token opens what."""

import pytest
from requests.utils import parse_header_links

from lti import claims

ITEMS = "/courses/onboarding/lineitems"
ITEM = f"{ITEMS}/1"
URL = "http://127.0.0.1:8001"
COUPLED = {
    "id": f"{URL}{ITEM}",
    "label": "Share how you work",
    "scoreMaximum": 10,
    "resourceLinkId": "share-how-you-work",
}


@pytest.fixture
def manager(authorize):
    """The headers of a tool that may do everything with line items, scores and results."""
    return authorize(claims.SCOPE_LINE_ITEM, claims.SCOPE_SCORE, claims.SCOPE_RESULT_READONLY)


def post_item(client, headers, **body):
    body = {"label": "Reviews", "scoreMaximum": 5, **body}
    return client.post(ITEMS, json=body, headers=headers, content_type=claims.MEDIA_LINE_ITEM)


def score(**changes):
    body = {
        "userId": "freja",
        "scoreGiven": 4,
        "scoreMaximum": 5,
        "timestamp": "2026-11-22T10:00:00.000Z",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    }
    return {name: value for name, value in (body | changes).items() if value is not None}


def post_score(client, headers, item=ITEM, **changes):
    return client.post(f"{item}/scores", json=score(**changes), headers=headers, content_type=claims.MEDIA_SCORE)


# --- line items ----------------------------------------------------------------------------------------------------------


def test_a_graded_activity_comes_with_its_line_item(client, manager):
    answer = client.get(ITEMS, headers=manager)
    assert answer.headers["Content-Type"] == claims.MEDIA_LINE_ITEM_CONTAINER
    assert answer.get_json() == [COUPLED]


def test_a_line_item_is_made_changed_and_deleted(client, manager):
    made = post_item(client, manager, tag="peer", resourceId="topic-42", resourceLinkId="ask-a-colleague", extra="kept")
    assert (made.status_code, made.headers["Content-Type"]) == (201, claims.MEDIA_LINE_ITEM)
    item = made.get_json()
    url = item["id"].removeprefix(URL)
    assert item == {
        "id": f"{URL}{url}",
        "label": "Reviews",
        "scoreMaximum": 5,
        "tag": "peer",
        "resourceId": "topic-42",
        "resourceLinkId": "ask-a-colleague",
        "extra": "kept",
    }
    assert client.get(url, headers=manager).get_json() == item

    changed = client.put(
        url, json={"label": "Better reviews", "scoreMaximum": 8}, headers=manager, content_type=claims.MEDIA_LINE_ITEM
    )
    expected = {
        "id": item["id"],
        "label": "Better reviews",
        "scoreMaximum": 8,
        "resourceLinkId": "ask-a-colleague",
    }
    assert (changed.status_code, changed.get_json()) == (200, expected)

    deleted = client.delete(url, headers=manager)
    assert (deleted.status_code, deleted.data) == (204, b"")
    assert client.get(url, headers=manager).status_code == 404


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ({"tag": "b"}, ["Two"]),
        ({"resource_id": "r"}, ["One", "Two"]),
        ({"resource_id": "r", "tag": "a"}, ["One"]),
        ({"resource_link_id": "share-how-you-work"}, ["Share how you work"]),
        ({"tag": "none"}, []),
    ],
)
def test_line_items_are_found_by_tag_resource_and_link(client, manager, query, labels):
    post_item(client, manager, label="One", tag="a", resourceId="r")
    post_item(client, manager, label="Two", tag="b", resourceId="r")
    answer = client.get(ITEMS, query_string=query, headers=manager)
    assert [item["label"] for item in answer.get_json()] == labels


def test_line_items_come_in_pages(client, manager):
    post_item(client, manager, label="Two")
    first = client.get(f"{ITEMS}?limit=1", headers=manager)
    (link,) = parse_header_links(first.headers["Link"])
    second = client.get(link["url"], headers=manager)
    labels = [item["label"] for item in first.get_json() + second.get_json()]
    assert (labels, "Link" in second.headers) == (["Share how you work", "Two"], False)


def test_a_line_item_of_an_activity_is_not_deleted(client, manager):
    assert client.delete(ITEM, headers=manager).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"label": ""},
        {"label": None},
        {"scoreMaximum": 0},
        {"scoreMaximum": -1},
        {"scoreMaximum": "5"},
        {"scoreMaximum": True},
        {"scoreMaximum": None},
        {"tag": 5},
        {"resourceLinkId": "feedback-circle"},
    ],
)
def test_a_wrong_line_item_is_a_bad_request(client, manager, changes):
    assert post_item(client, manager, **changes).status_code == 400


def test_a_second_line_item_for_a_link_takes_the_claim_away(client, manager, tool, sign_in):
    post_item(client, manager, resourceLinkId="share-how-you-work")
    sign_in("freja")
    request = tool.authentication_request(client.get("/start/share-how-you-work"))
    token = tool.id_token(client, client.get("/auth", query_string=request))
    assert "lineitem" not in token[claims.AGS_ENDPOINT]


# --- scores and results --------------------------------------------------------------------------------------------------


def test_a_score_becomes_a_result_on_the_scale_of_its_column(client, manager):
    posted = post_score(client, manager, comment="Well done")
    assert (posted.status_code, posted.data) == (200, b"")
    results = client.get(f"{ITEM}/results", headers=manager)
    assert results.headers["Content-Type"] == claims.MEDIA_RESULT_CONTAINER
    assert results.get_json() == [
        {
            "id": f"{URL}{ITEM}/results/freja",
            "scoreOf": f"{URL}{ITEM}",
            "userId": "freja",
            "resultScore": 8.0,
            "resultMaximum": 10.0,
            "comment": "Well done",
        }
    ]


def test_a_newer_score_takes_the_place_of_the_older(client, manager):
    post_score(client, manager)
    post_score(client, manager, scoreGiven=0, timestamp="2026-11-22T11:00:00.001+01:00")
    (result,) = client.get(f"{ITEM}/results", headers=manager).get_json()
    assert result["resultScore"] == 0


def test_an_older_score_is_a_conflict(client, manager):
    post_score(client, manager)
    assert post_score(client, manager, timestamp="2026-11-22T10:30:00+01:00").status_code == 409


def test_a_score_may_come_twice(client, manager):
    assert [post_score(client, manager).status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("changes", [{"gradingProgress": "PendingManual"}, {"scoreGiven": None, "scoreMaximum": None}])
def test_without_a_final_number_there_is_no_result_score(client, manager, changes):
    post_score(client, manager, **changes)
    (result,) = client.get(f"{ITEM}/results", headers=manager).get_json()
    assert "resultScore" not in result


def test_results_can_be_of_one_person(client, manager):
    post_score(client, manager)
    post_score(client, manager, userId="daan")
    answer = client.get(f"{ITEM}/results?user_id=daan", headers=manager)
    assert [result["userId"] for result in answer.get_json()] == ["daan"]


def test_results_come_in_pages(client, manager):
    for person in ("daan", "freja", "rasmus"):
        post_score(client, manager, userId=person)
    first = client.get(f"{ITEM}/results?limit=2", headers=manager)
    (link,) = parse_header_links(first.headers["Link"])
    second = client.get(link["url"], headers=manager)
    people = [[result["userId"] for result in page.get_json()] for page in (first, second)]
    assert people == [["daan", "freja"], ["rasmus"]]


@pytest.mark.parametrize(
    "changes",
    [
        {"userId": "ingrid"},
        {"userId": "nobody"},
        {"userId": None},
        {"scoreGiven": -1},
        {"scoreGiven": "4"},
        {"scoreMaximum": None},
        {"scoreMaximum": 0},
        {"timestamp": "2026-11-22T10:00:00"},
        {"timestamp": "yesterday"},
        {"timestamp": None},
        {"activityProgress": "Done"},
        {"gradingProgress": None},
        {"comment": 5},
    ],
)
def test_a_wrong_score_is_a_bad_request(client, manager, changes):
    assert post_score(client, manager, **changes).status_code == 400


def test_more_than_the_maximum_is_a_bonus(client, manager):
    assert post_score(client, manager, scoreGiven=6).status_code == 200


@pytest.mark.parametrize("body", [b"not json", b"[]", b"null", b""])
@pytest.mark.parametrize(("method", "path"), [("POST", ITEMS), ("PUT", ITEM), ("POST", f"{ITEM}/scores")])
def test_a_body_that_is_no_object_is_a_bad_request(client, manager, method, path, body):
    assert client.open(path, method=method, data=body, headers=manager).status_code == 400


@pytest.mark.parametrize(("path", "body"), [(ITEMS, {"label": "x", "scoreMaximum": 1}), (f"{ITEM}/scores", score())])
def test_plain_json_is_not_the_media_type(client, manager, path, body):
    assert client.post(path, json=body, headers=manager).status_code == 415


# --- who may do what -----------------------------------------------------------------------------------------------------

ROUTES = [("GET", ITEMS), ("POST", ITEMS), ("GET", ITEM), ("PUT", ITEM), ("DELETE", ITEM), ("POST", f"{ITEM}/scores")]
ROUTES += [("GET", f"{ITEM}/results")]
OPENS = {
    claims.SCOPE_LINE_ITEM: {0, 1, 2, 3, 4},
    claims.SCOPE_LINE_ITEM_READONLY: {0, 2},
    claims.SCOPE_SCORE: {5},
    claims.SCOPE_RESULT_READONLY: {6},
    claims.SCOPE_MEMBERSHIP_READONLY: set(),
}


@pytest.mark.parametrize("scope", OPENS)
def test_a_scope_opens_its_routes_and_no_others(client, authorize, scope):
    headers = authorize(scope)
    # Without a body, a route that is open still refuses: with something else than 403, or as a coupled line item.
    answers = [client.open(path, method=method, headers=headers) for method, path in ROUTES]
    lacking = {at for at, answer in enumerate(answers) if "lacks a scope" in answer.text}
    assert lacking == set(range(len(ROUTES))) - OPENS[scope]
    assert {answers[at].status_code for at in lacking} == {403}


def test_a_token_that_only_reads_changes_nothing(client, authorize, manager):
    reader = authorize(claims.SCOPE_RESULT_READONLY, claims.SCOPE_LINE_ITEM_READONLY)
    url = post_item(client, manager).get_json()["id"]
    assert post_score(client, reader).status_code == 403
    assert client.delete(url, headers=reader).status_code == 403
    assert client.get(f"{ITEM}/results", headers=manager).get_json() == []
    assert client.get(url, headers=manager).status_code == 200


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_without_a_proper_token_nothing_is_open(client, method, path):
    answers = [client.open(path, method=method, headers=headers) for headers in ({}, {"Authorization": "Bearer junk"})]
    assert [answer.status_code for answer in answers] == [401, 401]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/courses/nonesuch/lineitems"),
        ("GET", f"{ITEMS}/99"),
        ("GET", "/courses/onboarding/lineitems/2"),
        ("DELETE", f"{ITEMS}/99"),
        ("GET", f"{ITEMS}/99/results"),
    ],
)
def test_what_is_not_there_is_not_found(client, manager, method, path):
    answer = client.open(path, method=method, headers=manager)
    assert (answer.status_code, answer.mimetype) == (404, "application/json")


def test_a_score_for_no_line_item_is_not_found(client, manager):
    assert post_score(client, manager, item=f"{ITEMS}/99").status_code == 404


def test_a_line_item_that_is_not_there_is_not_changed(client, manager):
    body = {"label": "x", "scoreMaximum": 1}
    answer = client.put(f"{ITEMS}/99", json=body, headers=manager, content_type=claims.MEDIA_LINE_ITEM)
    assert answer.status_code == 404


def test_head_is_not_answered(client, manager):
    assert client.head(ITEMS, headers=manager).status_code == 405
