"""A tool that plays its side by the specifications, and shares no code with ours."""

import time
import uuid
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from flask import Flask, jsonify
from flask.testing import FlaskClient
from joserfc.jwk import KeySet, RSAKey
from joserfc.jwt import JWTClaimsRegistry
from joserfc.jwt import decode as decode_jwt
from werkzeug.test import TestResponse

from lti import claims

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Form(HTMLParser):
    """The first form of a page: where it goes and what it holds."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.method = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.action, self.method = given["action"] or "", given["method"] or ""
        elif tag == "input":
            self.fields[given["name"] or ""] = given["value"] or ""


class Tool:
    """Keys, client assertions and authentication requests."""

    client_id = "kring-sandbox"

    def __init__(self) -> None:
        self.url = ""
        self.rotate()
        self.app = Flask("fake tool")
        self.app.add_url_rule("/lti/jwks", view_func=lambda: jsonify(self.key_set))

    def rotate(self) -> None:
        """Make a new key, and publish it alone."""
        self.key = RSAKey.generate_key(2048, {"alg": "RS256", "use": "sig"}, auto_kid=True)
        self.key_set: Any = {"keys": [self.key.as_dict(private=False)]}

    @property
    def launch_url(self) -> str:
        return f"{self.url}/lti/launch"

    def login_initiation(self, start: TestResponse) -> dict[str, str]:
        """Return what the platform sends to the login, by redirect or by form."""
        if start.status_code == 302:
            assert start.location.partition("?")[0] == f"{self.url}/lti/login"
            return dict(parse_qsl(urlsplit(start.location).query))
        assert start.status_code == 200
        form = Form(start.text)
        assert (form.action, form.method) == (f"{self.url}/lti/login", "post")
        return form.fields

    def authentication_request(self, start: TestResponse, **changes: str | None) -> dict[str, str]:
        """Answer a login initiation as a tool does; a change to None leaves the parameter out."""
        login = self.login_initiation(start)
        request: dict[str, str | None] = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": login["client_id"],
            "redirect_uri": self.launch_url,
            "login_hint": login["login_hint"],
            "lti_message_hint": login["lti_message_hint"],
            "state": "state-1",
            "nonce": "nonce-1",
        }
        return {name: value for name, value in (request | changes).items() if value is not None}

    def id_token(self, client: FlaskClient, page: TestResponse) -> dict[str, Any]:
        """Verify the id_token of a launch page against the platform's key set, and return its claims."""
        form = Form(page.text)
        assert (form.action, form.method, form.fields["state"]) == (self.launch_url, "post", "state-1")
        self.posted = form.fields
        keys = KeySet.import_key_set(client.get("/jwks").get_json())
        token = decode_jwt(form.fields["id_token"], keys, algorithms=["RS256"])
        assert token.header["kid"]
        JWTClaimsRegistry(exp={"essential": True}, iat={"essential": True}).validate(token.claims)
        return token.claims

    def assertion(self, token_url: str, *, kid: str | None = None, **changes: Any) -> str:
        """Return a client assertion; a change to None leaves the claim out."""
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": token_url,
            "iat": now,
            "exp": now + 300,
            "jti": str(uuid.uuid4()),
        }
        body = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode(body, self.key.private_key, "RS256", headers={"kid": kid or self.key.kid})

    def token_request(self, token_url: str, *scopes: str, **changes: Any) -> dict[str, str]:
        """Return the form that asks for an access token."""
        return {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self.assertion(token_url, **changes),
            "scope": " ".join(scopes),
        }

    def deep_linking_response(self, token: dict[str, Any], *items: dict[str, Any], **changes: Any) -> str:
        """Answer a deep linking request with these items; a change to None leaves the claim out."""
        now = int(time.time())
        settings = token[claims.DEEP_LINKING_SETTINGS]
        body = {
            "iss": self.client_id,
            "aud": token["iss"],
            "iat": now,
            "exp": now + 300,
            "nonce": str(uuid.uuid4()),
            claims.MESSAGE_TYPE: claims.DEEP_LINKING_RESPONSE,
            claims.VERSION: claims.LTI_VERSION,
            claims.DEPLOYMENT_ID: token[claims.DEPLOYMENT_ID],
            claims.DEEP_LINKING_CONTENT_ITEMS: list(items),
            claims.DEEP_LINKING_DATA: settings.get("data"),
        }
        return self.sign({name: value for name, value in (body | changes).items() if value is not None})

    def sign(self, body: dict[str, Any]) -> str:
        """Return a JWT with these claims."""
        return jwt.encode(body, self.key.private_key, "RS256", headers={"kid": self.key.kid})

    def registration_request(self, **changes: Any) -> dict[str, Any]:
        """Return what the tool says of itself when it registers; a change to None leaves the name out."""
        body = {
            "application_type": "web",
            "response_types": ["id_token"],
            "grant_types": ["implicit", "client_credentials"],
            "initiate_login_uri": f"{self.url}/lti/login",
            "redirect_uris": [self.launch_url, f"{self.url}/lti/launch2"],
            "client_name": "Fake tool",
            "jwks_uri": f"{self.url}/lti/jwks",
            "token_endpoint_auth_method": "private_key_jwt",
            "scope": f"{claims.SCOPE_SCORE} {claims.SCOPE_LINE_ITEM} {claims.SCOPE_MEMBERSHIP_READONLY} https://other.example",
            claims.TOOL_CONFIGURATION: self.tool_configuration(),
        }
        return {name: value for name, value in (body | changes).items() if value is not None}

    def tool_configuration(self, **changes: Any) -> dict[str, Any]:
        """Return the LTI part of a registration request; a change to None leaves the name out."""
        body = {
            "domain": urlsplit(self.url).netloc,
            "description": "Plays by the specification",
            "target_link_uri": self.launch_url,
            "custom_parameters": {"history": "$Context.id.history", "formula": "a=b"},
            "claims": ["iss", "sub", "name", "given_name", "family_name", "email"],
            "messages": [
                {"type": "LtiResourceLinkRequest", "target_link_uri": self.launch_url},
                {"type": "LtiDeepLinkingRequest", "target_link_uri": f"{self.launch_url}?choose", "label": "Choose"},
            ],
        }
        return {name: value for name, value in (body | changes).items() if value is not None}
