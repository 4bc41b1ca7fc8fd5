"""Secrets at rest: private keys and passwords are stored encrypted with a key made from the installation's secret."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class SealError(Exception):
    """A sealed value was made with another secret, or was changed."""


def seal(secret: str, plain: bytes) -> bytes:
    """Encrypt `plain` under the installation's `secret`."""
    return _box(secret).encrypt(plain)


def unseal(secret: str, sealed: bytes) -> bytes:
    """Decrypt what `seal` made.

    Raises:
        SealError: The secret is not the one it was sealed with, or the value was changed.
    """
    try:
        return _box(secret).decrypt(sealed)
    except InvalidToken as error:
        raise SealError("a stored secret cannot be read: was KRING_SECRET_KEY changed?") from error


def _box(secret: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"kring sealing v1").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))
