"""What templates ask for: the bell, on every page of a visit, and what its reader follows; one small query each."""

import uuid
from dataclasses import dataclass

from flask import Flask, g, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.courses.models import Membership
from connector.notifications.models import Level, MailPreference, Scope, Subscription
from connector.notifications.preferences import note_zone
from connector.notifications.recipients import DEFAULTS
from connector.notifications.services import MOST_COUNTED, unread
from connector.web.i18n import browser_zone
from connector.web.models import LaunchSession
from connector.web.requests import current_session, writing_session


@dataclass(frozen=True, slots=True)
class Bell:
    """What the bar shows, and what every page needs to know of its reader."""

    url: str
    count_url: str
    count: int
    has_shortcuts: bool

    @property
    def figure(self) -> str:
        """Return the count as the bar shows it."""
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count)


def init_app(app: Flask) -> None:
    """Let templates ask."""
    app.context_processor(lambda: {"find_bell": find_bell, "find_following": find_following})


def find_bell() -> Bell | None:
    """Return the bell of this visit; None outside of courses."""
    launch = g.get("launch")
    if not isinstance(launch, LaunchSession) or launch.membership_id is None:
        return None
    if "bell" not in g:
        g.bell = _look(current_session(), launch)
    found: Bell | None = g.bell
    return found


@dataclass(frozen=True, slots=True)
class Following:
    """What a member wants to be told of a place."""

    said: Level | None
    """What they said of this very place."""
    counts: Level
    """What holds: that, or what they said of a wider place, or what their role comes with."""


def find_following(member: Membership, activity_id: uuid.UUID, thread_id: uuid.UUID | None = None) -> Following:
    """Return what a member wants to be told of an activity, or of one of its threads."""
    places = [(Scope.THREAD, thread_id)] if thread_id else []
    places += [(Scope.ACTIVITY, activity_id), (Scope.COURSE, member.course_id)]
    mine = select(Subscription.scope, Subscription.level).where(
        Subscription.member_id == member.id, Subscription.scope_id.in_([id_ for _scope, id_ in places])
    )
    said = dict(iter(current_session().execute(mine)))
    counts = next((said[scope] for scope, _id in places if scope in said), DEFAULTS[member.role])
    return Following(said.get(places[0][0]), counts)


def _look(session: Session, launch: LaunchSession) -> Bell | None:
    # As many as the bell counts, out of an index of what is unread: it costs the same however much was read.
    if launch.membership_id is None:
        return None
    some = unread(launch.membership_id).limit(MOST_COUNTED + 1).subquery()
    count = select(func.count()).select_from(some).scalar_subquery()
    row = session.execute(
        select(count.label("unread"), Membership.person_id, MailPreference.has_shortcuts, MailPreference.seen_zone)
        .select_from(Membership)
        .outerjoin(MailPreference, MailPreference.person_id == Membership.person_id)
        .where(Membership.id == launch.membership_id)
    ).one_or_none()
    if row is None:
        return None
    zone = browser_zone()
    if zone is not None and zone != row.seen_zone and request.method == "GET":
        # Once for each device: digests then go by the clock that their reader lives by.
        with writing_session() as writing:
            note_zone(writing, row.person_id, zone)
            writing.commit()
    return Bell(
        url=url_for("notifications.index"),
        count_url=url_for("notifications.count"),
        count=row.unread,
        has_shortcuts=row.has_shortcuts is not False,
    )
