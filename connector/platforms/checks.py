"""What was seen to work between a platform and us: noted where it happens, read by the self-check page.

Anybody who talks to a platform calls `note`: launches, and the workers for roster and grades. It is cheap: where nothing
has changed, a busy minute is written down once.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from connector.db import Database
from connector.platforms.models import Check, PlatformCheck
from connector.web.models import LaunchSession, Proof

QUIET = timedelta(minutes=1)
"""How long a check that goes on as before is not written down again."""
DETAIL_LIMIT = 300
"""Characters of a detail that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Something that worked, or did not."""

    check: Check
    ok: bool = True
    detail: str | None = None
    """For the administrator: codes, kinds of roles, the platform's words; no token, and nobody's name."""
    is_one_of: bool = False
    """Whether the detail is one word of several that are seen by turns: it joins those before."""


def note(
    where: Session | Database,
    platform_id: uuid.UUID,
    check: Check,
    ok: bool,  # noqa: FBT001 -- what is noted, not a switch
    detail: str | None = None,
    *,
    now: datetime,
) -> None:
    """Note that something worked, or did not.

    Args:
        where: A session that writes, whose owner commits; or the database, for a short transaction of its own.
    """
    note_all(where, platform_id, [Seen(check=check, ok=ok, detail=detail)], now=now)


def note_all(where: Session | Database, platform_id: uuid.UUID, seen: list[Seen], *, now: datetime) -> None:
    """Note several things at once; of two about the same check the later one counts. See `note`."""
    with _reading(where) as session:
        known = read_checks(session, platform_id)
    joined = [_join(known.get(each.check), each) for each in seen]
    fresh = {each.check: each for each in joined if _is_news(known.get(each.check), each, now)}
    if not fresh:
        return
    with _writing(where) as session:
        for check in sorted(fresh):  # one order for everybody: two launches must not wait for each other
            _write(session, platform_id, fresh[check], now)


def read_checks(session: Session, platform_id: uuid.UUID) -> Mapping[Check, PlatformCheck]:
    """Return what was noted of a platform."""
    rows = session.scalars(
        select(PlatformCheck).where(PlatformCheck.platform_id == platform_id).execution_options(populate_existing=True)
    )
    return {row.check: row for row in rows}


def last_launches(session: Session) -> Mapping[uuid.UUID, datetime]:
    """Return when each platform last launched, to the minute."""
    query = select(PlatformCheck.platform_id, PlatformCheck.ok_at).where(
        PlatformCheck.check == Check.LAUNCH, PlatformCheck.ok_at.is_not(None)
    )
    return {platform_id: ok_at for platform_id, ok_at in session.execute(query) if ok_at is not None}


def count_proofs(session: Session, platform_id: uuid.UUID) -> Mapping[Proof, int]:
    """Return how browsers proved themselves, of the launches that are remembered: those of the last twelve hours."""
    query = (
        select(LaunchSession.proof, func.count())
        .where(LaunchSession.platform_id == platform_id)
        .group_by(LaunchSession.proof)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _join(row: PlatformCheck | None, seen: Seen) -> Seen:
    if not seen.is_one_of or row is None or is_failing(row):
        return seen
    return replace(seen, detail=" ".join(sorted({*(row.detail or "").split(), *(seen.detail or "").split()})))


def _is_news(row: PlatformCheck | None, seen: Seen, now: datetime) -> bool:
    if row is None or is_failing(row) is seen.ok:
        return True
    noted_at = row.ok_at if seen.ok else row.failed_at
    return noted_at is None or now - noted_at >= QUIET or _cut(seen.detail) != row.detail


def is_failing(row: PlatformCheck) -> bool:
    """Whether the last that was seen was a failure."""
    return row.failed_at is not None and (row.ok_at is None or row.failed_at > row.ok_at)


def _write(session: Session, platform_id: uuid.UUID, seen: Seen, now: datetime) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    changes = {"ok_at" if seen.ok else "failed_at": now, "detail": _cut(seen.detail)}
    statement = insert(PlatformCheck).values(platform_id=platform_id, check=seen.check, count=1, **changes)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["platform_id", "check"], set_=changes | {"count": PlatformCheck.count + 1}
        )
    )


def _cut(detail: str | None) -> str | None:
    return detail[:DETAIL_LIMIT] if detail else None


@contextmanager
def _reading(where: Session | Database) -> Iterator[Session]:
    if isinstance(where, Session):
        yield where
        return
    with where.session(writes=False) as session:
        yield session


@contextmanager
def _writing(where: Session | Database) -> Iterator[Session]:
    if isinstance(where, Session):
        yield where
        return
    with where.session(writes=True) as session:
        yield session
        session.commit()
