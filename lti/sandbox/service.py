"""What roster and gradebook share: a scope table for each route, queries with numbers in them, and answers for Flask."""

import json
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from flask import Response, request
from lti1p3platform.exceptions import LtiServiceException

from lti import claims
from lti.sandbox.platform import FlaskRequest, current_platform

_READ_LINE_ITEMS = (claims.SCOPE_LINE_ITEM, claims.SCOPE_LINE_ITEM_READONLY)
_CHANGE_LINE_ITEMS = (claims.SCOPE_LINE_ITEM,)

ROUTE_SCOPES: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {
        ("memberships", "GET"): (claims.SCOPE_MEMBERSHIP_READONLY,),
        ("line_items", "GET"): _READ_LINE_ITEMS,
        ("line_items", "POST"): _CHANGE_LINE_ITEMS,
        ("line_item", "GET"): _READ_LINE_ITEMS,
        ("line_item", "PUT"): _CHANGE_LINE_ITEMS,
        ("line_item", "DELETE"): _CHANGE_LINE_ITEMS,
        ("scores", "POST"): (claims.SCOPE_SCORE,),
        ("results", "GET"): (claims.SCOPE_RESULT_READONLY,),
    }
)
"""Which scopes open a route, any one of them; the library takes any scope of the service for every route of it."""


def scopes_of_this_route() -> list[str]:
    """Return the scopes of which the request's token must hold one."""
    route = (request.endpoint or "").rpartition(".")[2]
    return list(ROUTE_SCOPES[route, request.method])


def service_request(*names: str) -> FlaskRequest:
    """Return this request with only the named parts of its query; `page` and `limit` as numbers.

    Raises:
        LtiServiceException: A number is not a positive one.
    """
    query: dict[str, Any] = {name: request.args[name] for name in names if name in request.args}
    for name in ("page", "limit"):
        if name in request.args:
            given = request.args[name]
            if not re.fullmatch(r"0*[1-9][0-9]{0,8}", given):
                raise LtiServiceException(f"{name} must be a positive whole number", 400)
            query[name] = int(given)
    largest = current_platform().mode.largest_page
    if largest is not None:
        query["limit"] = min(query.get("limit", largest), largest)
    return FlaskRequest(request, query=query)


def page_of(rows: Sequence[Any], page: int, limit: int | None) -> dict[str, Any]:
    """Return one page of `rows` in the library's form; all of them where there is no limit."""
    if limit is None:
        return {"content": list(rows), "has_next": False}
    end = page * limit
    return {"content": list(rows[end - limit : end]), "has_next": end < len(rows)}


def answer(result: Any) -> Response:
    """Return what the library answers, as Flask sends it."""
    if result.code >= HTTPStatus.BAD_REQUEST:
        return problem(result.message, result.code)
    content = result.result
    following = content.pop("next", None) if isinstance(content, dict) else None
    if isinstance(content, dict) and "content" in content:
        content = content["content"]
    # No body where there is nothing to tell: JSON's null is something.
    body = "" if content is None else json.dumps(content, ensure_ascii=False)
    response = Response(body, status=result.code, content_type=result.media_type)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'  # the library leaves the quotes out
    return response


def problem(message: str, status: int) -> Response:
    """Return an error as JSON."""
    response = Response(json.dumps({"error": message}), status=status, content_type="application/json")
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def not_found(_error: Exception) -> Response:
    """Answer a service's 404 in the service's language, not with a page for people."""
    return problem(f"There is nothing at {request.path}", HTTPStatus.NOT_FOUND)
