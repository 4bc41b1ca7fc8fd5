"""Settings: read from the environment, here and nowhere else."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

LOCALES = ("en", "da", "sv", "nl")
"""The languages of the pages; the first one serves people whose own is not among them."""

_MINIMUM_SECRET = 32
_MINIMUM_TOKEN = 16


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may set. Each field is `KRING_` and its name in capitals."""

    public_url: str = "http://localhost:8000"
    """Where browsers and LMSs reach the tool: scheme, host and port, no path. IRIs are made from it."""
    database_url: str = "sqlite:///kring.sqlite"
    """`sqlite:///FILE`, or `postgresql+psycopg://USER:PASSWORD@HOST/NAME`."""
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    """At least 32 characters. Signs form tokens and encrypts private keys; a new one makes the old keys unreadable."""
    allow_private_addresses: bool = False
    """Whether outgoing requests may reach private and loopback addresses; for demos and intranets."""
    proxy_hops: int = 0
    """How many reverse proxies stand in front and set X-Forwarded-For and X-Forwarded-Proto."""
    lrs_database: str = ""
    """The file of the embedded LRS; empty for one beside our own SQLite database."""
    metrics_token: str = field(default="", repr=False)
    """Who may read /metrics: whoever gives this as bearer token; empty for nobody."""
    log_format: Literal["json", "console"] = "json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def origin(self) -> str:
        """The scheme, host and port that our pages come from."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings from `environ`.

    Raises:
        SettingsError: A value cannot be used, or the secret key is missing.
    """
    secret_key = _secret(environ)
    public_url = _public_url(environ)
    return Settings(
        public_url=public_url,
        database_url=environ.get("KRING_DATABASE_URL", "sqlite:///kring.sqlite"),
        secret_key=secret_key,
        allow_private_addresses=_flag(environ, "KRING_ALLOW_PRIVATE_ADDRESSES"),
        proxy_hops=_number(environ, "KRING_PROXY_HOPS"),
        lrs_database=environ.get("KRING_LRS_DATABASE", ""),
        metrics_token=_metrics_token(environ),
        log_format=cast("Literal['json', 'console']", _choice(environ, "KRING_LOG_FORMAT", ("json", "console"))),
        log_level=cast(
            "Literal['debug', 'info', 'warning', 'error']",
            _choice(environ, "KRING_LOG_LEVEL", ("info", "debug", "warning", "error")),
        ),
    )


def _public_url(environ: Mapping[str, str]) -> str:
    url = environ.get("KRING_PUBLIC_URL", "http://localhost:8000").rstrip("/")
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise SettingsError(f"KRING_PUBLIC_URL is no web address: {url!r}") from error
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname
    if parts.scheme not in {"http", "https"} or not host or url.lower() != f"{parts.scheme}://{host}{port}":
        raise SettingsError(
            f"KRING_PUBLIC_URL must be like https://kring.example, with nothing after the host: {url!r}"
        )
    return url.lower()


def _secret(environ: Mapping[str, str]) -> str:
    """Return the secret key, from its variable or from the file that KRING_SECRET_KEY_FILE names."""
    secret = environ.get("KRING_SECRET_KEY", "")
    if file := environ.get("KRING_SECRET_KEY_FILE"):
        try:
            secret = Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"KRING_SECRET_KEY_FILE cannot be read: {error}") from error
    if len(secret) < _MINIMUM_SECRET:
        raise SettingsError(
            f"KRING_SECRET_KEY must have at least {_MINIMUM_SECRET} characters; "
            'make one with: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    return secret


def _metrics_token(environ: Mapping[str, str]) -> str:
    token = environ.get("KRING_METRICS_TOKEN", "")
    if token and (len(token) < _MINIMUM_TOKEN or not token.isascii() or token != token.strip()):
        raise SettingsError(f"KRING_METRICS_TOKEN must have at least {_MINIMUM_TOKEN} ASCII characters")
    return token


def _flag(environ: Mapping[str, str], name: str) -> bool:
    return _choice(environ, name, ("0", "1", "false", "true")) in {"1", "true"}


def _number(environ: Mapping[str, str], name: str) -> int:
    value = environ.get(name, "0")
    if not (value.isascii() and value.isdigit()):
        raise SettingsError(f"{name} must be a number: {value!r}")
    return int(value)


def _choice(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = environ.get(name, choices[0])
    if value not in choices:
        raise SettingsError(f"{name} must be one of {', '.join(choices)}: {value!r}")
    return value
