import pytest

from lti.profiles import (
    BLACKBOARD,
    BRIGHTSPACE,
    CANVAS,
    GENERIC,
    MOODLE,
    OPENEDX,
    PROFILES,
    SAKAI,
    Profile,
    comment_text,
    custom_parameters,
    profile_for,
)


@pytest.mark.parametrize(
    ("code", "issuer", "profile"),
    [
        ("moodle", None, MOODLE),
        ("Moodle", "https://canvas.instructure.com", MOODLE),
        ("canvas", None, CANVAS),
        ("desire2learn", None, BRIGHTSPACE),
        ("BlackboardLearn", None, BLACKBOARD),
        ("sakai", None, SAKAI),
        ("Open edX", None, OPENEDX),
        ("somebody's own", None, GENERIC),
        (None, None, GENERIC),
        (None, "https://lms.example", GENERIC),
        (None, "https://canvas.instructure.com", CANVAS),
        (None, "https://canvas.test.instructure.com", CANVAS),
        (None, "https://canvas.instructure.com.evil.example", GENERIC),
        ("", "https://blackboard.com", BLACKBOARD),
    ],
)
def test_profile_is_chosen_by_product_then_by_issuer(code: str | None, issuer: str | None, profile: Profile):
    assert profile_for(code, issuer) is profile


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.family)
def test_each_is_found_by_its_own_name(profile: Profile):
    assert profile_for(profile.family) is profile


def test_moodle_is_never_asked_for_pages_of_grades():
    assert MOODLE.grade_limit is None


def test_moodle_keeps_lower_case_names_and_single_lines():
    given = {"Task-Id": "a\nb  c", "eq": "a=b"}
    assert custom_parameters(MOODLE, given) == {"task_id": "a b c", "eq": "a=b"}
    assert custom_parameters(CANVAS, given) == given


def test_blackboard_shows_line_breaks_of_html_only():
    assert comment_text(BLACKBOARD, "a\r\nb\nc") == "a<br/>b<br/>c"
    assert comment_text(GENERIC, "a\nb") == "a\nb"
