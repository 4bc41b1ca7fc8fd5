"""What is worked out once, not once for each of the thousands of applications and databases that the tests make.

In production one process has one application on one database, which keep what they compiled: templates, and statements.
Compiling them again for every test took two thirds of the tests' time.
"""

from types import CodeType

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Dialect, Engine, create_engine
from sqlalchemy.engine.interfaces import Compiled
from sqlalchemy.util import LRUCache

import connector.db

STATEMENTS = 4_000


class Templates(BytecodeCache):
    """What each template's source became, for the environments that would make the same of it."""

    def __init__(self) -> None:
        self._codes: dict[object, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of the same source, where there is one."""
        bucket.code = self._codes.get(_key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code."""
        if bucket.code is not None:
            self._codes[_key(bucket)] = bucket.code


def _key(bucket: Bucket) -> object:
    """Return what the code depends on: the file, what it says, and how the environment reads it."""
    environment = bucket.environment
    ways = (environment.trim_blocks, environment.lstrip_blocks, getattr(environment, "newstyle_gettext", None))
    return bucket.key, bucket.checksum, ways, tuple(environment.extensions), tuple(environment.filters)


class Statements:
    """What each statement became, for every engine of one kind: they share the dialect that compiled it."""

    def __init__(self) -> None:
        self._dialects: dict[str, Dialect] = {}
        self._compiled: LRUCache[object, Compiled] = LRUCache(STATEMENTS)
        self._make = connector.db._engine

    def learn(self, url: str) -> None:
        """Take the dialect of a database, once it is known how its server behaves."""
        engine = create_engine(url)
        engine.connect().close()
        engine.dispose()
        self._dialects[engine.dialect.name] = engine.dialect

    def engine(self, url: str) -> Engine:
        """Return what the application would make, with what is shared."""
        engine = self._make(url)
        if engine.dialect.name in self._dialects:
            engine.dialect = self._dialects[engine.dialect.name]
            engine.update_execution_options(compiled_cache=self._compiled)
        return engine


statements = Statements()


def share() -> None:
    """Let every application and database that is made from now on use the same."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Templates()}
    statements.learn("sqlite://")
    connector.db._engine = statements.engine
