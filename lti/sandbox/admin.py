"""The administrator's pages about tools: what is registered, who is let in, and what a tool keeps about somebody."""

from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti.sandbox.launch import active_tool
from lti.sandbox.people import PEOPLE, find_person
from lti.sandbox.platform import current_platform
from lti.sandbox.signin import require_administrator
from lti.sandbox.tools import PRECONFIGURED, Tool

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("/tools")
def tools() -> ResponseReturnValue:
    """Show what both sides of each registration have to know."""
    require_administrator()
    platform = current_platform()
    learners = [person for person in PEOPLE.values() if person.role.is_graded]
    return render_template(
        "tools.html",
        config=platform.config,
        tools=platform.tools.all(),
        main=platform.tools.main,
        mode=platform.mode,
        learners=learners,
    )


@blueprint.post("/tools/<int:tool_id>/<any(activate, deactivate, main, delete):what>")
def change(tool_id: int, what: str) -> ResponseReturnValue:
    """Let a tool in, shut it out, let the ready-made activities open it, or forget it."""
    require_administrator()
    tool = _registered(tool_id) if what != "main" else active_tool(tool_id)
    platform = current_platform()
    if what == "main":
        platform.tools.make_main(tool)
        ready_made = [
            activity.id
            for course in platform.catalogue.courses().values()
            for activity in course.activities
            if activity.tool_id is None
        ]
        platform.store.hand_line_items(ready_made, tool.id)
        flash(f"The ready-made activities open {tool.name} now.")
    elif what == "delete":
        platform.tools.remove(tool)
        flash(f"{tool.name} is gone.")
    else:
        platform.tools.save(replace(tool, is_active=what == "activate"))
    return redirect(url_for("admin.tools"))


def _registered(tool_id: int) -> Tool:
    tool = current_platform().tools.find(tool_id)
    if tool is None or tool.id == PRECONFIGURED:
        abort(404)
    return tool


@blueprint.get("/tools/<int:tool_id>/privacy")
def privacy(tool_id: int) -> ResponseReturnValue:
    """Show what the tool keeps about somebody.

    Source: https://www.imsglobal.org/spec/lti-dpl/v1p0.
    """
    require_administrator()
    subject = find_person(request.args.get("person", "")) or abort(404)
    tool = active_tool(tool_id)
    source = url_for("launch.start_privacy", tool_id=tool.id, person_id=subject.id)
    return render_template(
        "tool.html", course=None, tool=tool, title=f"What {tool.name} keeps about {subject.name}", source=source
    )
