"""The pool as a file, and entries of courses that this one was made from."""

from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from connector.activities.origins import list_origin_courses
from connector.courses.access import current_member
from connector.pool import export, reading, taking
from connector.pool.pages import blueprint, home_of, pool_bar
from connector.pool.schemas import CopyForm
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, now


@blueprint.get("/export.<form>")
def download(form: str) -> ResponseReturnValue:
    """Send the pool as a file."""
    session = current_session()
    member = current_member(session)
    entries = reading.list_all(session, member)
    title = _("Knowledge pool of %(course)s", course=member.course.title)
    ways: dict[str, tuple[Any, str]] = {
        "md": (lambda: export.as_markdown(title, entries, now=now()), "text/markdown; charset=utf-8"),
        "zip": (lambda: export.as_zip(entries, now=now()), "application/zip"),
    }
    if form not in ways:
        raise NotFoundError
    write, media_type = ways[form]
    name = f"pool-{export.safe_name(member.course.title)}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(write(), content_type=media_type, headers=headers)


@blueprint.get("/copy")
def choose_copies() -> ResponseReturnValue:
    """Show what the courses that this one was made from know."""
    session = current_session()
    member = current_member(session)
    courses = list_origin_courses(session, member)
    if not courses:
        raise NotFoundError
    entries = reading.list_elsewhere(session, member, courses)
    return render(
        "pool/copy.html",
        bar=pool_bar(session, member),
        courses=courses,
        entries=entries,
        chosen_options=[(each.id, each.title, each.snippet) for each in entries],
        chosen_ids=[each.id for each in entries],
    )


@blueprint.post("/copy")
def copy() -> ResponseReturnValue:
    """Take entries of those courses over."""
    session = current_session()
    member = current_member(session)
    courses = list_origin_courses(session, member)
    if not courses:
        raise NotFoundError
    form = CopyForm().load({"entry": request.form.getlist("entry")[:500]})
    chosen = [each for each in reading.list_elsewhere(session, member, courses) if each.id in set(form["entry"])]
    taking.copy_entries(session, chosen, home_of(session, member), member, now=now())
    session.commit()
    return redirect(url_for("pool.index", show="due", done="copied"), HTTPStatus.SEE_OTHER)
