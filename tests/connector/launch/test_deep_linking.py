import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import delete, select

from connector.activities.models import Kind, Placement
from connector.authoring.ideas import list_templates
from connector.courses.models import Course
from connector.grades.models import LineItem
from connector.launch import deep_linking
from connector.launch.models import DeepLink
from lti import claims
from tests import make
from tests.connector.launch.choosing import Picker, activities, asking, items, open_picker, sent
from tests.lms import KID
from tests.lti.platform import platform_key
from tests.lti.test_moodle import recorded

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _registered(registered):
    pass


# --- one activity -----------------------------------------------------------------------------------------------------------
def test_a_name_is_enough(picker, session):
    page = picker.press(title="Week 1")
    activity = activities(session)[0]
    assert items(page) == [
        {
            "type": "ltiResourceLink",
            "title": "Week 1",
            "url": f"http://localhost/lti/launch?activity={activity.id}",
            "custom": {"activity": str(activity.id)},
        }
    ]
    assert (activity.title, activity.prompt, activity.score_maximum, activity.course.title) == (
        "Week 1",
        "",
        None,
        "Academic Writing",
    )


def test_all_that_can_be_said(picker, session):
    page = picker.press(
        title="Week 1",
        prompt="Say **hello**, & more.",
        opens_at="2026-03-10T09:00",
        closes_at="2026-03-17T17:00",
        is_graded="1",
        score_maximum="20",
    )
    activity = activities(session)[0]
    item = items(page)[0]
    assert (item["text"], item["available"], item["submission"]) == (
        "Say hello, & more.",
        {"startDateTime": "2026-03-10T09:00:00.000Z"},
        {"endDateTime": "2026-03-17T17:00:00.000Z"},
    )
    review = item["lineItem"].pop("submissionReview")
    assert item["lineItem"] == {
        "scoreMaximum": 20,
        "label": "Week 1",
        "resourceId": str(activity.id),
        "tag": "grade",
    }
    assert (review["url"], review["custom"]) == (item["url"], item["custom"])
    assert (activity.prompt, activity.score_maximum, activity.closes_at) == (
        "Say **hello**, & more.",
        20.0,
        datetime(2026, 3, 17, 17, tzinfo=UTC),
    )


def test_the_answer_is_signed_and_addressed(picker, platform, client):
    page = picker.press(title="Week 1")
    keys = KeySet.import_key_set(client.get("/lti/jwks").json)
    token = re.search(r'name="JWT" value="([^"]+)"', page.text)[1]
    said = jwt.decode(token, keys, algorithms=["RS256"]).claims
    assert (said["iss"], said["aud"], said[claims.MESSAGE_TYPE], said[claims.DEPLOYMENT_ID]) == (
        platform.client_id,
        platform.url,
        claims.DEEP_LINKING_RESPONSE,
        "deployment-1",
    )
    assert said[claims.DEEP_LINKING_DATA] == "csrftoken:1"


def test_times_are_the_persons_own(picker, session, client):
    client.set_cookie("__Host-kring-zone", "Europe/Copenhagen", secure=True, domain="localhost")
    picker.fields["zone"] = "Europe/Copenhagen"
    picker.press(title="Week 1", opens_at="2026-07-01T09:00")
    assert activities(session)[0].opens_at == datetime(2026, 7, 1, 7, tzinfo=UTC)


def test_the_link_opens_what_was_chosen(picker, platform, client, session):
    item = items(picker.press(title="Week 1", prompt="Say hello."))[0]

    def opened(draft):
        draft.claims[claims.RESOURCE_LINK] = {"id": "new", "title": item["title"], "description": item["text"]}
        draft.claims[claims.CUSTOM] = item["custom"]
        draft.claims[claims.TARGET_LINK_URI] = item["url"]
        return draft.token()

    launched = platform.launch(client, make=opened)
    assert launched.location.endswith(f"/discussions/{item['custom']['activity']}")
    assert len(activities(session)) == 1


def test_what_was_made_here_gets_a_link_and_keeps_its_column(picker, platform, client, session):
    course = session.scalars(select(Course)).one()
    made = make.activity(session, course=course, title="Made here")
    session.execute(delete(Placement).where(Placement.activity_id == made.id))
    made.published_at, made.score_maximum = make.NOW, 5
    lms_id = course.deployment.platform_id
    column = {"activity": made, "platform_id": lms_id, "tag": "grade", "label": "Made here", "score_maximum": 5}
    session.add(LineItem(**column, created_at=make.NOW, url=f"{platform.url}/items/7"))
    session.commit()
    assert "Made here" in client.get(picker.path).text
    form = {"csrf_token": picker.fields["csrf_token"], "activity": str(made.id)}
    answered = client.post(f"{picker.path}/existing", data=form, follow_redirects=True)
    (item,) = items(answered)
    assert (item["title"], item["custom"]) == ("Made here", {"activity": str(made.id)})
    assert "lineItem" not in item

    def opened(draft):
        draft.claims[claims.RESOURCE_LINK] = {"id": "new", "title": item["title"]}
        draft.claims[claims.CUSTOM] = item["custom"]
        del draft.claims[claims.AGS_ENDPOINT]["lineitem"]
        return draft.token()

    launched = platform.launch(client, "teacher", make=opened)
    assert launched.location.endswith(f"/discussions/{made.id}")
    session.expire_all()
    found = session.scalars(select(LineItem)).one()
    assert (found.link_id, found.wants_update, found.url) == ("new", True, f"{platform.url}/items/7")
    assert course.lineitems_url == "https://platform.example/lineitems"


def test_nothing_of_another_course_is_placed(picker, client, session):
    other = make.activity(session)
    session.execute(delete(Placement).where(Placement.activity_id == other.id))
    other.published_at = make.NOW
    session.commit()
    form = {"csrf_token": picker.fields["csrf_token"], "activity": str(other.id)}
    assert client.post(f"{picker.path}/existing", data=form).status_code == 404


# --- several ------------------------------------------------------------------------------------------------------------------
def test_several_at_once(picker, session):
    picker.press("add", title="Week 1")
    page = picker.press(title_1="Week 2", is_graded_1="1", score_maximum_1="5")
    assert [(item["title"], "lineItem" in item) for item in items(page)] == [("Week 1", False), ("Week 2", True)]
    assert len({item["custom"]["activity"] for item in items(page)}) == 2


def test_a_form_can_be_dropped(picker):
    picker.press("add", title="Week 1")
    picker.press("add", title_1="Week 2")
    picker.press("remove-1", title_2="Week 3")
    assert [item["title"] for item in items(picker.press())] == ["Week 1", "Week 3"]


def test_there_is_always_one_form(picker):
    picker.press("remove-0", title="Week 1")
    assert picker.fields["items-0-title"] == "Week 1"


def test_there_is_an_end_to_forms(picker):
    for _ in range(deep_linking.MOST_ITEMS + 3):
        picker.press("add")
    assert sum(name.endswith("-key") for name in picker.fields) == deep_linking.MOST_ITEMS


def test_where_the_lms_takes_one_there_is_one(platform, client):
    picker = open_picker(platform, client, accept_multiple=False)
    assert "Add another" not in picker.page.text
    picker.press("add", title="Week 1")
    picker.fields |= {"items-1-key": "x", "items-1-kind": "discussion", "items-1-title": "Week 2"}
    assert [item["title"] for item in items(picker.press())] == ["Week 1"]


def test_where_the_lms_takes_no_line_item_there_is_none(platform, client, session):
    picker = open_picker(platform, client, accept_lineitem=False)
    assert "Grade it" not in picker.page.text
    page = picker.press(title="Week 1", is_graded="1", score_maximum="5")
    assert ("lineItem" in items(page)[0], activities(session)[0].score_maximum) == (False, None)


# --- nothing typed is lost, nothing is made twice ----------------------------------------------------------------------------------
def test_what_is_wrong_stands_beside_its_field_and_all_that_was_typed_stays(picker):
    typed = {"prompt": "Hello", "opens_at": "2026-03-17T09:00", "closes_at": "2026-03-10T09:00", "score_maximum": "x"}
    page = picker.press(title="", is_graded="1", **typed)
    assert page.status_code == 422
    assert [f'id="items-0-{name}-error"' in page.text for name in ("title", "score_maximum", "prompt")] == [1, 1, 0]
    assert {name: picker.fields[f"items-0-{name}"] for name in typed} == typed


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ({"opens_at": "2026-03-17T09:00", "closes_at": "2026-03-10T09:00"}, "closes_at"),
        ({"closes_at": "2026-03-01T09:00"}, "closes_at"),
        ({"opens_at": "soon"}, "opens_at"),
        ({"is_graded": "1", "score_maximum": "0"}, "score_maximum"),
        ({"is_graded": "1", "score_maximum": ""}, "score_maximum"),
        ({"is_graded": "1", "score_maximum": "nan"}, "score_maximum"),
        ({"kind": "quiz"}, "kind"),
        ({"title": "x" * 201}, "title"),
        ({"prompt": "x" * 20_001}, "prompt"),
    ],
)
def test_what_cannot_be(typed, name, picker, session):
    page = picker.press(**{"title": "Week 1", **typed})
    assert (page.status_code, f'id="items-0-{name}-error"' in page.text) == (422, True)
    assert activities(session) == []


def test_points_that_are_not_asked_for_do_not_matter(picker, session):
    picker.press(title="Week 1", score_maximum="-3")
    assert activities(session)[0].score_maximum is None


def test_a_reload_shows_what_was_typed(picker, client):
    picker.press("add", title="Week 1")
    picker.read(client.get(picker.path))
    assert (picker.fields["items-0-title"], picker.fields["items-1-title"]) == ("Week 1", "")


def test_sent_twice_it_is_one_activity(picker, session, client):
    first = picker.press(title="Week 1")
    picker.fields = {**picker.fields, "csrf_token": token(client, picker)}
    again = client.post(picker.path, data={"items-0-title": "Other", **picker.fields}, follow_redirects=True)
    assert [each.title for each in activities(session)] == ["Week 1"]
    assert items(first) == items(again)


def token(client, picker):
    import hmac

    sid = picker.path.split("/")[2]
    key = client.application.config["SECRET_KEY"]
    return hmac.new(key.encode(), f"csrf {sid}".encode(), "sha256").hexdigest()


def test_the_answer_sends_itself_once(picker, client):
    first = picker.press(title="Week 1")
    again = client.get(f"{picker.path}/answer")
    assert ["send.js" in page.text for page in (first, again)] == [True, False]
    assert "already" in again.text


def test_back_to_the_picker_leads_on(picker, client):
    picker.press(title="Week 1")
    assert client.get(picker.path).location == f"{picker.path}/answer"


def test_the_answer_before_the_choice_leads_back(picker, client):
    assert client.get(f"{picker.path}/answer").location == picker.path


def test_an_idea_fills_in_what_is_empty(picker):
    picker.press("idea-1")
    assert picker.fields["items-0-title"] == "What went wrong, and what we learned"
    picker.press("idea-0")
    assert picker.fields["items-0-title"] == "How do we do it today?"
    picker.press("idea-2", title="Mine")
    assert (picker.fields["items-0-title"], "a case without" in picker.fields["items-0-prompt"]) == ("Mine", True)


def test_an_idea_brings_the_kind_that_it_is_for(picker, app):
    with app.app_context():
        number = next(place for place, each in enumerate(list_templates()) if each.parts.kind is Kind.PEER_REVIEW)
    picker.press(f"idea-{number}")
    assert picker.fields["items-0-kind"] == "peer_review"


# --- no activity ----------------------------------------------------------------------------------------------------------------
def test_cancel_sends_an_empty_list(picker, session):
    page = picker.cancel()
    assert (items(page), activities(session)) == ([], [])


@pytest.mark.parametrize(
    ("person", "wanted", "words"),
    [
        ("teacher", {"accept_types": ["link", "html"]}, "takes no activities"),
        ("student", {}, "Only trainers"),
    ],
)
def test_what_stands_in_the_way_goes_back_to_the_lms(person, wanted, words, platform, client, session):
    page = platform.launch(client, person, make=asking(**wanted))
    said = sent(page)
    assert (page.status_code, words in page.text, "send.js" in page.text) == (200, True, False)
    assert (words in said[claims.DEEP_LINKING_ERROR_MESSAGE], said[claims.DEEP_LINKING_CONTENT_ITEMS]) == (True, [])
    assert session.scalars(select(DeepLink)).all() == []


def test_the_address_to_answer_to_is_not_stored_in_the_clear(picker, session):
    row = session.scalars(select(DeepLink)).one()
    assert b"platform.example" not in row.request


def test_too_late(picker, clock, client):
    clock.move(seconds=deep_linking.LIFE.total_seconds() - 600)
    client.get(picker.path)  # the visit lives on
    clock.move(minutes=20)
    assert client.get(picker.path).status_code in {401, 404}


def test_of_another_person(picker, platform, client):
    link = picker.path.rpartition("/")[2]
    other = platform.launch(client, "student").location
    sid = other.split("/")[2]
    assert client.get(f"/s/{sid}/choose/{link}").status_code == 404
    assert client.get(f"/s/{sid}/choose/{uuid.uuid4()}").status_code == 404


# --- Moodle ---------------------------------------------------------------------------------------------------------------------
def test_moodle_gets_what_it_took(session, platform, client, clock):
    message = recorded("deep-linking-teacher-user3")["claims"]
    row = make.platform(
        session,
        issuer=message["iss"],
        client_id=message["aud"],
        jwks_url=f"{platform.url}/jwks",
        authorization_url=f"{platform.url}/auth",
    )
    session.commit()

    def said_again(draft):
        times = {"iat": int(clock().timestamp()), "exp": int((clock() + timedelta(minutes=1)).timestamp())}
        draft.claims = message | times | {"nonce": draft.claims["nonce"]}
        draft.claims[claims.TARGET_LINK_URI] = "http://localhost/lti/launch"
        draft.header, draft.key = draft.header | {"kid": KID}, platform_key()
        return draft.token()

    login = platform.login(client, iss=row.issuer, client_id=row.client_id)
    launched = platform.launch(client, "teacher", login=login, make=said_again)
    picker = Picker(client, launched.location, client.get(launched.location))
    page = picker.press(title="Essay draft", prompt="Write.\n\nThen review.", is_graded="1", score_maximum="20")
    took = json.loads((Path(__file__).parent / "moodle_took.json").read_text())
    answer = sent(page)
    assert set(answer) - {"azp"} <= set(took["claims"])
    assert answer["iss"] == took["claims"]["iss"] == row.client_id
    item, theirs = answer[claims.DEEP_LINKING_CONTENT_ITEMS][0], took["claims"][claims.DEEP_LINKING_CONTENT_ITEMS][0]
    assert set(item) <= set(theirs)
    assert set(item["lineItem"]) <= set(theirs["lineItem"])
    assert [name for name in item["custom"] if not re.fullmatch("[a-z_]+", name)] == []
    assert ("\n" in item["text"], f'name="{took["form_field"]}"' in page.text) == (False, True)
