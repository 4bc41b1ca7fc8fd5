"""What a member wants in the mail, and the pages that mails lead to."""

import pytest
from sqlalchemy import select

from connector.notifications.links import Purpose, sign
from connector.notifications.models import Cadence, MailPreference
from connector.notifications.preferences import note_bounce, stored_preference
from tests.connector.notifications.noticing import SECRET
from tests.make import NOW

# --- mail and more --------------------------------------------------------------------------------------------------------
WISHES = {
    "cadence": "weekly",
    "digest_at": "16:30",
    "weekday": "4",
    "is_quiet": "1",
    "quiet_from": "20:00",
    "quiet_until": "06:15",
    "zone": "America/St_Johns",
}


def test_wishes_are_kept(notices, stored):
    assert notices.post("/settings", **WISHES).status_code == 303
    [row] = stored(select(MailPreference))
    assert (row.cadence, row.digest_minute, row.weekday, row.quiet_from, row.quiet_until, row.zone) == (
        Cadence.WEEKLY,
        16 * 60 + 30,
        4,
        20 * 60,
        6 * 60 + 15,
        "America/St_Johns",
    )
    page = notices.get("/settings?saved=1").text
    assert all(f'value="{value}"' in page for value in ("16:30", "20:00", "06:15"))
    assert '<option value="America/St_Johns" selected>' in page


def test_no_quiet_hours(notices, stored):
    notices.post("/settings", **{name: value for name, value in WISHES.items() if name != "is_quiet"})
    [row] = stored(select(MailPreference))
    assert (row.quiet_from, row.quiet_until) == (None, None)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"digest_at": "soon"}, "Give a time such as 07:30."),
        ({"quiet_from": ""}, "Give a time such as 07:30."),
        ({"quiet_until": "20:00"}, "Quiet hours end at another time than they begin."),
        ({"zone": "Mars/Base"}, "Choose one of the zones."),
        ({"cadence": "hourly"}, 'value="16:30"'),
        ({"weekday": "7"}, 'value="16:30"'),
    ],
)
def test_wrong_wishes_are_told_and_kept(notices, wrong, sentence, stored):
    answer = notices.post("/settings", **(WISHES | wrong))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert stored(select(MailPreference)) == []


def test_shortcuts_can_be_switched_off(notices):
    assert 'data-shortcuts="off"' not in notices.visit.get().text
    notices.post("/settings/shortcuts")
    assert 'data-shortcuts="off"' in notices.visit.get().text
    notices.post("/settings/shortcuts", has_shortcuts="1")
    assert 'data-shortcuts="off"' not in notices.visit.get().text


def test_installation_without_mail_says_so(notices):
    assert "This installation sends no mail." in notices.get("/settings").text


def test_refused_address_is_shown_and_tried_again(mail_settings, notices, session, reader):
    assert "Mail goes to bo@example.org" in notices.get("/settings").text
    note_bounce(session, reader.person, 550, now=NOW)
    session.commit()
    assert "The mail server refused your address" in notices.get("/settings").text
    notices.post("/settings/address")
    assert "Mail goes to bo@example.org" in notices.get("/settings").text


def test_who_has_no_address_is_told(mail_settings, notices, session, reader):
    reader.person.email = None
    session.commit()
    assert "has not told us an address" in notices.get("/settings").text


# --- pages that mails lead to ---------------------------------------------------------------------------------------------
def cadence(session, reader):
    session.rollback()
    found = stored_preference(session, reader.person_id).cadence
    session.rollback()
    return found


def test_looking_at_the_unsubscribe_page_changes_nothing(client, session, reader):
    session.commit()
    path = f"/unsubscribe/{sign(SECRET, Purpose.UNSUBSCRIBE, reader.person_id)}"
    page = client.get(path)
    assert (page.status_code, page.text.count("<button")) == (200, 2)  # of which one closes toasts
    assert reader.person.name not in page.text
    assert cadence(session, reader) is Cadence.DAILY


def test_button_unsubscribes_and_can_be_taken_back(client, session, reader):
    session.commit()
    path = f"/unsubscribe/{sign(SECRET, Purpose.UNSUBSCRIBE, reader.person_id)}"
    for _ in range(2):
        assert client.post(path).location == path
    assert cadence(session, reader) is Cadence.OFF
    assert "You get no more mail." in client.get(path).text
    client.post(path, data={"undo": "1"})
    assert cadence(session, reader) is Cadence.DAILY


def test_preferences_are_changed_from_a_mail(client, session, reader):
    session.commit()
    path = f"/mail/{sign(SECRET, Purpose.PREFERENCES, reader.person_id)}"
    page = client.get(path)
    assert (page.status_code, reader.course.title in page.text) == (200, False)
    assert client.post(path, data=WISHES).location == f"{path}?saved=1"
    assert cadence(session, reader) is Cadence.WEEKLY
    assert client.post(path, data=WISHES | {"zone": "Mars/Base"}).status_code == 422


@pytest.mark.parametrize("page", ["unsubscribe", "mail", "open"])
def test_page_opens_for_its_own_purpose_alone(client, session, reader, activity, page):
    session.commit()
    own = {"unsubscribe": Purpose.UNSUBSCRIBE, "mail": Purpose.PREFERENCES, "open": Purpose.OPEN}[page]
    ids = [reader.person_id, activity.id]
    paths = [f"/{page}/{sign(SECRET, purpose, id_)}" for purpose in Purpose for id_ in ids if purpose is not own]
    paths += [f"/{page}/{sign('x' * 32, own, id_)}" for id_ in ids]
    assert {client.get(path).status_code for path in paths} == {404}


def test_who_was_erased_cannot_be_found_by_an_old_mail(client, session, reader):
    path = f"/unsubscribe/{sign(SECRET, Purpose.UNSUBSCRIBE, reader.person_id)}"
    reader.person.erased_at = NOW
    session.commit()
    assert (client.get(path).status_code, client.post(path).status_code) == (404, 404)


def test_way_into_the_course_is_described(client, session, activity):
    activity.course.title = "Safety first"
    session.commit()
    page = client.get(f"/open/{sign(SECRET, Purpose.OPEN, activity.id)}").text
    assert all(words in page for words in ("Open it in your course", "Safety first", activity.title))


def test_pages_from_mails_speak_the_reader_s_language(client, session, reader):
    reader.person.locale = "da-DK"
    session.commit()
    page = client.get(f"/unsubscribe/{sign(SECRET, Purpose.UNSUBSCRIBE, reader.person_id)}").text
    assert '<html lang="da"' in page
