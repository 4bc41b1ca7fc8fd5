"""What a certified tool must refuse and accept, as data: run against the library and against the running tool alike.

A case takes a good launch (`launches.good_launch`) and makes the token of it; `code` is the refusal to expect, or None where the
launch must work. Cases are named as in the certification suite where it has them.

Only the application can decide these, so they stand with the test over HTTP: a state that is unknown, expired or used (which is
also what a replay is); a state that another browser holds; a deployment that nobody allowed; a registration that is disabled;
a target on our origin that is no page of ours; an id_token whose nonce belongs to another login; a platform's `error` in place of
an id_token. Anonymous launches, which a registration may allow, are in tests/lti/test_launch.py.

Source: https://www.imsglobal.org/spec/lti/v1p3/cert/, "Known bad payloads", "Valid teacher launches", "Valid student launches";
https://www.imsglobal.org/spec/security/v1p0, 5.1.3; https://www.imsglobal.org/spec/lti-dl/v2p0, 4.4;
https://www.imsglobal.org/spec/lti-sr/v1p0, 3.
"""

from dataclasses import dataclass
from typing import get_args

from lti import claims
from tests.conformance.edits import (
    Make,
    about,
    audience,
    authorized,
    by_a_stranger,
    claiming,
    deep_linking,
    deep_linking_with,
    edited,
    having,
    header,
    infinite_exp,
    key_in_the_header,
    later,
    raw_header,
    retarget,
    signed_payload,
    tampered,
    two_parts,
    without,
)
from tests.conformance.launches import Person, signed_with_the_public_key, unsigned

_UNKNOWN_ROLE = "http://purl.imsglobal.org/vocab/lis/v2/uknownrole/unknown#Unknown"
_OTHER_TOOL = "another-tool"
_MESSAGE, _TARGET = claims.MESSAGE_TYPE, claims.TARGET_LINK_URI
_DEEP_LINKING, _REVIEW = claims.DEEP_LINKING_REQUEST, claims.SUBMISSION_REVIEW_REQUEST
_PRINCIPAL: dict[Person, str] = {"teacher": claims.ROLE_INSTRUCTOR, "student": claims.ROLE_LEARNER}
_COURSE_ROLE: dict[Person, str] = {"teacher": "trainer", "student": "learner"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One launch, and what must become of it."""

    name: str
    make: Make
    code: str | None = None
    person: Person = "student"
    course_role: str | None = None
    """What the person is in the course, where the launch works."""

    def __str__(self) -> str:
        return f"{self.name} [{self.person}]"


BAD_PAYLOADS = [
    Case(name=name, make=make, code=code, person=person)
    for name, make, code in [
        ("No KID sent in JWT header", edited(lambda draft: draft.header.__delitem__("kid")), "kid_missing"),
        ("Incorrect KID in JWT header", edited(header(kid="imstester_66067")), "unknown_kid"),
        ("Wrong LTI version", edited(claiming(claims.VERSION, "11.3")), "version"),
        ("No LTI version", edited(without(claims.VERSION)), "version"),
        ("Invalid LTI message", signed_payload(b'{"name": "badltilaunch"}'), "aud_invalid"),
        (
            "Missing LTI claims",
            edited(without("aud", "iss", "sub", claims.DEPLOYMENT_ID, claims.ROLES)),
            "aud_invalid",
        ),
        ("Timestamps incorrect", edited(having(iat=11111, exp=22222)), "claims_invalid"),
        ("message_type claim missing", edited(without(_MESSAGE)), "message_type"),
        ("role claim missing", edited(without(claims.ROLES)), "roles"),
        ("deployment_id claim missing", edited(without(claims.DEPLOYMENT_ID)), "deployment_missing"),
        ("resource_link_id claim missing", edited(without(claims.RESOURCE_LINK)), "resource_link"),
        ("user claim missing", edited(without("sub")), "sub"),
    ]
    for person in get_args(Person)
]
"""The certification suite's known bad payloads."""

VALID_LAUNCHES = [
    Case(name=name, make=edited(edit), person=person, course_role=course_role)
    for person in get_args(Person)
    for name, edit, course_role in [
        (f"message as {person}", having(), _COURSE_ROLE[person]),
        (
            "with multiple role values",
            claiming(
                claims.ROLES,
                [
                    _PRINCIPAL[person],
                    claims.ROLE_INSTITUTION_STUDENT,
                    claims.INSTITUTION_PERSON + "#Mentor",
                ],
            ),
            _COURSE_ROLE[person],
        ),
        (
            "with short role value",
            claiming(claims.ROLES, [_PRINCIPAL[person].rpartition("#")[2]]),
            _COURSE_ROLE[person],
        ),
        ("with unknown role", claiming(claims.ROLES, [_PRINCIPAL[person], _UNKNOWN_ROLE]), _COURSE_ROLE[person]),
        ("with only an unknown role", claiming(claims.ROLES, [_UNKNOWN_ROLE]), None),
        ("with no role", claiming(claims.ROLES, [""]), None),
        ("with an empty list of roles", claiming(claims.ROLES, []), None),
        ("only email", without("name", "given_name", "family_name"), _COURSE_ROLE[person]),
        ("only names", without("email"), _COURSE_ROLE[person]),
        ("no PII", without("name", "given_name", "family_name", "email"), _COURSE_ROLE[person]),
        ("with email, no context", without(claims.CONTEXT), _COURSE_ROLE[person]),
    ]
]
"""The certification suite's valid launches."""

_REFUSED: list[tuple[str, Make, str]] = [
    ("alg none", lambda draft: unsigned(draft, "none"), "alg_not_allowed"),
    ("alg NONE", lambda draft: unsigned(draft, "NONE"), "alg_not_allowed"),
    ("alg HS256 keyed by the public key", signed_with_the_public_key, "alg_not_allowed"),
    ("alg RS384", edited(header(alg="RS384")), "alg_not_allowed"),
    ("alg is a list", edited(header(alg=["RS256"])), "alg_not_allowed"),
    ("alg missing", edited(lambda draft: draft.header.__delitem__("alg")), "token_malformed"),
    ("kid empty", edited(header(kid="")), "kid_missing"),
    ("kid is a number", edited(header(kid=1)), "kid_missing"),
    ("signed by another key", by_a_stranger, "signature_invalid"),
    ("brings its own key", key_in_the_header, "signature_invalid"),
    ("changed after signing", tampered, "signature_invalid"),
    ("signature left out", lambda draft: unsigned(draft, "RS256"), "signature_invalid"),
    ("critical extension", edited(header(crit=["exp"], exp=1)), "token_malformed"),
    ("unencoded payload", edited(header(b64=False, crit=["b64"])), "token_malformed"),
    ("header is no object", raw_header(b'["alg", "kid"]'), "token_malformed"),
    ("header is no JSON", raw_header(b'{"alg": "RS256"'), "token_malformed"),
    ("header nested too deep", raw_header(b"[" * 5000), "token_malformed"),
    ("two parts", two_parts, "token_malformed"),
    ("not a token at all", lambda _draft: "nonsense", "token_malformed"),
    ("letters beyond ASCII", lambda draft: draft.token() + "æ", "token_malformed"),
    ("payload is a list", signed_payload(b"[]"), "token_malformed"),
    ("payload is no JSON", signed_payload(b"{"), "token_malformed"),
    ("payload is not UTF-8", signed_payload(b'{"iss": "\xff"}'), "token_malformed"),
    ("payload has NaN", signed_payload(b'{"exp": NaN}'), "token_malformed"),
    ("payload is empty", signed_payload(b""), "token_malformed"),
    ("payload nested too deep", signed_payload(b'{"a":' + b"[" * 20_000), "token_malformed"),
    ("over 64 KB", edited(having(padding="x" * 65_536)), "token_too_long"),
    ("iss of another platform", edited(having(iss="https://elsewhere.example")), "iss_invalid"),
    ("iss with a slash more", edited(lambda draft: draft.claims.update(iss=draft.claims["iss"] + "/")), "iss_invalid"),
    ("iss missing", edited(without("iss")), "iss_invalid"),
    ("aud of another tool", edited(having(aud=_OTHER_TOOL)), "aud_invalid"),
    ("aud list without us", edited(having(aud=[_OTHER_TOOL])), "aud_invalid"),
    ("aud is an object", edited(lambda draft: draft.claims.update(aud={draft.claims["aud"]: 1})), "aud_invalid"),
    ("two aud, no azp", edited(audience(_OTHER_TOOL)), "azp_invalid"),
    ("two aud, azp of another tool", edited(audience(_OTHER_TOOL), having(azp=_OTHER_TOOL)), "azp_invalid"),
    ("one aud, azp of another tool", edited(having(azp=_OTHER_TOOL)), "azp_invalid"),
    ("exp missing", edited(without("exp")), "claims_invalid"),
    ("exp is a string", edited(having(exp="9999999999")), "claims_invalid"),
    ("exp is true", edited(having(exp=True)), "claims_invalid"),
    ("exp beyond every number", edited(having(exp=10**400)), "claims_invalid"),
    ("exp infinite", infinite_exp, "claims_invalid"),
    ("exp 65 seconds ago", edited(later(exp=-65, iat=-125)), "claims_invalid"),
    ("iat missing", edited(without("iat")), "claims_invalid"),
    ("iat is null", edited(having(iat=None)), "claims_invalid"),
    ("iat 75 seconds in the future", edited(later(exp=300, iat=75)), "claims_invalid"),
    ("iat over an hour ago", edited(later(exp=60, iat=-3700)), "claims_invalid"),
    ("nbf 75 seconds in the future", edited(later(nbf=75)), "claims_invalid"),
    ("nbf is a string", edited(having(nbf="now")), "claims_invalid"),
    ("nonce missing", edited(without("nonce")), "nonce_invalid"),
    ("nonce of another login", edited(having(nonce="another")), "nonce_invalid"),
    ("nonce is a number", edited(having(nonce=1)), "nonce_invalid"),
    ("nonce is a list of it", edited(lambda d: d.claims.update(nonce=[d.claims["nonce"]])), "nonce_invalid"),
    ("LTI version is a number", edited(claiming(claims.VERSION, 1.3)), "version"),
    ("message_type unknown", edited(claiming(_MESSAGE, "LtiUnknownRequest")), "message_type"),
    ("message_type is a list", edited(claiming(_MESSAGE, [claims.RESOURCE_LINK_REQUEST])), "message_type"),
    ("deployment_id empty", edited(claiming(claims.DEPLOYMENT_ID, "")), "deployment_missing"),
    ("deployment_id is a number", edited(claiming(claims.DEPLOYMENT_ID, 1)), "deployment_missing"),
    ("deployment_id over 255", edited(claiming(claims.DEPLOYMENT_ID, "1" * 256)), "deployment_missing"),
    ("roles is a string", edited(claiming(claims.ROLES, claims.ROLE_LEARNER)), "roles"),
    ("roles is null", edited(claiming(claims.ROLES, None)), "roles"),
    ("roles with a number in it", edited(claiming(claims.ROLES, [1])), "roles"),
    ("resource_link null", edited(claiming(claims.RESOURCE_LINK, None)), "resource_link"),
    ("resource_link is a string", edited(claiming(claims.RESOURCE_LINK, "link-1")), "resource_link"),
    ("resource_link without id", edited(claiming(claims.RESOURCE_LINK, {"title": "Week 1"})), "resource_link"),
    ("resource_link id empty", edited(claiming(claims.RESOURCE_LINK, {"id": ""})), "resource_link"),
    ("resource_link id over 255", edited(claiming(claims.RESOURCE_LINK, {"id": "1" * 256})), "resource_link"),
    ("context without id", edited(claiming(claims.CONTEXT, {"title": "Academic Writing"})), "context"),
    ("context is a string", edited(claiming(claims.CONTEXT, "course-1")), "context"),
    ("sub empty", edited(having(sub="")), "sub"),
    ("sub is a number", edited(having(sub=5)), "sub"),
    ("sub over 255", edited(having(sub="x" * 256)), "sub"),
    ("sub with NUL", edited(having(sub="user\0student")), "sub"),
    ("sub with half a surrogate pair", edited(having(sub="user\ud83d")), "sub"),
    ("target_link_uri missing", edited(without(_TARGET)), "target_link_uri"),
    ("target_link_uri null", edited(claiming(_TARGET, None)), "target_link_uri"),
    ("target_link_uri elsewhere", edited(claiming(_TARGET, "https://elsewhere.example/")), "target_link_uri"),
    ("target_link_uri with our host as user name", edited(retarget("@elsewhere.example")), "target_link_uri"),
    ("target_link_uri with our host as subdomain", edited(retarget(".elsewhere.example")), "target_link_uri"),
    ("target_link_uri with a backslash", edited(retarget("\\@elsewhere.example")), "target_link_uri"),
    ("target_link_uri is a number", edited(claiming(_TARGET, 1)), "target_link_uri"),
    ("target_link_uri is a path", edited(claiming(_TARGET, "/lti/launch")), "target_link_uri"),
    ("target_link_uri is script", edited(claiming(_TARGET, "javascript:alert(1)")), "target_link_uri"),
    ("deep linking without settings", edited(claiming(_MESSAGE, _DEEP_LINKING)), "deep_linking_settings"),
    ("deep linking without return URL", edited(deep_linking_with(deep_link_return_url=None)), "deep_link_return_url"),
    (
        "deep linking, return URL of plain http",
        edited(deep_linking_with(deep_link_return_url="http://platform.example/")),
        "deep_link_return_url",
    ),
    (
        "deep linking, return URL of script",
        edited(deep_linking_with(deep_link_return_url="javascript:alert(1)")),
        "deep_link_return_url",
    ),
    ("deep linking, accept_types missing", edited(deep_linking_with(accept_types=None)), "deep_linking_settings"),
    (
        "deep linking, accept_types is a string",
        edited(deep_linking_with(accept_types="ltiResourceLink")),
        "deep_linking_settings",
    ),
    ("submission review of nobody", edited(about(_REVIEW, None)), "for_user"),
    ("submission review without user_id", edited(about(_REVIEW, {"name": "Stig"})), "for_user"),
    ("data privacy of nobody", edited(about(claims.DATA_PRIVACY_REQUEST, None)), "for_user"),
]

FURTHER_REFUSALS = [Case(name=name, make=make, code=code) for name, make, code in _REFUSED]
"""What the specifications forbid beyond the certification suite."""

_ACCEPTED: list[tuple[str, Make]] = [
    ("aud list of us", edited(audience())),
    ("aud list of us, with azp", edited(audience(), authorized)),
    ("two aud, ours second, azp ours", edited(audience(_OTHER_TOOL), authorized)),
    ("azp ours", edited(authorized)),
    ("exp 45 seconds ago", edited(later(exp=-45, iat=-105))),
    ("iat 45 seconds in the future", edited(later(exp=105, iat=45))),
    ("iat half an hour ago", edited(later(exp=60, iat=-1800))),
    ("times with fractions", edited(later(exp=60.5, iat=0.5))),
    ("nbf now", edited(later(nbf=0))),
    ("unknown header", edited(header(x5t="certificate", unknown={"a": 1}))),
    ("typ missing", edited(lambda draft: draft.header.__delitem__("typ"))),
    ("unknown claims", edited(having(unknown={"a": [1]}, **{"https://platform.example/claim": None}))),
    ("sub of 255 characters", edited(having(sub="x" * 255))),
    ("context null", edited(claiming(claims.CONTEXT, None))),
    ("resource_link with an id alone", edited(claiming(claims.RESOURCE_LINK, {"id": "link-1"}))),
    (
        "title cut within a surrogate pair",
        edited(claiming(claims.RESOURCE_LINK, {"id": "link-1", "title": "Hi \ud83d"})),
    ),
    ("name null", edited(having(name=None, given_name=None, family_name=None, email=None))),
    (
        "everything optional is of a wrong type",
        edited(
            *(
                claiming(name, value)
                for name, value in [
                    (claims.CUSTOM, [1]),
                    (claims.LAUNCH_PRESENTATION, "iframe"),
                    (claims.TOOL_PLATFORM, 1),
                    (claims.AGS_ENDPOINT, {"scope": 1, "lineitems": 2}),
                    (claims.NRPS_SERVICE, None),
                    (claims.LIS, True),
                    ("name", {"first": "Stig"}),
                    ("email", 1),
                ]
            )
        ),
    ),
]

_OTHER_MESSAGES: list[tuple[str, Make]] = [
    ("deep linking request", edited(deep_linking)),
    ("deep linking for links and texts only", edited(deep_linking_with(accept_types=["link", "html"]))),
    ("deep linking without target_link_uri", edited(deep_linking, without(_TARGET))),
    ("deep linking without data", edited(deep_linking_with(data=None))),
    ("submission review", edited(about(_REVIEW, {"user_id": "user-student"}))),
    ("data privacy", edited(about(claims.DATA_PRIVACY_REQUEST, {"user_id": "user-student"}))),
]

FURTHER_LAUNCHES = [
    *(Case(name=name, make=make, course_role="learner") for name, make in _ACCEPTED),
    *(Case(name=name, make=make, person="teacher", course_role="trainer") for name, make in _OTHER_MESSAGES),
]
"""What the specifications allow, though other tools refuse some of it."""

CASES = [*BAD_PAYLOADS, *VALID_LAUNCHES, *FURTHER_REFUSALS, *FURTHER_LAUNCHES]
