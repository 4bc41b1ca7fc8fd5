"""The bell, the notices, and what is followed."""

import uuid

import pytest
from sqlalchemy import event, select

from connector.courses.models import Role
from connector.notifications.models import Level, MailPreference, Notice, Scope, Subscription
from connector.notifications.services import MOST_COUNTED, set_level
from connector.web.i18n import ZONE_COOKIE
from tests import make
from tests.connector.notifications.noticing import Notices
from tests.make import NOW


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
