"""Why the store does not do what a request asks: each error is one status and one code of an answer."""

from http import HTTPStatus
from typing import ClassVar

from xapi.errors import XapiError


class RequestError(XapiError):
    """A request that is answered with an error; the text is a sentence for the person who sent it.

    Source: xAPI 1.0.3, Communication, 3.2.
    """

    status: ClassVar[HTTPStatus]
    code: ClassVar[str]


class BadRequestError(RequestError):
    """A parameter, a header or the body is not what the specification asks for."""

    status = HTTPStatus.BAD_REQUEST
    code = "bad_request"


class UnauthorizedError(RequestError):
    """No credentials came, or none that are known."""

    status = HTTPStatus.UNAUTHORIZED
    code = "unauthorized"


class ForbiddenError(RequestError):
    """The credentials are known, but not good for this."""

    status = HTTPStatus.FORBIDDEN
    code = "forbidden"


class NotFoundError(RequestError):
    """There is no such statement."""

    status = HTTPStatus.NOT_FOUND
    code = "not_found"


class MethodNotAllowedError(RequestError):
    """The resource knows no such method."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = "method_not_allowed"


class ConflictError(RequestError):
    """Another statement is stored under the id; nothing of the request has been stored."""

    status = HTTPStatus.CONFLICT
    code = "conflict"


class NotKeptError(RequestError):
    """The request is about something of xAPI that this store does not keep."""

    status = HTTPStatus.NOT_IMPLEMENTED
    code = "not_implemented"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"This LRS does not keep {what}: it keeps statements, at its statements resource, and nothing else."
        )
