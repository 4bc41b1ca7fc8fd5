"""Registrations that somebody types in: what may be left out for which LMS, and what is wrong with the rest."""

from typing import ClassVar
from urllib.parse import urlsplit

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from connector.platforms.origins import clean_origin
from connector.web.i18n import gettext as _
from lti.profiles import BLACKBOARD, BRIGHTSPACE, CANVAS, MOODLE, PROFILES, profile_for
from lti.registration import Registration
from lti.values import secure_url

FAMILIES = tuple(profile.family for profile in PROFILES)
URLS = ("authorization_url", "token_url", "jwks_url")

_CANVAS = {
    "issuer": "https://canvas.instructure.com",
    "authorization_url": "https://sso.canvaslms.com/api/lti/authorize_redirect",
    "jwks_url": "https://sso.canvaslms.com/api/lti/security/jwks",
}
_BLACKBOARD = {
    "issuer": "https://blackboard.com",
    "authorization_url": "https://developer.blackboard.com/api/v1/gateway/oidcauth",
    "token_url": "https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken",
}
_KEYS_OF_BLACKBOARD = "https://developer.blackboard.com/api/v1/management/applications/{client_id}/jwks.json"
_PREFILLED = {
    CANVAS.family: _CANVAS,
    BLACKBOARD.family: _BLACKBOARD,
    BRIGHTSPACE.family: {"token_url": "https://auth.brightspace.com/core/connect/token"},
}
_MOODLE = {"authorization_url": "auth.php", "token_url": "token.php", "jwks_url": "certs.php"}


def prefilled(family: str) -> dict[str, str]:
    """Return what a form can begin with: the same for every installation of the product."""
    return dict(_PREFILLED.get(family, {}))


def complete(family: str, values: dict[str, str]) -> dict[str, str]:
    """Return `values` with what follows from them: Moodle's addresses from its own, Blackboard's keys from the client id."""
    derived = prefilled(family)
    if family == MOODLE.family:
        derived = {name: f"{values['issuer'].rstrip('/')}/mod/lti/{page}" for name, page in _MOODLE.items()}
    elif family == BLACKBOARD.family:
        derived["jwks_url"] = _KEYS_OF_BLACKBOARD.format(client_id=values["client_id"])
    return values | {name: values.get(name) or derived.get(name, "") for name in URLS}


class _Stripped(fields.String):
    """Text as people paste it: with spaces around it."""

    def _deserialize(self, value: object, attr: str | None, data: object, **more: object) -> str:
        return str(super()._deserialize(value, attr, data, **more)).strip()


class ManualForm(Schema):
    """What an LMS shows to its administrator after a registration by hand."""

    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    product = fields.String(load_default="generic", validate=validate.OneOf(FAMILIES))
    name = _Stripped(load_default="", validate=validate.Length(max=200))
    issuer = _Stripped(required=True)
    client_id = _Stripped(required=True)
    deployment_id = _Stripped(load_default="")
    authorization_url = _Stripped(load_default="")
    token_url = _Stripped(load_default="")
    jwks_url = _Stripped(load_default="")

    @post_load
    def _complete(self, values: dict[str, str], **_more: object) -> dict[str, str]:
        return complete(values["product"], values)


def faults(values: dict[str, str], *, allow_http: bool) -> dict[str, list[str]]:
    """Return what is wrong with each field, in words."""
    found: dict[str, list[str]] = {}
    for name in ("client_id", "deployment_id"):
        if len(values[name]) > 255 or (name == "client_id" and not values[name]):  # noqa: PLR2004 -- LTI's own limit
            found[name] = [_("Copy it from the LMS; it has up to 255 characters.")]
    for name in ("issuer", *URLS):
        is_web = secure_url(values[name]) is not None and clean_origin(values[name]) is not None
        if not is_web or not (allow_http or values[name].startswith("https:")):
            found[name] = [_("Copy the whole address from the LMS; it begins with https://.")]
    return found


def name_of(values: dict[str, str]) -> str:
    """Return what to call the LMS where nobody gave it a name."""
    profile = profile_for(values["product"], values["issuer"])
    host = urlsplit(values["token_url"] if profile is CANVAS else values["issuer"]).netloc
    return values["name"] or f"{profile.name} ({host})"


def as_registration(values: dict[str, str]) -> Registration:
    """Return what was typed in as a registration."""
    profile = profile_for(values["product"], values["issuer"])
    return Registration(
        issuer=values["issuer"],
        client_id=values["client_id"],
        authorization_url=values["authorization_url"],
        token_url=values["token_url"],
        jwks_url=values["jwks_url"],
        token_audience=profile.token_audience,
    )
