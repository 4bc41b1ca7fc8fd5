"""What this tool tells platforms of itself when it is registered: in words and addresses of the application that uses us."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from lti import claims

SCOPES: Final = (
    claims.SCOPE_LINE_ITEM,
    claims.SCOPE_LINE_ITEM_READONLY,
    claims.SCOPE_RESULT_READONLY,
    claims.SCOPE_SCORE,
    claims.SCOPE_MEMBERSHIP_READONLY,
    claims.SCOPE_GROUP_READONLY,
    claims.SCOPE_NOTICE_HANDLERS,
)
"""All that this library can use; a registration asks for those that the platform knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool as a platform's administrator shall see it; text is in the administrator's language."""

    name: str
    description: str
    add_label: str
    """What the button says by which a teacher adds something of ours to a course."""
    url: str
    """The front page."""
    login_url: str
    launch_url: str
    """The one redirection address, for every message; platforms compare it to the letter."""
    jwks_url: str
    logo_url: str | None = None
    policy_url: str | None = None
    terms_url: str | None = None
    contacts: tuple[str, ...] = ()
    """Mail addresses."""
    id: str = "tool"
    """A short name without spaces, by which Canvas tells tools apart."""
    scopes: tuple[str, ...] = SCOPES

    @property
    def domain(self) -> str:
        """Return host and port of the launch address: Moodle demands that they are the same."""
        return urlsplit(self.launch_url).netloc
