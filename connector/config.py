"""Settings: read from the environment, here and nowhere else."""

import secrets
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import available_timezones

LOCALES = ("en", "da", "sv", "nl")
"""The languages of the pages; the first one serves people whose own is not among them."""

_FILE_LIMITS = {
    "picture_megabytes": 10,
    "audio_megabytes": 25,
    "video_megabytes": 100,
    "document_megabytes": 25,
    "files_per_post": 10,
    "upload_megabytes_a_day": 200,
}
_MINIMUM_SECRET = 32
_MINIMUM_TOKEN = 16


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The mail server that takes our mails."""

    host: str
    port: int
    tls: Literal["starttls", "implicit", "none"]
    """Never optional: where it is asked for and not offered, no mail goes."""
    username: str = ""
    password: str = field(default="", repr=False)


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
    mail_url: str = field(default="", repr=False)
    """The mail server, such as `smtp://NAME:PASSWORD@mail.example:587`; empty where no mail is sent."""
    mail_from: str = ""
    """The address that mails come from; the tenant's name is put before it."""
    time_zone: str = "UTC"
    """The zone, by its IANA name, of people who chose none and whose browser told none."""
    files_url: str = ""
    """Where files are kept: `file:///FOLDER` or `s3://BUCKET/FOLDER`; empty for a folder beside our SQLite database."""
    picture_megabytes: int = 10
    """The largest picture that is taken; it is made smaller then."""
    audio_megabytes: int = 25
    video_megabytes: int = 100
    document_megabytes: int = 25
    files_per_post: int = 10
    upload_megabytes_a_day: int = 200
    """How much one member may send within 24 hours."""
    scan_command: str = ""
    """A virus scanner, such as `clamdscan --fdpass --no-summary`: it gets a path, and ends with 0 for a clean file."""
    semantic_model: str = ""
    """A folder with a model that says what texts mean, for searches; empty for none."""
    log_format: Literal["json", "console"] = "json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def origin(self) -> str:
        """The scheme, host and port that our pages come from."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def mail_server(self) -> MailServer | None:
        """Who takes mails; None where no mail is sent."""
        return _read_mail_url(self.mail_url) if self.mail_url else None

    @property
    def files_location(self) -> str:
        """The address of the place where files are kept."""
        if self.files_url:
            return self.files_url
        scheme, _, path = self.database_url.partition(":///")
        database = Path(path.partition("?")[0] if scheme.startswith("sqlite") and path else "kring.sqlite")
        return database.absolute().with_name(f"{database.stem}-files").as_uri()

    @property
    def largest_file(self) -> int:
        """How many bytes the largest file has that is taken, of whatever kind."""
        limits = (self.picture_megabytes, self.audio_megabytes, self.video_megabytes, self.document_megabytes)
        return max(limits) * 1_000_000


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
        mail_url=_mail_url(environ),
        mail_from=_mail_from(environ),
        time_zone=_time_zone(environ),
        files_url=_files_url(environ),
        **{name: _number(environ, f"KRING_{name.upper()}", default) for name, default in _FILE_LIMITS.items()},
        scan_command=_scan_command(environ),
        semantic_model=environ.get("KRING_SEMANTIC_MODEL", "").strip(),
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


def _mail_url(environ: Mapping[str, str]) -> str:
    url = environ.get("KRING_MAIL_URL", "")
    if url:
        _read_mail_url(url)
    return url


def _read_mail_url(url: str) -> MailServer:
    """Return what KRING_MAIL_URL says.

    Raises:
        SettingsError: It cannot be used.
    """
    problem = SettingsError("KRING_MAIL_URL must be like smtp://NAME:PASSWORD@mail.example:587?tls=starttls")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise problem from error
    asked = parse_qs(parts.query).get("tls", ["starttls"])[-1]
    tls = "implicit" if parts.scheme == "smtps" else asked
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or tls not in {"starttls", "implicit", "none"}:
        raise problem
    if parts.username and tls == "none" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise SettingsError("KRING_MAIL_URL would send a password in the clear: leave ?tls=none out")
    return MailServer(
        host=parts.hostname,
        port=port or (465 if tls == "implicit" else 587),
        tls=cast("Literal['starttls', 'implicit', 'none']", tls),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _mail_from(environ: Mapping[str, str]) -> str:
    address = environ.get("KRING_MAIL_FROM", "")
    name, at, domain = address.rpartition("@")
    is_whole = name and at and domain and address.isascii() and not set(address) & set(' <>,;:"\r\n\t')
    if not is_whole and (address or environ.get("KRING_MAIL_URL")):
        raise SettingsError(f"KRING_MAIL_FROM must be an address such as kring@example.org: {address!r}")
    return address


def _time_zone(environ: Mapping[str, str]) -> str:
    zone = environ.get("KRING_TIME_ZONE", "UTC")
    if zone not in available_timezones():
        raise SettingsError(f"KRING_TIME_ZONE must be a zone such as Europe/Copenhagen: {zone!r}")
    return zone


def _flag(environ: Mapping[str, str], name: str) -> bool:
    return _choice(environ, name, ("0", "1", "false", "true")) in {"1", "true"}


def _files_url(environ: Mapping[str, str]) -> str:
    url = environ.get("KRING_FILES_URL", "")
    parts = urlsplit(url)
    is_place = (parts.scheme == "file" and not parts.netloc and len(parts.path) > 1) or (
        parts.scheme == "s3" and parts.netloc
    )
    if url and (not is_place or parts.username or parts.query or parts.fragment):
        raise SettingsError(f"KRING_FILES_URL must be like file:///var/lib/kring/files or s3://bucket/folder: {url!r}")
    return url


def _scan_command(environ: Mapping[str, str]) -> str:
    command = environ.get("KRING_SCAN_COMMAND", "").strip()
    try:
        shlex.split(command)
    except ValueError as error:
        raise SettingsError(f"KRING_SCAN_COMMAND is no command: {error}") from error
    return command


def _number(environ: Mapping[str, str], name: str, default: int = 0) -> int:
    value = environ.get(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise SettingsError(f"{name} must be a number: {value!r}")
    return int(value)


def _choice(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = environ.get(name, choices[0])
    if value not in choices:
        raise SettingsError(f"{name} must be one of {', '.join(choices)}: {value!r}")
    return value
