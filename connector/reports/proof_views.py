"""What we did, what the learning record store holds, and what differs: for who leads a course; and the weekly letter."""

from http import HTTPStatus

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from connector.reports.asking import ask
from connector.reports.pages import bar_of, sections
from connector.reports.proof import compare
from connector.reports.weekly import set_reader
from connector.web.pages import render
from connector.web.requests import current_session, now
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("report_proof", __name__, url_prefix="/s/<sid>/reports")


@blueprint.get("/proof")
def proof() -> ResponseReturnValue:
    """Show whether the store holds what was done in the course."""
    session = current_session()
    asked = ask(session)
    return render(
        "reports/proof.html",
        bar=bar_of(session, asked.member),
        asked=asked,
        sections=sections(asked, "proof"),
        found=compare(
            session,
            asked.member.course,
            asked.scope.feed_id,
            asked.origin.endpoint,
            read_at=asked.origin.source.succeeded_at if asked.origin.source else None,
        ),
    )


@blueprint.post("/weekly")
def weekly() -> ResponseReturnValue:
    """Begin or end to send the week's figures."""
    session = current_session()
    asked = ask(session)
    set_reader(session, asked.member, wants=request.form.get("wants") == "1", now=now())
    session.commit()
    return redirect(url_for("reports.index"), HTTPStatus.SEE_OTHER)
