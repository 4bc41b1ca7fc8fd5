"""Where platforms send their notices."""

from http import HTTPStatus

import structlog
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from connector.launch import notices
from connector.launch.verification import believe_notice
from connector.platforms.services import UnknownPlatformError, find_platform
from connector.web.errors import AppError
from connector.web.requests import database, now, writing_session
from lti.errors import KeySetError, NoticeError
from lti.notices import addressee, read_notices

log = structlog.get_logger(__name__)

blueprint = Blueprint("notices", __name__)


@blueprint.post(notices.HANDLER)
def take() -> ResponseReturnValue:
    """Take notices; each is judged on its own, since none is sent again."""
    try:
        tokens = read_notices(request.get_data())
    except NoticeError as error:
        raise AppError(administrator=str(error), code=error.code) from error
    for token in tokens:
        try:
            _take_one(token)
        except (NoticeError, KeySetError, UnknownPlatformError) as error:
            log.warning("notice_refused", reason=str(error))
    return Response(status=HTTPStatus.NO_CONTENT)


def _take_one(token: str) -> None:
    with database().session(writes=False) as session:
        platform = find_platform(session, *addressee(token))
    # The platform's keys may have to be fetched: no transaction is held meanwhile.
    told = believe_notice(platform, token)
    with writing_session() as session:
        notices.store_notice(session, session.merge(platform, load=False), told, now=now())
        session.commit()
