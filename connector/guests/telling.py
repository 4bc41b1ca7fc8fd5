"""What those who lead a course are told of their guests."""

import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.guests.answering import ANSWERED, ASKED, DECLINED
from connector.guests.bounces import BOUNCED
from connector.guests.models import Invitation
from connector.notifications.tellers import Teller, Telling
from connector.web.i18n import gettext as _


def _answered(name: str) -> str:
    return _(
        "%(name)s, whom you invited, has answered: a trainer looks at the first answer before it is shown", name=name
    )


def _asked(name: str) -> str:
    return _("%(name)s, whom you invited, asks for more information", name=name)


def _declined(name: str) -> str:
    return _("%(name)s, whom you invited, will not answer", name=name)


def _bounced(name: str) -> str:
    return _("The mail to %(name)s, whom you invited, came back: look at the address, or ask somebody else", name=name)


def _teller(title: Callable[[str], str]) -> Teller:
    def tell(session: Session, reader: Membership, abouts: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
        if not reader.is_staff:
            return {}
        found = session.scalars(
            select(Invitation)
            .join(Invitation.activity)
            .where(Invitation.id.in_(list(abouts)), Activity.course_id == reader.course_id)
            .options(joinedload(Invitation.thread))
        )
        return {
            each.id: Telling(
                title=title(each.name or _("Former member")),
                text=each.suggestion,
                topic=each.thread.title if each.thread else None,
                endpoint="guests.index",
                values={"activity_id": each.activity_id},
            )
            for each in found
        }

    return tell


TELLERS: Final[Mapping[str, Teller]] = {
    ANSWERED: _teller(_answered),
    ASKED: _teller(_asked),
    DECLINED: _teller(_declined),
    BOUNCED: _teller(_bounced),
}
