"""Finds traces of a person in bytes of any kind, however they are written."""

import html
import quopri
import re
import unicodedata
import uuid
from collections.abc import Iterable
from email import message_from_bytes
from email.policy import default
from hashlib import sha1
from urllib.parse import unquote

from connector.courses.models import Membership

_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def traces_of(member: Membership, *more: str) -> dict[str, str]:
    """Return what tells of a member, by what it is: their names and their ids.

    Args:
        more: Further words, such as the names of their files.
    """
    person = member.person
    words = {f"the word {word}": word for word in [*re.split(r"\W+", person.name or ""), *more] if len(word) > 2}
    address = person.email or "nobody@nowhere.example"
    digest = sha1(f"mailto:{address}".encode()).hexdigest()  # noqa: S324 -- what xAPI asks for
    words |= {"the address": address.partition("@")[0], "the subject": person.subject, "the address's hash": digest}
    ids = {"person": person.id, "membership": member.id, "pseudonym": person.pseudonym, "veil": person.veil}
    return words | {f"the id of the {name}": id_.hex for name, id_ in ids.items()}


def find(traces: dict[str, str], said: bytes | str) -> list[str]:
    """Return which traces something holds."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    plain = "\n".join(map(_plain, _readings(text)))
    digits = plain.replace("-", "")
    return [name for name, trace in traces.items() if _plain(trace) in plain or trace in digits]


def find_in_mail(traces: dict[str, str], sent: bytes) -> list[str]:
    """Return which traces a mail holds: in its bytes, its headers and its parts."""
    message = message_from_bytes(sent, policy=default)
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    headers = [f"{name}: {value}" for name, value in message.items()]
    return find(traces, "\n".join([sent.decode("utf-8", "replace"), *headers, *parts]))


def _readings(text: str) -> Iterable[str]:
    """Yield a text as it stands, and as whoever decodes it reads it."""
    yield text
    yield html.unescape(text)
    yield unquote(text)
    yield _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    yield quopri.decodestring(text.encode()).decode("utf-8", "replace")


def _plain(text: str) -> str:
    """Return a text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def guesses(posts: Iterable[uuid.UUID], member: Membership, keys: Iterable[str], times: Iterable[str]) -> set[str]:
    """Return the ids that statements would have, were they made of a post, an event, a member and a time."""
    keys, times = list(keys), list(times)
    return {
        str(uuid.uuid5(post, f"{key} {who}{rest}"))
        for post in posts
        for key in keys
        for who in (member.id, member.person_id, member.person.pseudonym)
        for rest in ("", *(f" {time}" for time in times), *(f" {time} " for time in times))
    }
