"""Good launches to differ from, and tokens put together by hand, so that they can be wrong in any way."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import RSAKey

from lti import claims

Person = Literal["teacher", "student"]

_PEOPLE: dict[Person, dict[str, Any]] = {
    "teacher": {
        "sub": "user-teacher",
        "given_name": "Tina",
        "family_name": "Teacher",
        "name": "Tina Teacher",
        "email": "tina@example.org",
        claims.ROLES: [claims.ROLE_INSTRUCTOR],
    },
    "student": {
        "sub": "user-student",
        "given_name": "Stig",
        "family_name": "Studerende",
        "name": "Stig Studerende",
        "email": "stig@example.org",
        claims.ROLES: [claims.ROLE_LEARNER],
    },
}


@dataclass(slots=True)
class Draft:
    """A launch that is about to be signed; cases change it first."""

    header: dict[str, Any]
    claims: dict[str, Any]
    key: RSAKey

    def token(self) -> str:
        return compact(_json(self.header), _json(self.claims), self.key)


def good_launch(
    person: Person,
    *,
    key: RSAKey,
    kid: str,
    issuer: str,
    client_id: str,
    nonce: str,
    target_link_uri: str,
    now: datetime,
    deployment_id: str = "deployment-1",
) -> Draft:
    """Return a resource link launch with which nothing is wrong."""
    issued = int(now.timestamp())
    return Draft(
        header={"typ": "JWT", "alg": "RS256", "kid": kid},
        key=key,
        claims={
            "iss": issuer,
            "aud": client_id,
            "iat": issued,
            "exp": issued + 60,
            "nonce": nonce,
            **_PEOPLE[person],
            claims.MESSAGE_TYPE: claims.RESOURCE_LINK_REQUEST,
            claims.VERSION: claims.LTI_VERSION,
            claims.DEPLOYMENT_ID: deployment_id,
            claims.TARGET_LINK_URI: target_link_uri,
            claims.RESOURCE_LINK: {"id": "link-1", "title": "Week 1", "description": "Say hello."},
            claims.CONTEXT: {
                "id": "course-1",
                "label": "WRIT101",
                "title": "Academic Writing",
                "type": [claims.CONTEXT_COURSE_SECTION],
            },
            claims.TOOL_PLATFORM: {"guid": "platform-1", "product_family_code": "example", "name": "Example LMS"},
            claims.LAUNCH_PRESENTATION: {
                "locale": "da-DK",
                "document_target": "iframe",
                "return_url": "https://platform.example/return",
            },
            claims.CUSTOM: {"task": "7", "unsubstituted": "$Context.id.history"},
            claims.AGS_ENDPOINT: {
                "scope": [claims.SCOPE_SCORE],
                "lineitems": "https://platform.example/lineitems",
                "lineitem": "https://platform.example/lineitems/1",
            },
            claims.NRPS_SERVICE: {"context_memberships_url": "https://platform.example/members"},
        },
    )


def compact(header: bytes, payload: bytes, key: RSAKey) -> str:
    """Return `payload` signed by RS256, whatever the header says."""
    private_key = key.private_key
    assert private_key is not None
    signed = f"{base64url(header)}.{base64url(payload)}"
    return f"{signed}.{base64url(private_key.sign(signed.encode(), PKCS1v15(), SHA256()))}"


def unsigned(draft: Draft, alg: str) -> str:
    """Return the draft with the signature left out."""
    return f"{base64url(_json({**draft.header, 'alg': alg}))}.{base64url(_json(draft.claims))}."


def signed_with_the_public_key(draft: Draft) -> str:
    """Return the draft with a digest keyed by what everybody knows, which fools careless tools."""
    signed = f"{base64url(_json({**draft.header, 'alg': 'HS256'}))}.{base64url(_json(draft.claims))}"
    digest = hmac.new(draft.key.as_pem(private=False), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64url(digest)}"


@cache
def stranger() -> RSAKey:
    """Return a key that no platform publishes."""
    return RSAKey.generate_key(2048)


def base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode()
