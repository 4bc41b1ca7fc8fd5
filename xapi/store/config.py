"""What an embedded LRS has to be told."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ALL = "all"
WRITE = "statements/write"
READ = "all/read"


@dataclass(frozen=True)
class Credential:
    """A name and password of HTTP Basic authentication, and what they are good for.

    Source: xAPI 1.0.3, Communication, 4.2, whose scopes these are; the others are not offered.
    """

    name: str
    password: str
    scopes: frozenset[str] = frozenset({ALL})
    """Any of `statements/write`, `all/read` and `all`."""

    def __post_init__(self) -> None:
        unknown = self.scopes - {ALL, WRITE, READ}
        if unknown:
            raise ValueError(f"unknown scopes: {', '.join(sorted(unknown))}")
        if not self.name or ":" in self.name or not self.password:
            raise ValueError("a credential needs a name without a colon, and a password")

    def may(self, scope: str) -> bool:
        """Return whether the credential covers `scope`."""
        return scope in self.scopes or ALL in self.scopes

    def __repr__(self) -> str:
        return f"Credential(name={self.name!r})"  # a password has no place in a log


@dataclass(frozen=True)
class StoreConfig:
    """The settings of an embedded LRS."""

    credentials: tuple[Credential, ...] | list[Credential]
    database: Path | Literal[":memory:"] = ":memory:"
    """The file that keeps the statements; `:memory:` is a file of its own that goes away with the application."""
    base_path: str = "/xAPI"
    public_url: str = "http://localhost:8002"
    """Where the store is seen from outside, without the base path: the home page of authorities, the path of `more`."""
    max_body: int = 16 * 1024 * 1024
    """Bytes of the largest request that is read."""
    default_page: int = 100
    max_page: int = 1000
    busy_timeout: float = 10.0
    """Seconds to wait for another process that is writing to the file."""

    def __post_init__(self) -> None:
        if not self.base_path.startswith("/") or self.base_path.endswith("/"):
            raise ValueError(f"the base path begins with a slash and does not end with one, unlike {self.base_path!r}")
