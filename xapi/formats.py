"""The formats of strings in a statement: one predicate each, by the grammar of the standard that defines it.

Every predicate is total on strings, looks at ASCII digits only, and takes no part of a string for the whole.
"""

import re
from datetime import datetime, timedelta, timezone

# RFC 3987, 2.2: the characters beyond ASCII that an IRI may hold; private ones only in its query.
_UCSCHAR = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U000e1000-\U000efffd" + "".join(
    f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 14)
)
_IPRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
_PLAIN = rf"A-Za-z0-9._~\-!$&'()*+,;={_UCSCHAR}"
_ESCAPE = r"%[0-9A-Fa-f]{2}"
_SEGMENT = rf"(?:[{_PLAIN}:@]|{_ESCAPE})"
_HOST = rf"(?:\[(?:[0-9A-Fa-f:.]+|v[0-9A-Fa-f]+\.[A-Za-z0-9._~\-!$&'()*+,;=:]+)\]|(?:[{_PLAIN}]|{_ESCAPE})*)"
_IRI = re.compile(
    rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*):"
    rf"(?://(?:(?:[{_PLAIN}:]|{_ESCAPE})*@)?(?P<host>{_HOST})(?::[0-9]*)?(?:/{_SEGMENT}*)*"
    rf"|/(?:{_SEGMENT}+(?:/{_SEGMENT}*)*)?"
    rf"|{_SEGMENT}+(?:/{_SEGMENT}*)*"
    rf"|)"
    rf"(?:\?(?:{_SEGMENT}|[/?{_IPRIVATE}])*)?"
    rf"(?:\#(?:{_SEGMENT}|[/?])*)?"
)
_WEB_ADDRESS = re.compile(
    r"https?://[A-Za-z0-9.\-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~\-!$&'()*+,;=:@/]*)?(?:#[A-Za-z0-9._~\-]*)?"
)
"""What nearly every IRI looks like; a character class without the rest of Unicode is looked up eight times as fast."""
_MAILBOX = re.compile(
    rf"mailto:(?:[A-Za-z0-9!#$%&'*+/=^_`{{|}}~.\-{_UCSCHAR}])+"
    rf"@[A-Za-z0-9{_UCSCHAR}](?:[A-Za-z0-9.\-{_UCSCHAR}]*[A-Za-z0-9{_UCSCHAR}])?"
)
_LANGUAGE_TAG = re.compile(
    r"(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})"  # language and extended languages
    r"(?:-[a-z]{4})?"  # script
    r"(?:-(?:[a-z]{2}|[0-9]{3}))?"  # region
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"  # variants
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*"  # extensions
    r"(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+"
    r"|en-gb-oed|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)"
    r"|sgn-(?:be-fr|be-nl|ch-de)|art-lojban|cel-gaulish|no-bok|no-nyn|zh-(?:guoyu|hakka|min|min-nan|xiang))",
    re.IGNORECASE | re.ASCII,
)
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_SHA1 = re.compile(r"[0-9A-Fa-f]{40}")
_SHA2 = re.compile(r"(?:[0-9A-Fa-f]{56}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{96}|[0-9A-Fa-f]{128})")
_TIMESTAMP = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?"
    r"(?:Z|(?P<sign>[+-])(?P<zone_hour>[0-9]{2}):(?P<zone_minute>[0-9]{2}))"
)
_NUMBER, _LAST = "[0-9]+", "[0-9]+(?:[.,][0-9]+)?"
_TIME = (
    rf"T(?:{_LAST}H|{_LAST}M|{_LAST}S|{_NUMBER}H{_LAST}M|{_NUMBER}H{_LAST}S|{_NUMBER}M{_LAST}S"
    rf"|{_NUMBER}H{_NUMBER}M{_LAST}S)"
)
_DURATION = re.compile(
    rf"P(?:{_LAST}W"
    rf"|{_LAST}Y|{_LAST}M|{_LAST}D|{_NUMBER}Y{_LAST}M|{_NUMBER}Y{_LAST}D|{_NUMBER}M{_LAST}D|{_NUMBER}Y{_NUMBER}M{_LAST}D"
    rf"|(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?{_TIME})"
)
_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~\-]+"  # noqa: S105 -- a token of RFC 9110, not a secret
_MEDIA_TYPE = re.compile(rf'{_TOKEN}/{_TOKEN}(?:[ \t]*;[ \t]*{_TOKEN}=(?:{_TOKEN}|"(?:[^"\\\r\n]|\\.)*"))*')


def is_iri(text: str) -> bool:
    """Return whether `text` is an IRI with a scheme; one of the web needs a host.

    Source: RFC 3987, 2.2; xAPI 1.0.3, Data, 2.2 ("IRL or IRI values without a scheme" are refused).
    """
    if _WEB_ADDRESS.fullmatch(text) is not None:
        return True
    match = _IRI.fullmatch(text)
    if match is None:
        return False
    return match["scheme"].lower() not in {"http", "https"} or bool(match["host"])


def is_uri(text: str) -> bool:
    """Return whether `text` is a URI with a scheme: an IRI in ASCII.

    Source: RFC 3986, 3.
    """
    return text.isascii() and is_iri(text)


def is_mailbox(text: str) -> bool:
    """Return whether `text` is `mailto:` and one address.

    Source: xAPI 1.0.3, Data, 2.4.2.3.
    """
    return _MAILBOX.fullmatch(text) is not None


def is_language_tag(text: str) -> bool:
    """Return whether `text` is well-formed as a language tag; no registry is asked.

    Source: RFC 5646, 2.1 and 2.2.9.
    """
    return _LANGUAGE_TAG.fullmatch(text) is not None


def is_uuid(text: str) -> bool:
    """Return whether `text` is a UUID in its standard string form, of any variant and case.

    Source: xAPI 1.0.3, Data, 4.4; the specification's own first example is not of the RFC's variant.
    """
    return _UUID.fullmatch(text) is not None


def is_sha1(text: str) -> bool:
    """Return whether `text` is a hex-encoded SHA-1.

    Source: xAPI 1.0.3, Data, 2.4.2.3.
    """
    return _SHA1.fullmatch(text) is not None


def is_sha2(text: str) -> bool:
    """Return whether `text` is a hex-encoded SHA-224, SHA-256, SHA-384 or SHA-512.

    Source: xAPI 1.0.3, Data, 2.4.11.
    """
    return _SHA2.fullmatch(text) is not None


def is_media_type(text: str) -> bool:
    """Return whether `text` is a media type, with or without parameters.

    Source: RFC 9110, 8.3.1; xAPI 1.0.3, Data, 2.4.11.
    """
    return _MEDIA_TYPE.fullmatch(text) is not None


def is_duration(text: str) -> bool:
    """Return whether `text` is a duration with designators; only its last number may have a fraction.

    Source: ISO 8601:2004(E), 4.4.3.2; xAPI 1.0.3, Data, 4.6.
    """
    return _DURATION.fullmatch(text) is not None


def parse_timestamp(text: str) -> datetime | None:
    """Return the aware time that `text` names, or None where it is no timestamp.

    The zone is required, and `-00:00` is refused: stores disagree about what they mean. So is a leap second, which
    no clock of ours tells and Python cannot hold. Digits beyond microseconds are dropped.

    Source: RFC 3339, 5.6; xAPI 1.0.3, Data, 4.5.
    """
    match = _TIMESTAMP.fullmatch(text)
    if match is None or text.endswith("-00:00"):
        return None
    hours, minutes = int(match["zone_hour"] or 0), int(match["zone_minute"] or 0)
    if hours >= 24 or minutes >= 60:  # noqa: PLR2004 -- hours of a day, minutes of an hour
        return None
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if match["sign"] == "-" else 1)
    year, month, day, hour, minute, second = (
        int(match[part]) for part in ("year", "month", "day", "hour", "minute", "second")
    )
    microsecond = int((match["fraction"] or "").ljust(6, "0")[:6])
    try:
        return datetime(year, month, day, hour, minute, second, microsecond, timezone(offset))
    except ValueError:
        return None


def is_timestamp(text: str) -> bool:
    """Return whether `text` is a timestamp with a zone.

    Source: RFC 3339, 5.6; xAPI 1.0.3, Data, 4.5.
    """
    return parse_timestamp(text) is not None
