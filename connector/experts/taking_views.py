"""Topics and people of the courses that this one was made from, for those who lead both."""

import uuid

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.origins import list_origin_courses
from connector.activities.pages import visit_bar
from connector.courses.access import current_member
from connector.courses.models import Course, Membership
from connector.courses.people import name_of
from connector.experts import taking
from connector.experts.pages import back, blueprint
from connector.experts.words import standing_names
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, now

_MOST_TAKEN = 200


@blueprint.get("/copy")
def choose_copies() -> ResponseReturnValue:
    """Show what those courses have."""
    session = current_session()
    member = current_member(session)
    courses = _courses(session, member)
    offered = taking.list_offered(session, member, courses)
    return render(
        "experts/copy.html",
        bar=visit_bar(session, member, "experts.index"),
        courses=courses,
        topic_options=[
            (each.tag, each.tag, _("also called %(words)s", words=", ".join(each.words)))
            if each.words
            else (each.tag, each.tag)
            for each in offered
        ],
        tags=[each.tag for each in offered],
        met=taking.list_met(session, member, courses),
        standings=standing_names(),
        name_of=name_of,
        may_change=member.can_write,
        toasts=[_("Saved.")] if "saved" in request.args else [],
    )


@blueprint.post("/copy")
def copy() -> ResponseReturnValue:
    """Take topics over."""
    session = current_session()
    member = current_member(session)
    taking.take_topics(session, member, _courses(session, member), set(request.form.getlist("tag")[:_MOST_TAKEN]))
    session.commit()
    return back("experts.topics", saved=1)


@blueprint.post("/copy/<uuid:member_id>")
def confirm_again(member_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm a member here too."""
    session = current_session()
    member = current_member(session)
    taking.confirm_again(session, member, _courses(session, member), member_id, now=now())
    session.commit()
    return back("experts.choose_copies", saved=1)


def _courses(session: Session, member: Membership) -> list[Course]:
    """Return the courses that this one was made from and that the member leads too.

    Raises:
        NotFoundError: There are none.
    """
    found = list(list_origin_courses(session, member))
    if not found:
        raise NotFoundError
    return found
