"""The tools that the LMS knows: the preconfigured one, and those that registered themselves."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from lti import claims
from lti.sandbox.config import SandboxConfig
from lti.sandbox.modes import Mode
from lti.sandbox.store import Store

PRECONFIGURED: Final = 1
"""The id of the tool that the sandbox is started with."""

SCOPES: Final = (
    claims.SCOPE_LINE_ITEM,
    claims.SCOPE_LINE_ITEM_READONLY,
    claims.SCOPE_RESULT_READONLY,
    claims.SCOPE_SCORE,
    claims.SCOPE_MEMBERSHIP_READONLY,
)
"""What a tool can be allowed in every mode."""


def supported_scopes(mode: Mode) -> tuple[str, ...]:
    """Return what a tool can be allowed in this mode."""
    groups = (claims.SCOPE_GROUP_READONLY,) if mode.service.has_groups else ()
    notices = (claims.SCOPE_NOTICE_HANDLERS,) if mode.service.has_notices else ()
    return (*SCOPES, *groups, *notices)


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A registered tool."""

    id: int
    """Counts the tools of this LMS; Moodle calls it the type."""
    name: str
    client_id: str
    deployment_id: str
    login_url: str
    redirect_uris: tuple[str, ...]
    jwks_url: str
    target_link_uri: str
    deep_linking_url: str = ""
    """Where content is chosen; empty where the tool does no deep linking."""
    custom: Mapping[str, str] = field(default_factory=dict)
    scopes: tuple[str, ...] = SCOPES
    sends_name: bool = True
    sends_email: bool = True
    is_active: bool = True
    """Whether an administrator has let it in; until then nobody launches it."""
    registration_url: str = ""
    """Where it registered itself; empty for the preconfigured one."""

    @property
    def origins(self) -> frozenset[str]:
        """Where its pages are: scheme, host and port."""
        return frozenset(origin(url) for url in (self.login_url, self.target_link_uri, *self.redirect_uris))


def origin(url: str) -> str:
    """Return scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class Tools:
    """The tools of one sandbox."""

    def __init__(self, config: SandboxConfig, mode: Mode, store: Store) -> None:
        self._store = store
        self._preconfigured = Tool(
            id=PRECONFIGURED,
            name="Kring",
            client_id=config.client_id,
            deployment_id=config.deployment_id,
            login_url=config.tool_login_url,
            redirect_uris=(config.tool_launch_url,),
            jwks_url=config.tool_jwks_url,
            target_link_uri=config.tool_launch_url,
            deep_linking_url=config.tool_launch_url,
            custom=mode.launch.custom if config.custom is None else config.custom,
            scopes=supported_scopes(mode),
        )

    def all(self) -> list[Tool]:
        """Return every tool, the preconfigured one first."""
        return [self._preconfigured, *map(_from_json, self._store.all("tool").values())]

    def active(self) -> list[Tool]:
        """Return the tools that an administrator has let in."""
        return [tool for tool in self.all() if tool.is_active]

    def find(self, tool_id: int) -> Tool | None:
        """Return the tool of that id, or None."""
        return next((tool for tool in self.all() if tool.id == tool_id), None)

    def of_client(self, client_id: str) -> Tool | None:
        """Return the active tool of that client id, or None."""
        return next((tool for tool in self.active() if tool.client_id == client_id), None)

    @property
    def main(self) -> Tool:
        """The tool that the ready-made activities open."""
        chosen = self._store.find("setting", "main tool")
        found = self.find(chosen) if chosen is not None else None
        return found if found is not None and found.is_active else self._preconfigured

    def make_main(self, tool: Tool) -> None:
        """Let the ready-made activities open this tool."""
        self._store.keep("setting", "main tool", tool.id)

    def next_id(self) -> int:
        """Return an id that no tool has."""
        return max(tool.id for tool in self.all()) + 1

    def save(self, tool: Tool) -> None:
        """Keep a registered tool."""
        self._store.keep("tool", str(tool.id), asdict(tool))

    def remove(self, tool: Tool) -> None:
        """Forget a registered tool."""
        self._store.take("tool", str(tool.id))


def _from_json(body: dict[str, Any]) -> Tool:
    lists = {name: tuple(body[name]) for name in ("redirect_uris", "scopes")}
    return Tool(**body | lists)
