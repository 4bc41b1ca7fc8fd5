"""A file's way to the browser: in pieces where it is played, never as a page, and never kept by anybody else."""

import unicodedata
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import quote

import structlog
from flask import Response, request

from connector.content.errors import StoreError
from connector.content.models import Attachment
from connector.content.storage import FileStore
from connector.web.errors import NotFoundError

_SHOWN = ("image/", "audio/", "video/")
# One thread serves one answer: a player asks for the next piece when it needs it.
_PIECE = 4 * 1024 * 1024

log = structlog.get_logger(__name__)


def serve(attachment: Attachment, store: FileStore) -> Response:
    """Return the answer that holds a file, or the piece of it that was asked for.

    Raises:
        NotFoundError: The store does not have it.

    Source: https://www.rfc-editor.org/rfc/rfc9110, 13.2 and 14.
    """
    tag = f'"{attachment.id}"'
    if request.if_none_match.contains_weak(str(attachment.id)):
        return _with_headers(Response(status=HTTPStatus.NOT_MODIFIED), attachment, tag)
    start, end, status = _asked_for(attachment, tag)
    if status is HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        response = Response(status=status)
        response.headers["Content-Range"] = f"bytes */{attachment.size}"
        return _with_headers(response, attachment, tag)
    response = Response(_read(attachment, store, start, end), status=status, mimetype=attachment.media_type)
    response.headers["Content-Type"] = attachment.media_type  # no charset: nobody knows that of a text
    response.headers["Content-Length"] = str(end - start)
    if status is HTTPStatus.PARTIAL_CONTENT:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{attachment.size}"
    return _with_headers(response, attachment, tag)


def _read(attachment: Attachment, store: FileStore, start: int, end: int) -> Iterator[bytes]:
    if request.method == "HEAD":
        return iter(())
    try:
        return store.read(attachment.storage_key, start, end)
    except StoreError as error:
        log.warning("file_missing", attachment=str(attachment.id), detail=str(error)[:200])
        raise NotFoundError from error


def _asked_for(attachment: Attachment, tag: str) -> tuple[int, int, HTTPStatus]:
    """Return the first byte, the byte after the last one, and the status."""
    whole = 0, attachment.size, HTTPStatus.OK
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or request.method == "HEAD":
        return whole
    condition = request.headers.get("If-Range")
    if condition is not None and condition != tag:
        return whole
    found = asked.range_for_length(attachment.size)
    if found is None:
        return 0, 0, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    start, end = found
    return start, min(end, start + _PIECE), HTTPStatus.PARTIAL_CONTENT


def _with_headers(response: Response, attachment: Attachment, tag: str) -> Response:
    is_shown = attachment.media_type.startswith(_SHOWN)
    response.headers["Content-Disposition"] = _disposition("inline" if is_shown else "attachment", attachment.name)
    response.headers["Content-Security-Policy"] = "sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Asked again each time: what somebody could see yesterday may be closed to them today.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["ETag"] = tag
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Vary"] = "Cookie"
    return response


def _disposition(kind: str, name: str) -> str:
    """Return the header's value with the name twice: in ASCII for old browsers, and as it is.

    Source: https://www.rfc-editor.org/rfc/rfc6266, 4.3 and appendix D.
    """
    simple = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    simple = "".join(each if each.isalnum() or each in " ._-()" else "_" for each in simple)
    return f"{kind}; filename=\"{simple}\"; filename*=UTF-8''{quote(name, safe='')}"
