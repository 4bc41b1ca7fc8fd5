"""What roster, gradebook and groups share: a scope table for each route, pages, and answers in the manner of each LMS."""

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Response, g, request
from lti1p3platform.exceptions import LtiServiceException
from werkzeug.exceptions import MethodNotAllowed

from lti import claims
from lti.sandbox.platform import FlaskRequest, current_platform
from lti.sandbox.tools import Tool

_READ_LINE_ITEMS = (claims.SCOPE_LINE_ITEM, claims.SCOPE_LINE_ITEM_READONLY)
_CHANGE_LINE_ITEMS = (claims.SCOPE_LINE_ITEM,)

ROUTE_SCOPES: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {
        ("memberships", "GET"): (claims.SCOPE_MEMBERSHIP_READONLY,),
        ("groups", "GET"): (claims.SCOPE_GROUP_READONLY,),
        ("group_sets", "GET"): (claims.SCOPE_GROUP_READONLY,),
        ("notices", "GET"): (claims.SCOPE_NOTICE_HANDLERS,),
        ("notices", "PUT"): (claims.SCOPE_NOTICE_HANDLERS,),
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


@dataclass(frozen=True)
class _Span:
    """Which rows an answer holds."""

    start: int
    limit: int
    total: int


def scopes_of_this_route() -> list[str]:
    """Return the scopes of which the request's token must hold one."""
    route = (request.endpoint or "").rpartition(".")[2]
    return list(ROUTE_SCOPES[route, request.method])


def authorize() -> Tool:
    """Return the tool whose access token opens this route.

    Raises:
        LtiServiceException: There is no such token.
    """
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise LtiServiceException("Missing LTI 1.3 authentication token", 401)
    conf = current_platform().conf()
    conf.validate_token(token, scopes_of_this_route())
    return conf.tool


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
    habits = current_platform().mode.service
    if habits.default_page is not None:
        query.setdefault("limit", habits.default_page)
    if habits.largest_page is not None and "limit" in query:
        query["limit"] = min(query["limit"], habits.largest_page)
    return FlaskRequest(request, query=query)


def page_of(rows: Sequence[Any], page: int, limit: int | None) -> dict[str, Any]:
    """Return one page of `rows` in the library's form; all of them where there is no limit."""
    if limit is None:
        return {"content": list(rows), "has_next": False}
    start = (page - 1) * limit
    if current_platform().mode.service.pages_by == "from":
        start = request.args.get("from", 0, type=int)
    g.span = _Span(start, limit, len(rows))
    return {"content": list(rows[start : start + limit]), "has_next": start + limit < len(rows)}


def check_media_types(*, accepted: str, sent: str = "") -> None:
    """See that the request names the media types, where this LMS is exact about that.

    Raises:
        LtiServiceException: It does not.
    """
    if not current_platform().mode.service.is_media_type_exact:
        return
    asked = request.headers.get("Accept", "")
    if asked and asked != accepted and "*/*" not in asked and request.method == "GET":
        raise LtiServiceException(f"No handler found for {request.path} {asked} ", 400)
    if sent and request.mimetype != sent:
        raise LtiServiceException(f"No handler found for {request.path}  {request.content_type}", 400)


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
    response = Response(body, status=result.code, content_type=media_type(result.media_type))
    if result.code == HTTPStatus.NO_CONTENT and current_platform().mode.service.is_media_type_exact:
        response.content_type = "text/html; charset=utf-8"
    link = _link(following)
    if link:
        response.headers["Link"] = link
    return response


def media_type(name: str | None) -> str:
    """Return a media type as this LMS writes it."""
    if current_platform().mode.service.is_media_type_exact:
        return f"{name}; charset=utf-8"
    return name or ""


def problem(message: str, status: int) -> Response:
    """Return an error as JSON."""
    if current_platform().mode.service.is_media_type_exact:
        return _moodles_problem(message, status)
    response = Response(json.dumps({"error": message}), status=status, content_type="application/json")
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _moodles_problem(message: str, status: int) -> Response:
    """Return an error as Moodle words it: the reason stands in the status line, too."""
    plain = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED}
    reason = HTTPStatus(status).phrase if status in plain else message
    told = {
        "method": request.method,
        "url": request.full_path.rstrip("?"),
        "accept": request.headers.get("Accept", ""),
        "contentType": request.content_type or "",
    }
    body = json.dumps({"status": status, "reason": reason, "request": told})
    line = status_line(status, reason)
    return Response(body, status=line, content_type="application/json; charset=utf-8")


def status_line(status: int, reason: str) -> str:
    """Return a status with a reason that may hold whatever a tool has sent."""
    return f"{status} {reason.strip().encode('ascii', 'replace').decode()}".replace("\r", " ").replace("\n", " ")


def not_found(_error: Exception) -> Response:
    """Answer a service's 404 in the service's language, not with a page for people."""
    course_id = (request.view_args or {}).get("course_id")
    if course_id is not None and current_platform().mode.name == "moodle":
        return problem(f"Not Found: Course {course_id} doesn't exist", HTTPStatus.NOT_FOUND)
    return problem(f"There is nothing at {request.path}", HTTPStatus.NOT_FOUND)


def not_allowed(error: MethodNotAllowed) -> Response:
    """Answer a wrong method, where this LMS has words of its own for that."""
    if current_platform().mode.service.is_media_type_exact and request.path.endswith(_PATHS):
        return problem("Method Not Allowed", HTTPStatus.METHOD_NOT_ALLOWED)
    return Response(error.get_response().get_data(), status=error.code, headers=error.get_headers())


_PATHS = ("/memberships", "/lineitems", "/scores", "/results")


# --- links to other pages ------------------------------------------------------------------------------------------------


def _link(following: str | None) -> str:
    """Return the Link header, or nothing where there is no other page to tell of."""
    habits, faults = current_platform().mode.service, current_platform().faults
    span: _Span | None = g.get("span")
    is_roster = (request.endpoint or "").endswith("memberships")
    if span is None:
        return f'<{_moved(request.url)}>; rel="next"' if faults.roster_loops and is_roster else ""
    if following is None and faults.roster_loops and is_roster:
        return f'<{_moved(_page(span, 0))}>; rel="next"'
    if habits.has_typographic_links and not is_roster:
        return _typographic_links(span)
    if habits.has_full_links:
        return _full_links(span)
    if following is None:
        return ""
    # The library leaves the quotes out.
    url = _page(span, span.start + span.limit) if habits.pages_by == "from" else following
    return f'<{_moved(url)}>; rel="next"'


def link_to_page(page: int, limit: int) -> str:
    """Return the Link header that names a page of this route."""
    return f'<{_moved(_page(_Span(0, limit, 0), (page - 1) * limit))}>; rel="next"'


def _page(span: _Span, start: int) -> str:
    """Return the address of the page that begins at that row."""
    platform = current_platform()
    if platform.mode.service.pages_by == "from":
        kept = {name: request.args[name] for name in ("type_id",) if name in request.args}
        query = kept | {"limit": span.limit, "from": start}
        query |= {name: request.args[name] for name in ("rlid",) if name in request.args}  # and no role: a quirk
    else:
        kept = {name: text for name, text in request.args.items() if name not in ("page", "limit")}
        query = kept | {"page": start // span.limit + 1, "limit": span.limit}
    return f"{platform.config.url}{request.path}?{urlencode(query)}"


def _moved(url: str) -> str:
    host = current_platform().faults.next_link_host
    parts = urlsplit(url)
    return url.replace(f"{parts.scheme}://{parts.netloc}", host.rstrip("/"), 1) if host else url


def _full_links(span: _Span) -> str:
    last = max(0, (span.total - 1) // span.limit * span.limit)
    places = {"current": span.start, "next": span.start + span.limit, "first": 0, "last": last}
    if places["next"] >= span.total:
        del places["next"]
    return ",".join(f'<{_moved(_page(span, start))}>; rel="{name}"' for name, start in places.items())


def _typographic_links(span: _Span) -> str:
    """Return the links as Moodle writes those of line items: HTML, with quotes that no parser of headers knows."""
    places = {
        "first": 0,
        "prev": max(0, span.start - span.limit),
        "canonical": span.start,
        "next": span.start + span.limit,
        "last": max(0, span.total - 1),
    }
    if span.start == 0:
        del places["prev"]
    if places["next"] >= span.total:
        del places["next"]
    links = (f"<{html.escape(_moved(_page(span, start)))}>; rel=“{name}”" for name, start in places.items())
    # A header is bytes: WSGI asks for each as the character of that number.
    return ", ".join(links).encode().decode("latin-1")
