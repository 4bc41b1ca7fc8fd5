"""What the pages about who knows what begin with: the way in, and the way back."""

from http import HTTPStatus
from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.courses.access import current_member
from connector.courses.models import Membership, Role
from connector.web.errors import NotFoundError
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("experts", __name__, url_prefix="/s/<sid>/experts")
"""All these pages; the modules whose names end in `views` add theirs."""


def answering_member(session: Session) -> Membership:
    """Return the member, who may answer questions.

    Raises:
        NotFoundError: They only look on.
    """
    member = current_member(session)
    if not may_answer(member):
        raise NotFoundError
    return member


def leading_member(session: Session) -> Membership:
    """Return the member, who leads the course and changes something there.

    Raises:
        NotFoundError: They do not.
    """
    member = current_member(session)
    if not member.is_staff or not member.can_write:
        raise NotFoundError
    return member


def may_answer(member: Membership) -> bool:
    """Return whether a member may answer questions: whoever may write, but nobody who tries the course out."""
    return member.can_write and member.role is not Role.TEST_STUDENT


def back(endpoint: str, **values: Any) -> ResponseReturnValue:
    """Lead to a page after something was done."""
    return redirect(url_for(endpoint, **values), HTTPStatus.SEE_OTHER)
