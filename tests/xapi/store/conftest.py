"""A store of its own for every test."""

from collections.abc import Iterator

import pytest

from tests.xapi.store.lrs import NAME, PASSWORD, Lrs
from xapi.store import Credential, StoreConfig, create_app
from xapi.store.app import close_app


@pytest.fixture
def lrs() -> Iterator[Lrs]:
    config = StoreConfig(
        credentials=[
            Credential(NAME, PASSWORD),
            Credential("writer", "w", frozenset({"statements/write"})),
            Credential("reader", "r", frozenset({"all/read"})),
        ],
        public_url="https://lrs.example.org",
        max_body=200_000,
    )
    app = create_app(config)
    yield Lrs(app)
    close_app(app)
