"""What a sandbox is told when it starts: where it and its tool are, and which LMS it behaves like."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

SITE_NAME: Final = "North Sea Academy"
"""What the LMS is called, on its pages and to tools."""


@dataclass(frozen=True, kw_only=True)
class SandboxConfig:
    """The settings of one sandbox LMS with its one registered tool."""

    url: str
    """Its own public base, without a slash at the end; also its issuer."""
    tool_url: str
    """The tool's public base, without a slash at the end."""
    client_id: str = "kring-sandbox"
    deployment_id: str = "1"
    data: Path | None = None
    """The folder of its database file; None keeps everything in memory."""
    mode: Literal["plain", "moodle", "canvas"] = "plain"

    @property
    def auth_url(self) -> str:
        """Where the tool sends its authentication request."""
        return f"{self.url}/auth"

    @property
    def token_url(self) -> str:
        """Where the tool gets access tokens; also the only audience that its assertions may name."""
        return f"{self.url}/token"

    @property
    def jwks_url(self) -> str:
        """Where the platform's public keys are."""
        return f"{self.url}/jwks"

    @property
    def tool_login_url(self) -> str:
        """Where a launch begins at the tool."""
        return f"{self.tool_url}/lti/login"

    @property
    def tool_launch_url(self) -> str:
        """The tool's one redirect URI, and the target of its links."""
        return f"{self.tool_url}/lti/launch"

    @property
    def tool_jwks_url(self) -> str:
        """Where the tool's public keys are."""
        return f"{self.tool_url}/lti/jwks"

    @property
    def tool_origin(self) -> str:
        """Scheme, host and port of the tool: who may talk to the pages that frame it."""
        parts = urlsplit(self.tool_url)
        return f"{parts.scheme}://{parts.netloc}"
