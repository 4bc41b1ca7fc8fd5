"""What a sandbox is told when it starts: where it and its tool are, and which LMS it behaves like."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from lti.sandbox.modes import ModeName

SITE_NAME: Final = "North Sea Academy"
"""What the LMS is called, on its pages and to tools."""


@dataclass(frozen=True, kw_only=True)
class SandboxConfig:
    """The settings of one sandbox LMS with its preconfigured tool."""

    url: str
    """Its own public base, without a slash at the end."""
    tool_url: str
    """The tool's public base, without a slash at the end."""
    client_id: str = "kring-sandbox"
    deployment_id: str = "1"
    data: Path | None = None
    """The folder of its database file; None keeps everything in memory."""
    mode: ModeName = "plain"
    issuer: str | None = None
    """What it calls itself in tokens, such as the issuer that all institutions on Canvas share; None means its base."""
    custom: Mapping[str, str] | None = None
    """The preconfigured tool's custom parameters; None means those of the mode."""

    @property
    def iss(self) -> str:
        """The issuer."""
        return self.issuer or self.url

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
