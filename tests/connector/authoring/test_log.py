"""The log of a course's settings: whatever a rules page changes stands there, with who, from what and to what."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from connector.activities.changes import kept, told_of
from connector.activities.models import CourseChange, Kind
from connector.authoring.privacy import list_holdings
from tests.connector.authoring.test_course_settings import SETTINGS, enter  # noqa: F401 -- fixtures

PAGES = [
    (
        Kind.DISCUSSION,
        "/activities/{id}/settings",
        {"prompt": "Tell.", "is_graded": "1", "score_maximum": "5", "group_mode": "separate", "zone": "UTC"},
        {
            ("activity.prompt", "", "Tell."),
            ("activity.score_maximum", None, "5"),
            ("activity.group_mode", "none", "separate"),
        },
        "Points at most",
    ),
    (
        Kind.DISCUSSION,
        "/discussions/{id}/rules",
        {"allows_anonymous": "1", "learners_start": "1", "moderation": "first", "hold_after_reports": "3"},
        {
            ("rules.allows_anonymous", "off", "on"),
            ("rules.allows_private", "on", "off"),
            ("rules.moderation", "none", "first"),
        },
        "The first of each learner",
    ),
    (
        Kind.DISCUSSION,
        "/activities/{id}/participation/settings",
        {"threads": "1", "replies": "2", "late": "half", "grading": "count", "zone": "UTC", "has_points": "1"},
        {
            ("asks.threads", "0", "1"),
            ("asks.replies", "0", "2"),
            ("asks.late", "counts", "half"),
            ("asks.grading", "none", "count"),
            ("asks.has_points", "off", "on"),
        },
        "Replies asked for",
    ),
    (
        Kind.EXPERT_QA,
        "/expert_qas/{id}/settings",
        {"nudge_days": "5", "starters": "Where is it?", "zone": "UTC"},
        {("desk.nudge_days", "3", "5"), ("desk.starters", None, "Where is it?")},
        "Where is it?",
    ),
]


@pytest.mark.parametrize(("kind", "path", "form", "changes", "words"), PAGES)
def test_what_a_page_changes_is_logged_in_words(
    kind,
    path,
    form,
    changes,
    words,
    enter,  # noqa: F811
    stored,
    session,
    activity,
    trainer,
    app,
):
    activity.kind, activity.prompt = kind, ""
    session.commit()
    visit = enter(trainer)
    visit.get(SETTINGS)
    answered = visit.post(path.format(id=activity.id), **form)
    assert answered.status_code == 303, answered.text
    visit.post(path.format(id=activity.id), **form)  # once more changes nothing
    noted = {(each.what, each.before or None, each.after) for each in stored(select(CourseChange))}
    assert noted == {(what, before or None, after) for what, before, after in changes}
    page = unescape(visit.get(SETTINGS).text)
    assert words in page
    with app.test_request_context():
        assert all(told_of(what).label for what, _before, _after in noted)


@given(st.text("a ", max_size=420), st.text("b\n", min_size=1, max_size=300), st.text("a ", max_size=420))
def test_a_change_anywhere_in_a_text_shows(start, words, end):
    for before, after in ((start + end, start + words + end), (start + words + end, start + end)):
        earlier, later = kept(before, after)
        assert earlier != later
        assert max(len(earlier or ""), len(later or "")) <= 200


def test_of_a_change_far_down_what_stands_around_it_is_kept():
    text = "Read this first. " * 30
    assert kept(text + "Bring a pen.", text + "Bring a map.") == (
        "…" + "Read this first. " * 3 + "Bring a pen.",
        "…" + "Read this first. " * 3 + "Bring a map.",
    )


def test_a_peer_reviews_set_up_is_logged_with_its_criteria(enter, stored, session, activity, trainer):  # noqa: F811
    activity.kind = Kind.PEER_REVIEW
    session.commit()
    visit = enter(trainer)
    visit.get(SETTINGS)
    path = f"/peer_reviews/{activity.id}/setup"
    form = {
        "product": "text",
        "unit": "person",
        "reviews_each": "2",
        "needed": "2",
        "second_round": "none",
        "late": "accept",
        "anonymity": "open",
        "grouping": "any",
        "giving": "on-demand",
        "method": "mean",
        "zone": "UTC",
        "has_reminders": "1",
        "count": "1",
        "kind-0": "comment",
        "title-0": "What works?",
    }
    answered = visit.post(path, **form)
    assert answered.status_code == 303, answered.text
    noted = {each.what: (each.before, each.after) for each in stored(select(CourseChange))}
    assert noted["review.reviews_each"] == ("4", "2")
    assert noted["review.anonymity"] == ("double-blind", "open")
    assert noted["review.criteria"] == (None, "What works?")
    page = unescape(visit.get(SETTINGS).text)
    assert "Reviews that each writes" in page
    assert "Authors and reviewers from each other" in page


def test_nothing_is_logged_of_what_is_refused(enter, stored, session, activity, trainer):  # noqa: F811
    visit = enter(trainer)
    visit.get(SETTINGS)
    assert visit.post(f"/discussions/{activity.id}/rules", keep_days="1", moderation="all").status_code == 422
    assert stored(select(CourseChange)) == []


def test_an_export_names_what_somebody_changed(enter, session, activity, trainer, app):  # noqa: F811
    visit = enter(trainer)
    visit.get(SETTINGS)
    visit.post(f"/discussions/{activity.id}/rules", moderation="all", learners_start="1", allows_private="1")
    session.expire_all()
    with app.test_request_context():
        (holding,) = list_holdings(session, trainer.person)
    assert {record["what"] for record in holding.records} == {"rules.moderation", "rules.hold_after_reports"}
