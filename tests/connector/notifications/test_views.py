"""The bell, the notices, what a member wants in the mail, and the pages that mails lead to."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from connector.courses.models import Role
from connector.notifications.links import Purpose, sign
from connector.notifications.models import Cadence, Level, MailPreference, Notice, Scope, Subscription
from connector.notifications.preferences import note_bounce, stored_preference
from connector.notifications.services import MOST_COUNTED, notify, set_level
from connector.web.i18n import ZONE_COOKIE
from tests import make
from tests.make import NOW

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def activity(session):
    return make.activity(session)


@pytest.fixture
def reader(session, activity):
    member = make.member(session, course=activity.course, name="Bo Lund")
    member.person.email = "bo@example.org"
    return member


@pytest.fixture
def tell(session, activity, reader, chalkboard):
    def tell(text, *, who="Ana Holm", after=0):
        about = chalkboard.write(text, who)
        at = NOW + timedelta(minutes=after)
        notify(session, [reader.id], "wrote", about=about, activity=activity, by=None, now=at)
        session.commit()
        return about

    return tell


@pytest.fixture
def stored(database):
    """Return what is stored, without keeping the application from writing: SQLite has one write lock."""

    def stored(query):
        with database.session(writes=False) as looking:
            return looking.scalars(query).all()

    return stored


class Notices:
    """A member's visit, at the pages about notices."""

    def __init__(self, visit):
        self.visit = visit

    @property
    def path(self):
        return f"/s/{self.visit.sid}/notices"

    def get(self, path="", **more):
        return self.visit.client.get(self.path + path, **more)

    def post(self, path, **form):
        if not self.visit.token:
            self.visit.get()
        return self.visit.client.post(self.path + path, data={"csrf_token": self.visit.token, **form})


@pytest.fixture
def notices(visiting, reader, activity):
    return Notices(visiting(reader, activity))


# --- the bell -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("number", "figure"), [(1, "1"), (3, "3"), (120, "99+")])
def test_bell_counts_on_every_page(notices, tell, number, figure):
    for _ in range(number):
        tell("Hello")
    page = notices.visit.get().text
    assert f">{figure}</span></a>" in page
    assert f'aria-label="Notices, unread: {figure}"' in page


def test_bell_without_anything_new_shows_no_count(notices):
    assert 'class="bell-count" aria-hidden="true" hidden>' in notices.visit.get().text


def test_bell_costs_one_query_however_much_there_is(notices, tell, app):
    def cost():
        seen = []
        engine = app.extensions["kring"].database.engine

        def note(_connection, _cursor, statement, *_rest):
            seen.append("FROM notice" in statement)

        event.listen(engine, "before_cursor_execute", note)
        notices.visit.get()
        event.remove(engine, "before_cursor_execute", note)
        return sum(seen)

    few = cost()
    for _ in range(20):
        tell("Hello")
    assert (few, cost()) == (1, 1)


def test_count_is_answered_with_nothing_while_nothing_changes(notices, tell):
    tell("Hello")
    first = notices.get("/count")
    assert (first.json, first.status_code) == ({"unread": 1, "more": False}, 200)
    assert notices.get("/count", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    tell("Again")
    assert notices.get("/count", headers={"If-None-Match": first.headers["ETag"]}).json["unread"] == 2


def test_count_has_an_end(notices, tell):
    for _ in range(MOST_COUNTED + 2):
        tell("Hello")
    assert notices.get("/count").json == {"unread": MOST_COUNTED, "more": True}


def test_browser_s_zone_is_noted_once(notices, reader, database, stored):
    notices.visit.client.set_cookie(ZONE_COOKIE, "Europe%2FCopenhagen", secure=True, domain="localhost")
    for _ in range(2):
        notices.visit.get()
    assert stored(select(MailPreference.seen_zone)) == ["Europe/Copenhagen"]


# --- the list -------------------------------------------------------------------------------------------------------------
def test_nothing_new_is_said(notices):
    assert "Nothing new." in notices.get().text
    assert "No notices yet." in notices.get("?show=all").text


def test_list_shows_the_newest_first(notices, tell):
    tell("Old <news>")
    tell("New", after=1)
    page = notices.get().text
    assert page.index(">New</p>") < page.index(">Old &lt;news&gt;</p>")
    assert "Ana Holm wrote" in page


def test_following_a_notice_reads_it(notices, tell, stored):
    tell("Hello")
    [notice] = stored(select(Notice))
    answer = notices.get(f"/{notice.id}")
    assert (answer.status_code, answer.location) == (303, f"/s/{notices.visit.sid}/course")
    assert notices.get("/count").json["unread"] == 0
    assert ("Hello" in notices.get().text, "Hello" in notices.get("?show=all").text) == (False, True)


def test_browser_that_only_asks_ahead_reads_nothing(notices, tell, stored):
    tell("Hello")
    [notice] = stored(select(Notice))
    notices.get(f"/{notice.id}", headers={"Sec-Purpose": "prefetch"})
    assert notices.get("/count").json["unread"] == 1


def test_notices_of_others_are_not_there(notices, tell, session, visiting, activity, stored):
    tell("Hello")
    [notice] = stored(select(Notice))
    other = Notices(visiting(make.member(session, course=activity.course), activity))
    assert other.get(f"/{notice.id}").status_code == 404
    assert other.post("/read", notice=notice.id).status_code == 303
    assert notices.get("/count").json["unread"] == 1


def test_one_or_all_are_marked_as_read(notices, tell, stored):
    for text in ("One", "Two", "Three"):
        tell(text)
    notices.post("/read", notice=stored(select(Notice.id))[0])
    assert notices.get("/count").json["unread"] == 2
    notices.post("/read")
    assert notices.get("/count").json["unread"] == 0


def test_what_may_not_be_seen_any_more_leaves_the_list_and_the_count(notices, tell, chalkboard):
    chalkboard.hidden.add(tell("Secret"))
    tell("Hello")
    page = notices.get(follow_redirects=True).text
    assert ("Secret" in page, 'aria-label="Notices, unread: 1"' in page) == (False, True)
    assert notices.get("/count").json["unread"] == 1


def test_long_lists_have_pages(notices, tell):
    for number in range(31):
        tell(f"Text {number}.", after=number)
    first, second = notices.get().text, notices.get("?page=2").text
    assert ("Text 30." in first, "Text 0." in first, "Text 0." in second) == (True, False, True)


# --- what is followed -----------------------------------------------------------------------------------------------------
def test_course_and_activity_are_followed(notices, reader, activity, stored):
    for scope, id_ in ((Scope.COURSE, activity.course_id), (Scope.ACTIVITY, activity.id)):
        answer = notices.post("/subscriptions", scope=scope, id=id_, level="everything", back=notices.path)
        assert (answer.status_code, answer.location) == (303, notices.path)
    said = stored(select(Subscription).where(Subscription.member_id == reader.id))
    assert {(each.scope, each.level) for each in said} == {
        (Scope.COURSE, Level.EVERYTHING),
        (Scope.ACTIVITY, Level.EVERYTHING),
    }
    notices.post("/subscriptions", scope="activity", id=activity.id, level="")
    assert [each.scope for each in stored(select(Subscription))] == [Scope.COURSE]


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "/s/another/course", "/\\elsewhere.example"]
)
def test_form_leads_nowhere_else(notices, activity, back):
    answer = notices.post("/subscriptions", scope="activity", id=activity.id, level="muted", back=back)
    assert answer.location == f"/s/{notices.visit.sid}/discussions/{activity.id}"


@pytest.mark.parametrize("scope", list(Scope))
def test_what_is_not_the_member_s_cannot_be_followed(notices, session, scope):
    other = make.activity(session)
    session.commit()
    id_ = other.course_id if scope is Scope.COURSE else other.id
    assert notices.post("/subscriptions", scope=scope, id=id_, level="everything").status_code == 404


def test_settings_list_what_was_said_with_a_way_back(notices, session, reader, activity):
    set_level(session, reader.id, Scope.ACTIVITY, activity.id, Level.MUTED, now=NOW)
    set_level(session, reader.id, Scope.THREAD, uuid.uuid4(), Level.MUTED, now=NOW)  # gone, or not theirs to see
    session.commit()
    page = notices.get("/settings").text
    assert (page.count(">Undo<"), f"Undo: {activity.title}" in page) == (1, True)


def test_staff_follow_everything_with_one_click(session, visiting, activity):
    trainer = make.member(session, course=activity.course, role=Role.TRAINER)
    notices = Notices(visiting(trainer, activity))
    assert "Tell me of everything here" in notices.get("/settings").text
    notices.post("/subscriptions", scope="course", id=activity.course_id, level="everything")
    assert "Tell me of everything here" not in notices.get("/settings").text


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
