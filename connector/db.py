"""The database: one engine, two kinds of session, and the base of every model."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from sqlalchemy import DateTime, Dialect, Enum, MetaData, Select, TypeDecorator, create_engine, event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

import connector._py311  # noqa: F401 -- must come before any model

_CONNECT_SECONDS = 10

UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeoutError)
"""What is raised where the database does not answer: nothing is wrong with what was asked, and it may be tried again."""


class UTCDateTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC; SQLite forgets zones, so they are put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse naive times and turn the others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time must be aware")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Model(DeclarativeBase):
    """The base of every table. Constraint names follow one convention, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCDateTime(),
        # Words, not a PostgreSQL enum type: a new member then needs no migration.
        StrEnum: Enum(
            StrEnum, native_enum=False, length=32, values_callable=lambda kind: [item.value for item in kind]
        ),
    }


Row = TypeVar("Row", bound=Model)


class Identified:
    """Mixin: a random id, made where the object is made, so that statements can name it before it is stored."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)


class Database:
    """An engine, and the sessions on it: shared by web, worker, command line and tests."""

    def __init__(self, url: str) -> None:
        """Connect lazily to `url`."""
        self.engine = _engine(url)
        self._writing = self.engine.execution_options(kring_writes=True)
        self.info: dict[str, Any] = {}
        """What each session brings along, as its `info`: for what features keep from one request to the next."""

    def session(self, *, writes: bool) -> Session:
        """Return a new session; use it in a `with` block.

        Args:
            writes: Whether it will write. SQLite takes its one write lock at once then: a reader that turns writer
                later would fail where another one wrote in between.
        """
        return Session(self._writing if writes else self.engine, expire_on_commit=False, info=self.info)

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    # Without hide_parameters, an error would carry what people wrote into the log.
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(
            parsed,
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=5,
            hide_parameters=True,
            connect_args={"connect_timeout": _CONNECT_SECONDS},
        )
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    engine = create_engine(parsed, hide_parameters=True, connect_args={"timeout": _CONNECT_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:
    # It would compile what it takes for long, which takes four times as long as the longest query of a page.
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
    connection.commit()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # pysqlite's own transactions start too late; _begin_sqlite starts them instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("kring_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def stored(session: Session, find: Select[Row], make: Callable[[], Row]) -> Row:
    """Return the row that `find` finds, or else a new one; of two who make it at once, the later takes the earlier's."""
    found = session.scalar(find)
    if found is not None:
        return found
    row = make()
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return session.scalars(find).one()
    return row


Clock = Callable[[], datetime]
"""Gives the time now, aware and in UTC; tests bring their own."""


def utc_now() -> datetime:
    """Return the time now."""
    return datetime.now(UTC)
