"""Pages that post a form by themselves: how messages cross from the LMS to a tool."""

from flask import Response, render_template


def form_post(action: str, fields: dict[str, str], *, method: str = "post") -> Response:
    """Return a page that sends `fields` to `action`."""
    page = Response(render_template("form_post.html", action=action, fields=fields, method=method))
    page.headers["Cache-Control"] = "no-store"
    return page
