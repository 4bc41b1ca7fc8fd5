"""Many rows at once, most of whose values are the same: as fast as each database takes them.

An insert of thousands of rows through the ORM spends its time on objects, and on PostgreSQL on a round of the protocol a
row. Here PostgreSQL gets one COPY, and SQLite plain tuples. What the database knows already goes from query to table.
"""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any, cast

from sqlalchemy import ColumnElement, Dialect, Table, Text, Uuid, bindparam, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.functions import FunctionElement

from connector.db import Model

_ROWS = 1_000
"""Rows that one piece of a COPY holds."""
_FEW = 20
"""So many ids are quickest as they are."""


class new_id(FunctionElement[uuid.UUID]):  # noqa: N801 -- it is written like a function of the database's
    """A random id that the database makes, where rows come from a query."""

    type = Uuid()
    inherit_cache = True


compiles(new_id, "sqlite")(lambda _element, _compiler, **_: "lower(hex(randomblob(16)))")
compiles(new_id, "postgresql")(lambda _element, _compiler, **_: "gen_random_uuid()")


def insert_new(connection: Connection, model: type[Model]) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that leaves out what a constraint says is there already."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(model).on_conflict_do_nothing()
    return postgresql.insert(model).on_conflict_do_nothing()


def one_of(
    connection: Connection, column: InstrumentedAttribute[uuid.UUID], ids: Sequence[uuid.UUID]
) -> ColumnElement[bool]:
    """Tell whether a column is one of ids: sent as one value, since thousands of them take long to be written into SQL."""
    if len(ids) <= _FEW:
        return column.in_(ids)
    text = [id_.hex for id_ in ids]
    if connection.dialect.name == "sqlite":
        return column.in_(select(func.json_each(json.dumps(text)).table_valued("value").c.value))
    return column == func.any(literal(text, ARRAY(Text)).cast(ARRAY(Uuid())))


def insert_many(
    session: Session,
    model: type[Model],
    same: Mapping[str, Any],
    each: Mapping[str, Sequence[Any]],
) -> None:
    """Insert as many rows as the columns of `each` are long; the session does not know them until it reads them.

    Defaults that Python would fill in are not: name every column that may not be null.

    Args:
        same: Values that all rows share, by column.
        each: Values by column, in the order of the rows.
    """
    count = len(next(iter(each.values())))
    if not count:
        return
    session.flush()  # rows that these refer to
    table = cast("Table", model.__table__)
    if session.get_bind().dialect.name == "sqlite":
        _as_tuples(session, table, same, each, count)
    else:
        _as_copy(session, table, same, each, count)


def _as_copy(
    session: Session, table: Table, same: Mapping[str, Any], each: Mapping[str, Sequence[Any]], count: int
) -> None:
    """Source: https://www.postgresql.org/docs/current/sql-copy.html, text format."""
    names = ", ".join(f'"{name}"' for name in (*same, *each))
    columns: list[Iterable[str]] = [repeat(_written(value), count) for value in same.values()]
    columns += [map(_written, values) for values in each.values()]
    lines = ["\t".join(row) for row in zip(*columns, strict=True)]
    connection = session.connection().connection.driver_connection
    if connection is None:
        raise RuntimeError("the session has no connection")
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for first in range(0, count, _ROWS):
            copy.write("\n".join(lines[first : first + _ROWS]) + "\n")


def _written(value: Any) -> str:
    """Return a value as COPY reads it."""
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    text = value if isinstance(value, str) else _as_text(value)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def _as_tuples(
    session: Session, table: Table, same: Mapping[str, Any], each: Mapping[str, Sequence[Any]], count: int
) -> None:
    dialect = session.get_bind().dialect
    # A compiled insert names its columns in the table's order.
    names = [column.name for column in table.c if column.name in same or column.name in each]
    text = str(insert(table).values({name: bindparam(name) for name in names}).compile(dialect=dialect))
    columns: list[Iterable[Any]] = [
        _stored(dialect, table, name, each[name])
        if name in each
        else repeat(_stored(dialect, table, name, [same[name]])[0], count)
        for name in names
    ]
    session.connection().exec_driver_sql(text, list(zip(*columns, strict=True)))


def _stored(dialect: Dialect, table: Table, name: str, values: Sequence[Any]) -> Sequence[Any]:
    """Return values as the driver takes them."""
    turn = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    return [turn(value) for value in values] if turn else values
