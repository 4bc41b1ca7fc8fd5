import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from connector.content import drafts
from connector.content.models import Draft
from connector.courses.models import Membership, Role
from connector.web.errors import NotFoundError
from tests import make
from tests.make import NOW

PLACE = "reply 12345678-1234-1234-1234-123456789abc"
PATH = f"/drafts/{PLACE}"


def save(session, member, text, base, **more):
    return drafts.save_draft(session, member, PLACE, {"body": text}, base=base, now=NOW, **more)


def test_each_save_is_a_revision(session, learner):
    assert [save(session, learner, text, base).revision for base, text in enumerate("abc")] == [1, 2, 3]
    assert drafts.get_draft(session, learner, PLACE).fields == {"body": "c"}


def test_a_save_that_arrives_twice_is_one(session, learner):
    save(session, learner, "a", 0)
    assert save(session, learner, "a", 0).revision == 1


def test_two_tabs_never_overwrite_each_other(session, learner):
    save(session, learner, "one", 0)
    with pytest.raises(drafts.DraftConflictError) as caught:
        save(session, learner, "other", 0)
    assert caught.value.draft.fields == {"body": "one"}
    assert caught.value.draft.others == [{"base": 0, "fields": {"body": "other"}, "at": NOW.isoformat()}]


def test_what_the_later_tab_types_on_takes_the_place_of_what_it_typed(session, learner):
    save(session, learner, "one", 0)
    for text in ("o", "ot", "other"):
        with pytest.raises(drafts.DraftConflictError):
            save(session, learner, text, 0)
    draft = drafts.get_draft(session, learner, PLACE)
    assert [other["fields"]["body"] for other in draft.others] == ["other"]


def test_the_tab_that_came_first_goes_on_and_the_other_text_is_kept(session, learner):
    save(session, learner, "one", 0)
    with pytest.raises(drafts.DraftConflictError):
        save(session, learner, "other", 0)
    draft = save(session, learner, "one more", 1)
    assert (draft.fields["body"], draft.others[0]["fields"]["body"]) == ("one more", "other")


def test_the_text_that_is_chosen_is_kept_once(session, learner):
    save(session, learner, "one", 0)
    with pytest.raises(drafts.DraftConflictError):
        save(session, learner, "other", 0)
    draft = save(session, learner, "other", 1)
    assert (draft.fields["body"], draft.others, draft.revision) == ("other", [], 2)


def test_what_is_typed_after_the_draft_was_sent_elsewhere_is_not_lost(session, learner):
    save(session, learner, "one", 0)
    drafts.discard_draft(session, learner, PLACE)
    assert drafts.find_draft(session, learner, PLACE) is None
    assert save(session, learner, "more", 1).revision == 3


def test_a_tab_that_did_not_hear_of_the_choice_does_not_overwrite_it(session, learner):
    save(session, learner, "one", 0)
    with pytest.raises(drafts.DraftConflictError):
        save(session, learner, "other", 0)
    drafts.discard_draft(session, learner, PLACE)  # the other tab's person has chosen, and begins anew
    chosen = save(session, learner, "one and other", 0)
    assert (chosen.revision, chosen.others) == (3, [])
    with pytest.raises(drafts.DraftConflictError):
        save(session, learner, "one, typed on", 1)
    assert drafts.get_draft(session, learner, PLACE).fields == {"body": "one and other"}


@pytest.mark.parametrize("is_begun", [False, True])
def test_of_tabs_that_save_at_once_one_wins_and_the_others_are_told(database, session, learner, is_begun):
    if is_begun:
        save(session, learner, "begun", 0)
    session.commit()
    start = threading.Barrier(4)

    def save_from_a_tab(number):
        with database.session(writes=True) as tab:
            start.wait()
            try:
                save(tab, tab.get(Membership, learner.id), f"tab {number}", int(is_begun))
            except drafts.DraftConflictError:
                tab.commit()
                return "told"
            tab.commit()
            return "won"

    with ThreadPoolExecutor(4) as tabs:
        ends = sorted(tabs.map(save_from_a_tab, range(4)))
    assert ends == ["told", "told", "told", "won"]


def test_drafts_are_their_members_own(session, learner, activity):
    save(session, learner, "a", 0)
    with pytest.raises(NotFoundError):
        drafts.get_draft(session, make.member(session, course=activity.course), PLACE)


def test_who_only_looks_on_has_no_drafts(session, activity):
    with pytest.raises(NotFoundError):
        save(session, make.member(session, course=activity.course, role=Role.OBSERVER), "a", 0)


def test_the_oldest_draft_goes_for_a_new_one(session, learner, monkeypatch):
    monkeypatch.setattr(drafts, "MOST", 2)
    for number in range(3):
        drafts.save_draft(session, learner, f"place {number}", {"a": "b"}, base=0, now=NOW + timedelta(minutes=number))
    assert {draft.place for draft in drafts.list_drafts_of(session, learner.person)} == {"place 1", "place 2"}


def test_drafts_go_when_nobody_touches_them(session, learner):
    save(session, learner, "a", 0)
    drafts.tidy_drafts(session, now=NOW + drafts.KEPT)
    assert len(drafts.list_drafts_of(session, learner.person)) == 1
    drafts.tidy_drafts(session, now=NOW + drafts.KEPT + timedelta(seconds=1))
    assert drafts.list_drafts_of(session, learner.person) == []


def test_drafts_go_with_their_person(session, learner):
    save(session, learner, "a", 0)
    drafts.forget(session, learner.person)
    assert drafts.list_drafts_of(session, learner.person) == []


# --- over HTTP -------------------------------------------------------------------------------------------------------


def test_a_draft_is_put_got_and_deleted(sender):
    put = sender.call("PUT", PATH, json={"fields": {"title": "", "body": "a\r\nb\u202e"}, "base": 0})
    assert (put.status_code, put.json) == (200, {"revision": 1})
    got = sender.get(PATH)
    assert got.json == {"revision": 1, "fields": {"body": "a\nb"}, "updated_at": NOW.isoformat(), "others": []}
    assert got.headers["Cache-Control"] == "no-store"
    assert sender.call("DELETE", PATH).status_code == 204
    assert sender.get(PATH).status_code == 404


def test_a_stale_save_gets_what_is_stored_and_both_are_kept(sender, session):
    sender.call("PUT", PATH, json={"fields": {"body": "one"}, "base": 0})
    answer = sender.call("PUT", PATH, json={"fields": {"body": "other"}, "base": 0})
    assert answer.status_code == 409
    assert {name: answer.json[name] for name in ("revision", "fields", "updated_at")} == {
        "revision": 1,
        "fields": {"body": "one"},
        "updated_at": NOW.isoformat(),
    }
    stored = session.query(Draft).one()
    assert stored.others[0]["fields"] == {"body": "other"}


@pytest.mark.parametrize("form", [{"body": "a", "title": "t"}, {"fields": json.dumps({"body": "a", "title": "t"})}])
def test_a_page_that_is_being_closed_sends_its_form(sender, form):
    data = {"csrf_token": sender.token, "base": "0", "idempotency_key": "x", **form}
    answer = sender.visit.client.post(sender.path(PATH), data=data)
    assert (answer.status_code, answer.json) == (200, {"revision": 1})
    assert sender.get(PATH).json["fields"] == {"body": "a", "title": "t"}


def test_without_the_token_nothing_is_stored(sender):
    answer = sender.call("PUT", PATH, json={"fields": {"body": "a"}}, headers={"X-CSRF-Token": "x"})
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "form_token")


@pytest.mark.parametrize(
    "sent",
    [
        {"fields": "[" * 5000, "base": 0},
        {"fields": {"body": 5}, "base": 0},
        {"fields": {"<b>": "a"}, "base": 0},
        {"fields": {f"a{'b' * each}": "a" for each in range(30)}, "base": 0},
        {"fields": {"body": "a"}, "base": -1},
        {"fields": {"body": "a"}, "base": 10**12},
        {"fields": {"body": "a" * 200_000}, "base": 0},
        {"fields": [1], "base": 0},
    ],
)
def test_what_no_composer_sends_is_refused(sender, sent):
    assert sender.call("PUT", PATH, json=sent).status_code == 422


@pytest.mark.parametrize("place", ["a" * 121, "a%0Ab", "a%00b"])
def test_places_are_short_and_printable(sender, place):
    assert sender.call("PUT", f"/drafts/{place}", json={"fields": {"body": "a"}}).status_code == 404
