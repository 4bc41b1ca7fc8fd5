"""What notices say: asked for when they are shown or mailed, from what their reader may see at that moment.

Features register a teller for each thing that happens in them; the application puts them together.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from flask import current_app
from sqlalchemy.orm import Session

from connector.activities.services import is_there
from connector.courses.models import Membership
from connector.notifications.models import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What one notice says to one reader, in the reader's language."""

    title: str
    """What happened, in one line that needs nothing beside it: it may become a mail's subject."""
    text: str = ""
    """The beginning of what was written, plain."""
    who: str | None = None
    """The name that the reader may see; the only place where a name may stand, beside the title."""
    avatar_id: uuid.UUID | None = None
    """What the picture's colour follows from; not the author's id where the author is veiled."""
    topic: str | None = None
    """What tellings are gathered under in a digest, such as the thread's title."""
    endpoint: str
    """Where it leads within a visit."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """For the endpoint's address."""
    lang: str | None = None
    """The language of `text`."""


Teller: TypeAlias = Callable[[Session, Membership, Collection[uuid.UUID]], Mapping[uuid.UUID, Telling]]
"""Takes the reader and what the notices are about; leaves out what the reader may not see, or no longer."""


def tellers() -> Mapping[str, Teller]:
    """Return the tellers that this application has, by what they tell of."""
    found: Mapping[str, Teller] = current_app.extensions["kring_tellers"]
    return found


def tell(session: Session, reader: Membership, notices: Iterable[Notice]) -> dict[uuid.UUID, Telling]:
    """Return what a reader's notices say, by the notice's id: one question to each teller, however many there are.

    Those of an activity that is not open, such as one that is switched off, say nothing until it is.
    """
    by_what: defaultdict[str, dict[uuid.UUID, list[uuid.UUID]]] = defaultdict(lambda: defaultdict(list))
    for notice in notices:
        if not is_there(reader, notice.activity):
            continue
        by_what[notice.what][notice.about].append(notice.id)
    found: dict[uuid.UUID, Telling] = {}
    for what, ids in by_what.items():
        teller = tellers().get(what)
        tellings = teller(session, reader, list(ids)) if teller else {}
        found.update((id_, telling) for about, telling in tellings.items() for id_ in ids.get(about, ()))
    return found
