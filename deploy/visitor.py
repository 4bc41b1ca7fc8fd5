"""A browser without a screen: keeps cookies, follows redirects, and sends the forms that pages send by themselves."""

import io
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from html.parser import HTMLParser
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote, urlencode, urljoin, urlsplit
from urllib.request import BaseHandler, HTTPCookieProcessor, HTTPRedirectHandler, ProxyHandler, Request, build_opener
from urllib.response import addinfourl

_MOST_STEPS = 10
_SECONDS = 20
_CHOICES = {"checkbox", "radio"}
_BUTTONS = {"submit", "button", "image", "reset", "file"}

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class File:
    """A file that goes with a form."""

    name: str
    media_type: str
    content: bytes


@dataclass
class Form:
    """A form of a page, with what its fields hold."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass
class Page:
    """A page: its address, its text, and its forms."""

    url: str
    status: int
    html: str

    @cached_property
    def forms(self) -> list[Form]:
        """The forms in their order."""
        return _FormReader(self).forms

    def form(self, ending: str) -> Form:
        """Return the form whose address ends so.

        Raises:
            LookupError: The page has no such form.
        """
        for found in self.forms:
            if found.action.endswith(ending):
                return found
        raise LookupError(f"{self.url} has no form for {ending}: {[form.action for form in self.forms]}")


class _FormReader(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._url = page.url
        self._text = ""
        self._select = ""
        self.feed(page.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note forms and their fields."""
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.forms.append(Form(urljoin(self._url, given.get("action") or "")))
        elif not self.forms:
            return
        elif tag == "input" and name:
            self._take_input(name, given)
        elif tag == "textarea":
            self._text = name
            if name:
                self.forms[-1].fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self._take_option(self._select, given)

    def handle_endtag(self, tag: str) -> None:
        """Note where a field ends."""
        self._text = "" if tag == "textarea" else self._text
        self._select = "" if tag == "select" else self._select

    def handle_data(self, data: str) -> None:
        """Take what stands in a field."""
        if self._text and self.forms:
            # The line break that a field begins with is not part of its text.
            before = self.forms[-1].fields[self._text]
            self.forms[-1].fields[self._text] = before + (data if before else data.removeprefix("\n"))

    def _take_input(self, name: str, given: Mapping[str, str | None]) -> None:
        kind = given.get("type") or "text"
        if kind in _BUTTONS or (kind in _CHOICES and "checked" not in given):
            return
        self.forms[-1].fields[name] = given.get("value") or ("on" if kind in _CHOICES else "")

    def _take_option(self, name: str, given: Mapping[str, str | None]) -> None:
        if "selected" in given or name not in self.forms[-1].fields:
            self.forms[-1].fields[name] = given.get("value") or ""


def taken(page: Page) -> Page:
    """Return the page after a form, if it was taken.

    Raises:
        RuntimeError: It was not.
    """
    if page.status >= HTTPStatus.BAD_REQUEST:
        raise RuntimeError(f"{page.url} answered {page.status}: {page.html}")
    return page


class Visitor:
    """Somebody with a browser."""

    def __init__(self, *inside: "Inside") -> None:
        """Open the browser.

        Args:
            inside: Sites that are reached without a socket.
        """
        # As browsers do on localhost, send secure cookies over plain HTTP, too.
        jar = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
        ways = (ProxyHandler({}), HTTPCookieProcessor(jar), *inside)
        self._opener = build_opener(*ways)
        self._staying = build_opener(*ways, _Stay())

    def get(self, url: str) -> Page:
        """Open an address."""
        return self._open(Request(url))  # noqa: S310 -- the demo's own addresses

    def send(
        self,
        form: Form,
        values: Mapping[str, str | list[str]] | None = None,
        files: Iterable[File] = (),
        *,
        follows: bool = True,
    ) -> Page:
        """Fill a form in, send it, and follow where it leads; or else only say where that is."""
        filled = form.fields | dict(values or {})
        if files:
            boundary = secrets.token_hex(16)
            data = _multipart(boundary, filled, files)
            headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        else:
            data, headers = urlencode(filled, doseq=True).encode(), {}
        request = Request(form.action, data=data, headers=headers)  # noqa: S310 -- the demo's own addresses
        return self._open(request, follows=follows)

    def _open(self, request: Request, *, follows: bool = True) -> Page:
        opener = self._opener if follows else self._staying
        try:
            with opener.open(request, timeout=_SECONDS) as response:
                return Page(response.url, response.status, response.read().decode())
        except HTTPError as error:
            with error:
                url = urljoin(error.url, error.headers.get("Location", ""))
                return Page(url, error.code, error.read().decode())

    def launch(self, sign_in: str, start: str) -> Page:
        """Sign in to the LMS and open an activity: the LMS's pages send themselves to the tool.

        Raises:
            RuntimeError: The tool refused the launch.
        """
        self.get(sign_in)
        page = self.get(start)
        for _ in range(_MOST_STEPS):
            if "/s/" in page.url:
                return page
            hidden = [form for form in page.forms if {"id_token", "iss"} & form.fields.keys()]
            if not hidden:
                break
            page = self.send(hidden[0])
        raise RuntimeError(f"the launch ended at {page.url} with status {page.status}")


class _Stay(HTTPRedirectHandler):
    """Goes nowhere else."""

    def redirect_request(self, *_asked: Any, **_more: Any) -> None:
        """Return no request."""


class Inside(BaseHandler):
    """The way to a site whose application runs in this process."""

    handler_order = 100  # before the one that opens sockets

    def __init__(self, origin: str, application: Application) -> None:
        """Take what stands before its paths, and what answers for it."""
        self._origin = origin
        self._application = application

    def http_open(self, request: Request) -> addinfourl | None:
        """Answer a request, if it is for this site."""
        if not request.full_url.startswith(f"{self._origin}/"):
            return None
        started: list[Any] = []
        body = self._application(_environ(request), lambda *begun: started.append(begun))
        content = b"".join(body)
        if hasattr(body, "close"):
            body.close()
        status, headers = started[0][0], started[0][1]
        told = Message()
        for name, value in headers:
            told[name] = value
        response = addinfourl(io.BytesIO(content), told, request.full_url, int(status[:3]))
        response.msg = status[4:]  # type: ignore[attr-defined]  # what follows redirects asks for it
        return response


def _environ(request: Request) -> dict[str, Any]:
    parts = urlsplit(request.full_url)
    data = request.data if isinstance(request.data, bytes) else b""
    headers = {name.upper().replace("-", "_"): value for name, value in request.header_items()}
    return {
        "REQUEST_METHOD": request.get_method(),
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path, "latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": str(parts.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": headers.pop("CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(data),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **{f"HTTP_{name}": value for name, value in headers.items()},
    }


def _multipart(boundary: str, fields: Mapping[str, str | list[str]], files: Iterable[File]) -> bytes:
    parts = [
        (f'Content-Disposition: form-data; name="{name}"\r\n\r\n', value.encode())
        for name, values in fields.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    for file in files:
        disposition = f'Content-Disposition: form-data; name="files"; filename="{file.name}"'
        parts.append((f"{disposition}\r\nContent-Type: {file.media_type}\r\n\r\n", file.content))
    sent = b"".join(b"--" + boundary.encode() + b"\r\n" + head.encode() + body + b"\r\n" for head, body in parts)
    return sent + b"--" + boundary.encode() + b"--\r\n"
