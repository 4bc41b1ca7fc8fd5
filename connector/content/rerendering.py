"""Texts that an older version of the renderer made are made again, a batch at a time."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.content import markdown
from connector.content.mentions import labels_of, written_tables
from connector.content.models import Written

_BATCH = 100


def rerender(session: Session, table: type[Written], *, limit: int = _BATCH) -> int:
    """Make texts of a table again that an older renderer made, and return how many; the caller commits.

    Whom they address stays as it was when they were written.
    """
    older = select(table).where(table.renderer < markdown.RENDERER).limit(limit).with_for_update(skip_locked=True)
    rows = session.scalars(older).all()
    for row in rows:
        row.render(row.body, labels_of(row.body_html))
    session.flush()
    return len(rows)


def rerender_some(session: Session) -> int:
    """Make a batch of texts again, of whatever table, and return how many; the caller commits, until there are none."""
    for table in written_tables():
        if count := rerender(session, table):
            return count
    return 0
