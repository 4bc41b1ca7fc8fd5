"""How a case differs from a good launch: edits of the draft, which `edited` signs, and tokens that are made in another way."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from lti import claims
from tests.conformance.launches import Draft, base64url, compact, stranger

Make = Callable[[Draft], str]
"""Makes the token of a good launch, which it may change."""
Edit = Callable[[Draft], None]


def edited(*edits: Edit) -> Make:
    """Return how to make a token that is signed as it should be, after `edits`."""

    def make(draft: Draft) -> str:
        for edit in edits:
            edit(draft)
        return draft.token()

    return make


def without(*names: str) -> Edit:
    def edit(draft: Draft) -> None:
        for name in names:
            del draft.claims[name]

    return edit


def having(**changes: Any) -> Edit:
    return lambda draft: draft.claims.update(changes)


def claiming(name: str, value: Any) -> Edit:
    return lambda draft: draft.claims.update({name: value})


def later(**seconds: float) -> Edit:
    """Set times to so many seconds after the launch was made."""
    return lambda draft: draft.claims.update({n: draft.claims["iat"] + after for n, after in seconds.items()})


def header(**changes: Any) -> Edit:
    return lambda draft: draft.header.update(changes)


def audience(*others: Any) -> Edit:
    """Set a list for `aud`, in which this tool comes last."""
    return lambda draft: draft.claims.update(aud=[*others, draft.claims["aud"]])


def authorized(draft: Draft) -> None:
    aud = draft.claims["aud"]
    draft.claims["azp"] = aud[-1] if isinstance(aud, list) else aud


def deep_linking(draft: Draft, **changes: Any) -> None:
    del draft.claims[claims.RESOURCE_LINK]
    settings = {
        "deep_link_return_url": "https://platform.example/deep-links",
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe"],
        "accept_multiple": True,
        "data": "csrftoken:1",
    }
    settings.update(changes)
    draft.claims[claims.MESSAGE_TYPE] = claims.DEEP_LINKING_REQUEST
    draft.claims[claims.DEEP_LINKING_SETTINGS] = {n: value for n, value in settings.items() if value is not None}


def deep_linking_with(**changes: Any) -> Edit:
    return lambda draft: deep_linking(draft, **changes)


def retarget(suffix: str) -> Edit:
    """Lengthen the target's host by `suffix`."""

    def edit(draft: Draft) -> None:
        target = urlsplit(draft.claims[claims.TARGET_LINK_URI])
        draft.claims[claims.TARGET_LINK_URI] = f"{target.scheme}://{target.netloc}{suffix}{target.path}"

    return edit


def about(message_type: str, user: Any) -> Edit:
    """Make the launch one about somebody; about nobody if `user` is None."""

    def edit(draft: Draft) -> None:
        draft.claims[claims.MESSAGE_TYPE] = message_type
        if user is not None:
            draft.claims[claims.FOR_USER] = user
        if message_type == claims.DATA_PRIVACY_REQUEST:
            del draft.claims[claims.CONTEXT], draft.claims[claims.RESOURCE_LINK]

    return edit


def signed_payload(payload: bytes) -> Make:
    return lambda draft: compact(json.dumps(draft.header).encode(), payload, draft.key)


def raw_header(header_: bytes) -> Make:
    return lambda draft: compact(header_, json.dumps(draft.claims).encode(), draft.key)


def by_a_stranger(draft: Draft) -> str:
    return Draft(draft.header, draft.claims, stranger()).token()


def key_in_the_header(draft: Draft) -> str:
    draft.header["jwk"] = stranger().as_dict(private=False)
    return by_a_stranger(draft)


def tampered(draft: Draft) -> str:
    head, _, signature = draft.token().split(".")
    draft.claims[claims.ROLES] = [claims.ROLE_INSTRUCTOR]
    return f"{head}.{base64url(json.dumps(draft.claims).encode())}.{signature}"


def infinite_exp(draft: Draft) -> str:
    payload = json.dumps({**draft.claims, "exp": "infinite"}).replace('"infinite"', "1e999")  # JSON, and too large
    return signed_payload(payload.encode())(draft)


def two_parts(draft: Draft) -> str:
    return draft.token().rpartition(".")[0]
