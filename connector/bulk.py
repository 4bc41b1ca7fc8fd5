"""Many rows at once, most of whose values are the same: as fast as each database takes them.

An insert of thousands of rows through the ORM spends its time on objects, and on PostgreSQL on a round of the protocol a
row. Here PostgreSQL gets one COPY, and SQLite plain tuples of what differs from row to row; what is the same in all is
written once. What the database knows already goes from query to table.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice, repeat
from struct import Struct
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Double,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from connector.db import Model, UTCDateTime

_ROWS = 500
"""Rows that one piece of a COPY holds: the server stores them while the next are made."""
_FEW = 20
"""So many ids are quickest as they are."""


class new_id(FunctionElement[uuid.UUID]):  # noqa: N801 -- it is written like a function of the database's
    """A random id that the database makes, where rows come from a query."""

    type = Uuid()
    inherit_cache = True


compiles(new_id, "sqlite")(lambda _element, _compiler, **_: "lower(hex(randomblob(16)))")
compiles(new_id, "postgresql")(lambda _element, _compiler, **_: "gen_random_uuid()")


def insert_new(connection: Connection, model: type[Model], unless: str) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that leaves out what is there already.

    Args:
        unless: The unique index that says so; no other one is asked.
    """
    table = cast("Table", model.__table__)
    index = next(each for each in table.indexes if each.name == unless)
    kind = "sqlite" if connection.dialect.name == "sqlite" else "postgresql"
    found = {"index_elements": list(index.columns), "index_where": index.dialect_options[kind]["where"]}
    if kind == "sqlite":
        return sqlite.insert(model).on_conflict_do_nothing(**found)
    return postgresql.insert(model).on_conflict_do_nothing(**found)


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
    each: Mapping[str, Iterable[Any]],
    *,
    count: int,
) -> None:
    """Insert rows; the session does not know them until it reads them.

    Defaults that Python would fill in are not: name every column that may not be null.

    Args:
        same: Values that all rows share, by column.
        each: Values by column, in the order of the rows; made as they go, where they are an iterator, which must not ask
            the database for anything. Ids may be their 32 digits.
    """
    if not count:
        return
    session.flush()  # rows that these refer to
    table = cast("Table", model.__table__)
    if session.get_bind().dialect.name == "sqlite":
        _as_tuples(session, table, same, each)
    else:
        _as_copy(session, table, same, each)


def _as_tuples(session: Session, table: Table, same: Mapping[str, Any], each: Mapping[str, Iterable[Any]]) -> None:
    connection = session.connection()
    written = ()
    if same:  # every value that is bound is bound for each row
        values = tuple(next(iter(_stored(connection, table.c[name], [value]))) for name, value in same.items())
        written = connection.exec_driver_sql(f"SELECT {', '.join(['quote(?)'] * len(values))}", values).one()
    names = ", ".join(f'"{name}"' for name in (*same, *each))
    places = ", ".join((*written, *repeat("?", len(each))))
    columns = [_stored(connection, table.c[name], values) for name, values in each.items()]
    connection.exec_driver_sql(
        f'INSERT INTO "{table.name}" ({names}) VALUES ({places})',  # noqa: S608 -- quoted by SQLite itself
        list(zip(*columns, strict=True)),
    )


def _stored(connection: Connection, column: Column[Any], values: Iterable[Any]) -> Iterable[Any]:
    """Return values as SQLite's driver takes them."""
    if isinstance(column.type, Uuid):
        return [value.hex if isinstance(value, uuid.UUID) else value for value in values]
    turn = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return map(turn, values) if turn else values


def _as_copy(session: Session, table: Table, same: Mapping[str, Any], each: Mapping[str, Iterable[Any]]) -> None:
    """Source: https://www.postgresql.org/docs/current/sql-copy.html, binary format."""
    names = ", ".join(f'"{name}"' for name in (*same, *each))
    start = _SHORT.pack(len(same) + len(each))
    start += b"".join(next(_fields(table.c[name].type, [value])) for name, value in same.items())
    columns = [_fields(table.c[name].type, values) for name, values in each.items()]
    rows = (start + b"".join(row) for row in zip(*columns, strict=True))
    connection = session.connection().connection.driver_connection
    if connection is None:
        raise RuntimeError("the session has no connection")
    copying = f'COPY "{table.name}" ({names}) FROM STDIN WITH (FORMAT BINARY)'
    with connection.cursor() as cursor, cursor.copy(copying) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        while piece := b"".join(islice(rows, _ROWS)):
            copy.write(piece)
        copy.write(_SHORT.pack(-1))


_SHORT, _INTEGER, _LONG, _DOUBLE = Struct("!h"), Struct("!i"), Struct("!q"), Struct("!d")
_NULL, _OF_16 = _INTEGER.pack(-1), _INTEGER.pack(16)
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _fields(type_: TypeEngine[Any], values: Iterable[Any]) -> Iterator[bytes]:
    """Give values as PostgreSQL sends and takes them itself, each after its length."""
    if isinstance(type_, Uuid):
        for value in values:
            if value is None:
                yield _NULL
            else:
                yield _OF_16 + (bytes.fromhex(value) if isinstance(value, str) else value.bytes)
        return
    turn = _turn(type_)
    for value in values:
        if value is None:
            yield _NULL
        else:
            turned = turn(value)
            yield _INTEGER.pack(len(turned)) + turned


def _turn(type_: TypeEngine[Any]) -> Callable[[Any], bytes]:
    """Return what makes bytes of a column's values."""
    if isinstance(type_, UTCDateTime):
        return lambda value: _LONG.pack((value - _BEGINNING) // _MICROSECOND)
    for kind, turn in _TURNS:
        if isinstance(type_, kind):
            return turn
    raise TypeError(f"there is no binary format for {type_!r}")


_TURNS: tuple[tuple[type[TypeEngine[Any]], Callable[[Any], bytes]], ...] = (
    (Boolean, lambda value: b"\1" if value else b"\0"),  # before what it derives from
    (LargeBinary, bytes),
    (BigInteger, _LONG.pack),
    (SmallInteger, _SHORT.pack),
    (Integer, _INTEGER.pack),
    (Double, _DOUBLE.pack),
    (JSON, lambda value: json.dumps(value).encode()),
    (String, lambda value: str(value).encode()),
)
