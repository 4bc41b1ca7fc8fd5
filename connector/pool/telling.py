"""What people are told of the pool: that something is due, that somebody proposes a change, that theirs was taken."""

import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.courses.models import Membership
from connector.notifications.tellers import Teller, Telling
from connector.pool.access import is_in_pool
from connector.pool.models import Entry
from connector.pool.services import DECIDED, PROPOSED
from connector.pool.tidying import DUE
from connector.web.i18n import gettext as _


def _due(title: str) -> str:
    return _("Is “%(title)s” still right? It is time to look at it again", title=title)


def _proposed(title: str) -> str:
    return _("Somebody proposes a change of “%(title)s”", title=title)


def _decided(title: str) -> str:
    return _("Your change of “%(title)s” was taken over", title=title)


def _teller(words: Callable[[str], str]) -> Teller:
    def tell(session: Session, reader: Membership, abouts: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
        found = session.scalars(select(Entry).where(Entry.id.in_(list(abouts)), is_in_pool(reader)))
        return {
            each.id: Telling(
                title=words(each.title),
                text=each.snippet,
                topic=each.title,
                endpoint="pool.show",
                values={"entry_id": each.id},
                lang=each.language,
            )
            for each in found
        }

    return tell


TELLERS: Final[Mapping[str, Teller]] = {
    DUE: _teller(_due),
    PROPOSED: _teller(_proposed),
    DECIDED: _teller(_decided),
}
