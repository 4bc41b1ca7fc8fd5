"""What platforms signed, checked with their keys: launches and notices."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import structlog

from connector.launch import noting
from connector.launch.models import LoginState
from connector.launch.refusals import refuse
from connector.outbound import new_session
from connector.platforms.keys import DatabaseKeySets, fetch_key_set
from connector.platforms.models import Platform
from connector.platforms.services import registration_of
from connector.web.requests import database, now, settings
from lti.errors import KeySetError, LaunchError
from lti.keys import PlatformKeys
from lti.launch import Launch, validate_launch
from lti.notices import Notice, validate_notice

log = structlog.get_logger(__name__)

_TARGETS = frozenset({"", "/", "/lti/launch"})
"""Paths that a target link URI may have."""


def believe_launch(login: LoginState, token: str) -> Launch:
    """Return what an id_token says.

    Raises:
        AppError: It cannot be believed, or leads to no page of ours.
    """
    if not token:
        raise refuse("id_token_missing")
    try:
        with _platform_keys() as keys:
            found = validate_launch(
                token,
                registration=registration_of(login.platform),
                nonce=login.nonce,
                keys=keys,
                tool_url=settings().public_url,
                now=now(),
            )
    except (LaunchError, KeySetError) as error:
        log.warning("launch_refused", code=error.code, detail=str(error), platform=str(login.platform_id))
        noting.note_token_refused(database(), login.platform_id, error.code, now=now())
        raise refuse(error.code, detail=str(error)) from error
    if urlsplit(found.target_link_uri).path not in _TARGETS:
        raise refuse("target_link_uri", detail=urlsplit(found.target_link_uri).path)
    return found


def believe_notice(platform: Platform, token: str) -> Notice:
    """Return what a notice says.

    Raises:
        NoticeError: It cannot be believed.
        KeySetError: The platform's key cannot be had.
    """
    with _platform_keys() as keys:
        return validate_notice(token, registration=registration_of(platform), keys=keys, now=now())


@contextmanager
def _platform_keys() -> Iterator[PlatformKeys]:
    http = new_session(settings())
    try:
        yield PlatformKeys(lambda url: fetch_key_set(http, url), DatabaseKeySets(database()))
    finally:
        http.close()
