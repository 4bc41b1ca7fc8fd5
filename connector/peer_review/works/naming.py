"""Authors' names in what they hand in: found in texts, and taken from files."""

import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import PurePath

from sqlalchemy.orm import Session

from connector.content.models import Attachment
from connector.courses.models import Group, Membership
from connector.peer_review.models.reviews import Submission


def names_any(text: str, people: Iterable[Membership], group: Group | None) -> bool:
    """Return whether the name of one of some people, or of their group, stands in a text."""
    words = re.findall(r"\w+", text.casefold())
    if group is not None and _stands_in(re.findall(r"\w+", group.name.casefold()), words):
        return True
    return any(_names(each.person.name or "", set(words)) for each in people)


def names_author(work: Submission) -> bool:
    """Return whether an author's name, or their group's, stands in the text: worth a warning where nobody is to know it."""
    return names_any(work.body, [each.member for each in work.authors], work.group)


def _names(name: str, words: Collection[str]) -> bool:
    parts = [part.casefold() for part in name.split() if len(part) > 2]  # noqa: PLR2004 -- "de", "of"
    return bool(parts) and (all(part in words for part in parts) or parts[-1] in words)


def _stands_in(name: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether some words stand in a text one after the other; a name of one short word says nothing."""
    if len("".join(name)) <= 2:  # noqa: PLR2004 -- "A", "12"
        return False
    return any(list(words[start : start + len(name)]) == list(name) for start in range(len(words)))


def veil_names(session: Session, work: Submission, files: Sequence[Attachment]) -> None:
    """Give files names that tell nothing of who sent them, everywhere: in the text, on the page, and when downloaded."""
    body = work.body
    for number, file in enumerate(files, start=1):
        file.name = _neutral(file, number)
        body = re.sub(
            rf"(?<!!)\[(?:\\.|[^\]\\\n])*\]\(attachment:{file.id}\)", f"[{file.name}](attachment:{file.id})", body
        )
    if body != work.body:
        work.write(body)
    session.flush()


def _neutral(file: Attachment, number: int) -> str:
    return f"file-{number}{PurePath(file.name).suffix}"
