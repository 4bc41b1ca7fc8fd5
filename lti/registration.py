"""What a tool and a platform know of each other."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One platform as this tool knows it.

    An issuer alone does not name a platform: every Canvas in the cloud has the same one. The pair of issuer and client id
    does.

    Source: https://www.imsglobal.org/spec/lti/v1p3, 3.1.3.
    """

    issuer: str
    client_id: str
    authorization_url: str
    """Where the login is answered to; may have a query of its own."""
    token_url: str
    jwks_url: str
    token_audience: str | None = None
    """What the platform wants as `aud` of a client assertion; None where that is the token URL."""
    allow_anonymous: bool = False
    """Whether launches without `sub` are let in."""
