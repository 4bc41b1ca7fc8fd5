"""A platform that exists in tests only: its key, its key set, and the registration of our tool with it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from joserfc.jwk import RSAKey

from lti.keys import PlatformKeys, StoredKeySet
from lti.launch import Launch, validate_launch
from lti.registration import Registration
from tests.conformance.launches import Draft, Person, good_launch

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KID = "platform-key-1"
NONCE = "nonce-1"
TOOL_URL = "https://tool.example"
TARGET = "https://tool.example/lti/launch"
REGISTRATION = Registration(
    issuer="https://platform.example",
    client_id="client-1",
    authorization_url="https://platform.example/authorize",
    token_url="https://platform.example/token",
    jwks_url="https://platform.example/jwks",
)


@cache
def platform_key() -> RSAKey:
    return RSAKey.generate_key(2048)


def jwk_of(key: RSAKey, kid: str = KID, **changes: Any) -> dict[str, Any]:
    """Return the public half as a platform publishes it; a change to None leaves that member out."""
    jwk = {**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": "RS256", **changes}
    return {name: value for name, value in jwk.items() if value is not None}


@dataclass
class Website:
    """Answers `fetch` with one document, or with an error; counts the visits."""

    body: bytes | Exception
    visits: int = 0

    def __call__(self, url: str) -> bytes:
        assert url == REGISTRATION.jwks_url
        self.visits += 1
        if isinstance(self.body, Exception):
            raise self.body
        return self.body


@dataclass
class MemoryStore:
    """Keeps key sets as a database would."""

    key_sets: dict[str, StoredKeySet] = field(default_factory=dict)

    def load(self, url: str) -> StoredKeySet | None:
        return self.key_sets.get(url)

    def save(self, url: str, key_set: StoredKeySet) -> None:
        self.key_sets[url] = key_set


def document(*jwks: Any) -> bytes:
    return json.dumps({"keys": jwks}).encode()


def platform_keys() -> PlatformKeys:
    return PlatformKeys(Website(document(jwk_of(platform_key()))), MemoryStore())


def good(person: Person = "student") -> Draft:
    return good_launch(
        person,
        key=platform_key(),
        kid=KID,
        issuer=REGISTRATION.issuer,
        client_id=REGISTRATION.client_id,
        nonce=NONCE,
        target_link_uri=TARGET,
        now=NOW,
    )


def good_with(person: Person = "student", changes: Mapping[str, Any] | None = None) -> Draft:
    draft = good(person)
    draft.claims.update(changes or {})
    return draft


def validate(token: str, **changes: Any) -> Launch:
    arguments: dict[str, Any] = {
        "registration": REGISTRATION,
        "nonce": NONCE,
        "keys": platform_keys(),
        "tool_url": TOOL_URL,
        "now": NOW,
    }
    return validate_launch(token, **{**arguments, **changes})
