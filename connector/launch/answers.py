"""The page that posts a deep linking answer to the LMS, in the browser that holds the LMS's session."""

from flask import Response, g

from connector.launch.deep_link_answers import Answer
from connector.web.pages import render
from connector.web.sessions import origin_of


def render_answer(answer: Answer, *, sends_itself: bool, reason: str | None = None, count: int = 0) -> Response:
    """Return the page with the signed form.

    Args:
        sends_itself: Whether a script sends it at once; the button is there in any case.
        reason: Why nothing could be chosen, for the person.
        count: How many activities the answer has.
    """
    # Browsers hold the policy also against redirects that follow the form: within the LMS they are its own business.
    g.form_origins = [origin_of(answer.return_url), *g.get("frame_origins", [])]
    return render("launch/answer.html", answer=answer, sends_itself=sends_itself, reason=reason, count=count, bar=None)
