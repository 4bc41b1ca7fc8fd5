"""What a request says, however it was put: by method, headers and query, or all in a form."""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qsl

from werkzeug.datastructures import Authorization
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.wrappers import Request

from xapi.schema import Version
from xapi.store.config import Credential
from xapi.store.errors import BadRequestError, MethodNotAllowedError, NotKeptError, UnauthorizedError

METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
_FORM = "application/x-www-form-urlencoded"
_HEADERS = ("Authorization", "X-Experience-API-Version", "Content-Type", "Content-Length", "If-Match", "If-None-Match")
_CONTENT = "content"


@dataclass(frozen=True)
class Call:
    """A request as xAPI means it."""

    method: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    is_form: bool
    """Whether it came in the alternate syntax, which 2.0 has given up."""


def read_call(request: Request) -> Call:
    """Return what a request says.

    Raises:
        BadRequestError: The query or the form is none, has a parameter twice, or mixes the two syntaxes.
        MethodNotAllowedError: The form asks for a method that the store does not know.

    Source: xAPI 1.0.3, Communication, 1.3 (Alternate Request Syntax).
    """
    parameters = _pairs(request.query_string, "query")
    own = {name: request.headers[name] for name in _HEADERS if name in request.headers}
    mimetype = parse_options_header(request.headers.get("Content-Type"))[0].lower()
    if request.method != "POST" or "method" not in parameters:
        if request.method == "POST" and mimetype == _FORM:
            raise BadRequestError("A form needs the method that is meant as the query parameter 'method'.")
        return Call(request.method, parameters, own, _body(request), is_form=False)
    if len(parameters) > 1:
        raise BadRequestError("Beside 'method', no parameter can stand in the query: the others go into the form.")
    if parameters["method"] not in METHODS:
        raise MethodNotAllowedError(f"The method {parameters['method']!r} is not known here.")
    form = _pairs(_body(request), "form")
    names = {name.lower(): name for name in _HEADERS}
    headers = {names[name.lower()]: value for name, value in form.items() if name.lower() in names}
    rest = {name: value for name, value in form.items() if name.lower() not in names and name != _CONTENT}
    # What the form leaves out, the request's headers say; but the type of theirs is that of the form.
    headers = {**own, "Content-Type": "application/json", **headers}
    return Call(parameters["method"], rest, headers, form.get(_CONTENT, "").encode(), is_form=True)


def _body(request: Request) -> bytes:
    body = request.get_data()
    limit = request.max_content_length
    # Of a body without an announced length, Werkzeug quietly cuts off what goes beyond the limit.
    if limit is not None and request.content_length is None and len(body) >= limit:
        raise RequestEntityTooLarge
    return body


def _pairs(text: bytes, where: str) -> dict[str, str]:
    if not text:
        return {}
    try:
        pairs = parse_qsl(text.decode(), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError as error:
        raise BadRequestError(f"The {where} cannot be read.") from error
    result = dict(pairs)
    if len(result) < len(pairs):
        raise BadRequestError(f"The {where} has a parameter twice.")
    return result


def authenticate(call: Call, credentials: Iterable[Credential]) -> Credential:
    """Return the credential that a call was made with.

    Raises:
        UnauthorizedError: There is none, or it is not known.

    Source: RFC 7617; xAPI 1.0.3, Communication, 4.0.
    """
    sent = Authorization.from_header(call.headers.get("Authorization"))
    if sent is None or sent.type != "basic":
        raise UnauthorizedError("This LRS asks for HTTP Basic authentication.")
    found = None
    for credential in credentials:  # all of them: the time it takes tells nothing
        is_name = _is_equal(sent.username or "", credential.name)
        is_password = _is_equal(sent.password or "", credential.password)
        if is_name and is_password:
            found = credential
    if found is None:
        raise UnauthorizedError("This LRS does not know these credentials.")
    return found


def _is_equal(one: str, other: str) -> bool:
    return hmac.compare_digest(sha256(one.encode()).digest(), sha256(other.encode()).digest())


def negotiate(call: Call) -> Version:
    """Return the specification that a call follows.

    Raises:
        BadRequestError: It does not say, or follows one that is not known here.

    Source: xAPI 1.0.3, Communication, 3.3; IEEE 9274.1.1, 4.1 (no alternate syntax).
    """
    version = call.headers.get("X-Experience-API-Version")
    if version is None:
        raise BadRequestError("The header X-Experience-API-Version is missing.")
    if version == "1.0" or version.startswith("1.0."):
        return "1.0.3"
    if version != "2.0" and not version.startswith("2.0."):
        raise BadRequestError(f"The version {version!r} is not known here: 1.0.x and 2.0.x are.")
    if call.is_form:
        raise BadRequestError("xAPI 2.0 has no alternate request syntax.")
    return "2.0.0"


def require_json(call: Call) -> None:
    """Check that the body is sent as JSON.

    Raises:
        NotKeptError: It is sent in parts, with the data of attachments.
        BadRequestError: It is sent as anything else.

    Source: xAPI 1.0.3, Communication, 1.5 and 3.2.
    """
    mimetype = parse_options_header(call.headers.get("Content-Type"))[0].lower()
    if mimetype == "multipart/mixed":
        raise NotKeptError("the data of attachments")
    if mimetype != "application/json":
        raise BadRequestError("The Content-Type of statements is application/json.")
