from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti.links import next_url, under, with_parameters
from tests.lti.recorded import recorded

BASE = "https://lms.example/api/lti/courses/1/names_and_roles?page=1"
NEXT = "https://lms.example/api/lti/courses/1/names_and_roles?page=bookmark:WyJBYkMiXQ&per_page=50"


@pytest.mark.parametrize(
    "header",
    [
        f'<{NEXT}>; rel="next"',
        f"<{NEXT}>; rel=next",
        f"<{NEXT}>;rel=next",
        f"<{NEXT}>; rel='next'",
        f"<{NEXT}>; rel=“next”",
        f'<{NEXT}>; REL="Next"',
        f'<{NEXT}>; rel="last next"',
        f'<{NEXT}>; title="a, <b>; c"; rel="next"',
        f'<{NEXT}>; type=text/html; crossorigin; rel="next"',
        f'<{BASE}>; rel="current", <{NEXT}>; rel="next", <{BASE}>; rel="first"',
        f'<{BASE}>; rel="first",<{NEXT}>; rel="next"',
        f"<{NEXT.replace('&', '&amp;')}>; rel=“next”",
        '</api/lti/courses/1/names_and_roles?page=bookmark:WyJBYkMiXQ&per_page=50>; rel="next"',
        '<?page=bookmark:WyJBYkMiXQ&per_page=50>; rel="next"',
        f'< {NEXT} >; rel="next"',
    ],
)
def test_next_page_is_found(header: str):
    assert next_url(header, BASE) == NEXT


def test_header_as_http_libraries_give_it():
    header = recorded("54-lineitems-limit2")["response"]["headers"]["Link"]
    assert "“" in header
    mangled = header.encode().decode("latin-1")
    expected = "https://localhost:18443/mod/lti/services.php/2/lineitems?type_id=1&limit=2&from=2"
    assert next_url(mangled, BASE) == expected
    assert next_url(header, BASE) == expected


@pytest.mark.parametrize(
    "header",
    [
        "",
        NEXT,
        f"<{NEXT}>",
        f'<{NEXT}>; rel="prev"',
        f'<{NEXT}>; title="rel=next"',
        f'<{NEXT}>; rel="nextish"',
        f'<{NEXT}; rel="next"',
        f'<{NEXT}>, rel="next"',
    ],
)
def test_no_next_page(header: str):
    assert next_url(header, BASE) is None


@given(st.text(alphabet=st.sampled_from('<>;,="\\ relnxt?&/:[]“”ab\x80é')) | st.text())
def test_any_header_is_read(header: str):
    found = next_url(header, BASE)
    assert found is None or isinstance(found, str)


@given(st.text(alphabet="abcXYZ09:_-.~%&=", min_size=1, max_size=40))
def test_what_is_found_is_what_was_written(query: str):
    url = f"https://lms.example/?{query}".replace("&amp;", "")
    assert next_url(f'<{url}>; rel="next"', BASE) == url


def test_parts_go_to_the_path():
    assert under("https://lms.example/items/2/lineitem?type_id=1", "scores") == (
        "https://lms.example/items/2/lineitem/scores?type_id=1"
    )
    assert under("https://lms.example/items/2/", "results") == "https://lms.example/items/2/results"


def test_parameters_are_added_or_replaced_and_the_others_stay_to_the_letter():
    url = "https://lms.example/m?a=%7Eb&limit=5&x"
    assert with_parameters(url, {"limit": "50", "rlid": "a b"}) == "https://lms.example/m?a=%7Eb&x&limit=50&rlid=a+b"
    assert with_parameters(url, {}) == url


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=3), st.text(alphabet="ab=&;%+", max_size=20))
def test_adding_twice_adds_once(parameters: dict[str, str], query: str):
    once = with_parameters(f"https://lms.example/p?{query}", parameters)
    assert with_parameters(once, parameters) == once
    assert urlsplit(once).path == "/p"
