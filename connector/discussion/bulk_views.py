"""Many threads at once, for who leads the course: read, closed, tagged, given other dates, moved, or taken as a file."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.services import get_activity
from connector.discussion.bulk_schemas import Act, BulkForm
from connector.discussion.export_views import as_file
from connector.discussion.list_pages import list_page
from connector.discussion.pages import enter
from connector.discussion.views import blueprint
from connector.moderation import moving
from connector.threads import marking, ruling, services, tagging
from connector.threads.access import Sight, find_threads
from connector.threads.models import Thread
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.requests import current_session
from connector.web.times import zone_named


@blueprint.post("/threads/bulk")
def change_many(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Do something with many threads at once; all of it is done, or nothing."""
    session = current_session()
    sight, _activity = enter(session, activity_id)
    if not sight.member.is_staff:
        raise NotFoundError
    typed = {**request.form.to_dict(), "thread": request.form.getlist("thread")}
    try:
        form = BulkForm(zone=zone_named(request.form.get("zone", ""))).load(typed)
        threads = find_threads(session, sight, form["thread"])
        if form["act"] in {Act.CSV, Act.JSON}:
            return as_file(session, sight, form["act"].value, among=[thread.id for thread in threads])
        _change(session, sight, threads, form)
    except ValidationError as error:
        return _page_again(sight, {name: list(map(str, told)) for name, told in error.messages_dict.items()})
    except InvalidInputError as error:
        session.rollback()
        return _page_again(enter(session, activity_id)[0], error.errors)
    session.commit()
    return redirect(url_for("discussion.index", activity_id=activity_id, done=form["act"].value), HTTPStatus.SEE_OTHER)


def _change(session: Session, sight: Sight, threads: list[Thread], form: dict[str, Any]) -> None:
    match form["act"]:
        case Act.READ:
            marking.mark_all_read(session, sight, [thread.id for thread in threads])
        case Act.CLOSE:
            for thread in threads:
                services.close_thread(session, thread, sight.member, now=sight.now)
        case Act.REOPEN:
            for thread in threads:
                services.reopen_thread(session, thread, sight.member)
        case Act.TAG:
            tagging.add_tags(session, threads, sight.member, form["tags"])
        case Act.DATES:
            ruling.reschedule(threads, sight.member, due_at=form["due_at"], closes_at=form["closes_at"])
        case Act.MOVE:
            place = _place(session, sight, form["target"])
            for thread in threads:
                moving.move(session, thread, place, sight.member, "", now=sight.now)


def _place(session: Session, sight: Sight, target: uuid.UUID) -> Activity:
    """Return the discussion that threads are to go to."""
    try:
        return get_activity(session, sight.member, target, sight.activity.kind)
    except NotFoundError:
        raise InvalidInputError({"target": [_("Choose where they go.")]}) from None


def _page_again(sight: Sight, errors: dict[str, list[str]]) -> ResponseReturnValue:
    return list_page(sight, typed={}, errors=errors, bulk=request.form)
