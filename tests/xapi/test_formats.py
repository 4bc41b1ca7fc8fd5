from datetime import UTC, datetime, timedelta, timezone

import pytest

from xapi import formats

CASES = {
    formats.is_iri: (
        [
            "https://w3id.org/kring/ext/event",
            "http://example.com/فعل/خواندن",
            "https://ann@example.com:8080/a;b/c,d?x=()#top",
            "http://[2001:db8::1]/",
            "urn:uuid:6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
            "mailto:ann@example.org",
            "tag:example.org,2026:x",
            "HTTPS://EXAMPLE.ORG",
            "https://example.org/%C3%A6",
            "https://example.org/?private=\ue000",
        ],
        [
            "",
            "asked",
            "/posts/1",
            "//example.org/x",
            "http://",
            "http:posts",
            "https:///x",
            "https://example.org/a b",
            "https://example.org/%zz",
            "https://example.org/<x>",
            "https://example.org/\ue000",
            "https://example.org/\ud800",
            "https://example.org/\n",
            "https://example.org/x\n",
            "1http://example.org",
            "https://example.org:port/",
        ],
    ),
    formats.is_uri: (["https://example.org/"], ["https://example.org/æ", "ann"]),
    formats.is_mailbox: (
        ["mailto:ann@example.org", "mailto:a.b+c@localhost", "mailto:søren@æbler.example"],
        [
            "ann@example.org",
            "mailto:",
            "mailto:ann",
            "mailto:ann@",
            "mailto:@example.org",
            "mailto:a@b@example.org",
            "mailto:ann@example.org?subject=x",
            "mailto:ann@example.org,ben@example.org",
            "mailto:ann @example.org",
            "Mailto:ann@example.org",
            "mailto:ann@example.org\n",
        ],
    ),
    formats.is_language_tag: (
        [
            "da",
            "en-US",
            "sl-IT-nedis",
            "zh-cmn-Hans-CN",
            "de-CH-1996",
            "x-kring",
            "i-klingon",
            "en-a-bbb-x-a",
            "EN-us",
            "und",
        ],
        ["", "languages-english", "something", "a12345", "en_US", "en-", "da-DKK1", "d", "e\u0301n", "da\n", "ſl"],
    ),
    formats.is_uuid: (
        [
            "6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
            "6690E6C9-3EF0-4ED3-8B37-7F3964730BEE",
            "12345678-1234-5678-1234-567812345678",
            "019a2b3c-4d5e-7f00-8a1b-2c3d4e5f6071",
        ],
        [
            "",
            "6690e6c93ef04ed38b377f3964730bee",
            "{6690e6c9-3ef0-4ed3-8b37-7f3964730bee}",
            "AA97B177-9383-4934-8543-0F91A7A028368",
            "MA97B177-9383-4934-8543-0F91A7A02836",
        ],
    ),
    formats.is_duration: (
        [
            "PT4H35M59.14S",
            "PT16559.14S",
            "P3Y1M29DT4H35M59.14S",
            "P3Y",
            "P4W",
            "PT1H0M0.1S",
            "PT0,5H",
            "P0.5Y",
            "P1DT1M",
        ],
        [
            "",
            "P",
            "PT",
            "P1D T1H",
            "P1W2D",
            "PT1H30",
            "-PT1H",
            "P-1D",
            "PA1H0M0S",
            "P1DT",
            "P0.5Y1M",
            "P0001-01-01T00:00:00",
        ],
    ),
    formats.is_timestamp: (
        [
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05.123456789Z",
            "2026-01-02T03:04:05+00:00",
            "2024-02-29T23:59:59-11:30",
        ],
        [
            "",
            "2026-01-02",
            "2026-01-02T03:04:05",
            "2026-01-02 03:04:05Z",
            "2026-01-02t03:04:05z",
            "2026-02-29T03:04:05Z",
            "2026-01-02T24:00:00Z",
            "2026-01-02T03:04:60Z",
            "2026-01-02T03:04Z",
            "2026-01-02T03:04:05-00:00",
            "2026-01-02T03:04:05-0000",
            "2026-01-02T03:04:05+24:00",
            "2026-01-02T03:04:05+01:60",
            "2026-01-02T03:04:05.Z",
            "0000-01-02T03:04:05Z",
            "٢٠٢٦-01-02T03:04:05Z",
        ],
    ),
    formats.is_media_type: (
        ["text/plain", "text/plain; charset=ascii", 'multipart/mixed; boundary="a b"', "application/vnd.x+json"],
        ["", "text", "text/", "text/plain;", "text/plain; charset", "te xt/plain"],
    ),
    formats.is_sha1: (["ab" * 20, "AB" * 20], ["", "ab" * 19, "zz" * 20]),
    formats.is_sha2: (["ab" * 28, "ab" * 32, "ab" * 48, "AB" * 64], ["", "ab" * 20, "ab" * 33, "zz" * 32]),
}


@pytest.mark.parametrize("form", CASES, ids=lambda form: form.__name__)
def test_a_format_takes_and_refuses(form):
    right, wrong = CASES[form]
    assert [text for text in right if not form(text)] == []
    assert [text for text in wrong if form(text)] == []


def test_a_timestamp_is_read_to_the_microsecond():
    assert formats.parse_timestamp("2026-01-02T03:04:05.1234567-03:30") == datetime(
        2026, 1, 2, 3, 4, 5, 123456, timezone(-timedelta(hours=3, minutes=30))
    )


def test_a_timestamp_with_few_digits_is_no_smaller_than_it_says():
    assert formats.parse_timestamp("2026-01-02T03:04:05.5Z") == datetime(2026, 1, 2, 3, 4, 5, 500_000, UTC)
