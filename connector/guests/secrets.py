"""The secrets of links and codes: made from the installation's key, so that they need not be stored to be mailed again."""

import base64
import hmac
import uuid

from connector.web.sessions import digest

CODE_DIGITS = 6


def link_token(key: str, invitation_id: uuid.UUID, serial: int) -> str:
    """Return the secret of an invitation's link: 256 bits, another one for each serial."""
    mac = hmac.digest(key.encode(), b"kring guest link v1 " + invitation_id.bytes + serial.to_bytes(4, "big"), "sha256")
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def link_hash(token: str) -> str:
    """Return what is stored of a link, and what it is found by."""
    return digest(token)


def code_of(key: str, code_id: uuid.UUID) -> str:
    """Return the digits that a mail says."""
    number = int.from_bytes(hmac.digest(key.encode(), b"kring guest code v1 " + code_id.bytes, "sha256"), "big")
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def code_hash(key: str, code_id: uuid.UUID, code: str) -> str:
    """Return what is stored of a code."""
    words = b"kring guest code hash v1 " + code_id.bytes + code.encode()
    return hmac.new(key.encode(), words, "sha256").hexdigest()


def form_token(key: str, token: str, device: str) -> str:
    """Return what the forms of one link in one browser carry.

    Args:
        device: The secret in the browser's cookie; empty before there is one.
    """
    return hmac.new(key.encode(), f"csrf guest {token} {device}".encode(), "sha256").hexdigest()
