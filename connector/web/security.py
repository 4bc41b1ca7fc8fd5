"""Security headers on every answer."""

from flask import Flask, Response, g

from connector.web.requests import settings

_ONE_YEAR = 31_536_000


def init_app(app: Flask) -> None:
    """Add the headers to every answer."""
    app.after_request(_headers)


def no_store(response: Response) -> Response:
    """Let nobody keep a copy of an answer."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _headers(response: Response) -> Response:
    frames = " ".join(["'self'", *g.get("frame_origins", [])])
    forms = " ".join(["'self'", *g.get("form_origins", [])])
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        "connect-src 'self'; "
        f"font-src 'self'; base-uri 'none'; form-action {forms}; frame-ancestors {frames}",
    )
    # No X-Frame-Options: it cannot name origins, and we live in frames.
    response.headers["X-Content-Type-Options"] = "nosniff"
    # The path holds the launch session's id.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if settings().public_url.startswith("https://"):
        response.headers["Strict-Transport-Security"] = f"max-age={_ONE_YEAR}"
    return response
