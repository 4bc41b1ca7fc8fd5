"""How many launches a second: Kring, and PyLTI1p3 in a small Flask application of its own.

A launch is the platform's login request and the launch itself, handed to the WSGI application; what the LMS does
between the two, signing above all, is not in the times. Kring keeps logins, people, courses and visits in an SQLite
file and writes its log. PyLTI1p3 does as its own Flask example: nonces and launches in memory, the registration and the
platform's keys in a dictionary, no log, and nothing known of people afterwards; the second row of it keeps nonces and
launches in an SQLite file, as more than one process would need. It also checks less: decision record 0001 says what.
"""

import contextlib
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask, redirect
from pylti1p3.contrib.flask import FlaskCacheDataStorage, FlaskMessageLaunch, FlaskOIDCLogin, FlaskRequest
from pylti1p3.tool_config import ToolConfDict
from werkzeug.wrappers import Response

from connector.app import create_app
from connector.config import Settings
from connector.db import Database, utc_now
from connector.migrations import upgrade
from connector.platforms.keys import DatabaseKeySets
from connector.platforms.services import add_platform, ensure_tenant
from lti.keys import StoredKeySet
from lti.launch import validate_launch
from tests.bench import wsgi
from tests.conformance.launches import Draft, good_launch
from tests.lti.platform import KID, REGISTRATION, jwk_of, platform_key, platform_keys

TOOL = "https://tool.example"
LAUNCH_URL = f"{TOOL}/lti/launch"
ROUNDS, LAUNCHES = 15, 20
LOGIN = {
    "iss": REGISTRATION.issuer,
    "client_id": REGISTRATION.client_id,
    "login_hint": "user-1",
    "lti_message_hint": "hint-1",
    "target_link_uri": LAUNCH_URL,
}


def main() -> None:
    """Print rates and times, medians of rounds that take turns."""
    keys = {"keys": [jwk_of(platform_key())]}
    with _kring(keys) as kring, tempfile.TemporaryDirectory(prefix="kring-bench-") as folder:
        in_memory, in_file = _pylti1p3(keys, _Cache(":memory:")), _pylti1p3(keys, _Cache(f"{folder}/cache.sqlite"))
        parts = _alternate(
            {
                "Kring": lambda: _launch(kring),
                "Kring, new people": lambda: _launch(kring, is_new=True),
                "PyLTI1p3": lambda: _launch(in_memory),
                "PyLTI1p3, SQLite": lambda: _launch(in_file),
            }
        )
        with wsgi.counting(kring.extensions["kring"].database.engine) as statements:
            _launch(kring)
    checks = {"Kring": _check_kring, "PyLTI1p3": _checker(keys), "RSA": _check_signature}
    validating = {name: sum(pair) for name, pair in _alternate(checks).items()}
    whole = {name: sum(pair) for name, pair in parts.items()}
    print(f"{'':20}{'launches/s':>12}{'ms a launch':>14}{'login':>10}{'launch':>10}{'times PyLTI1p3':>18}{'RSA':>8}")
    for name, (login, launch) in parts.items():
        total = whole[name]
        print(f"{name:20}{1 / total:>12.0f}{total * 1000:>14.2f}{login * 1000:>10.2f}{launch * 1000:>10.2f}", end="")
        print(f"{whole['PyLTI1p3'] / total:>17.2f}x{validating['RSA'] / total:>8.1%}")
    print(f"a launch of somebody known sends {len(statements)} statements to Kring's database")
    print("validating the id_token only:", end="")
    for name in ("Kring", "PyLTI1p3"):
        print(f" {name} {validating[name] * 1e6:.0f} us,", end="")
    print(f" {validating['PyLTI1p3'] / validating['Kring']:.2f} times as many a second as PyLTI1p3;", end="")
    print(f" of each, RSA {validating['RSA'] * 1e6:.0f} us")


def _alternate(ways: dict[str, Callable[[], tuple[float, float]]]) -> dict[str, tuple[float, float]]:
    """Return the seconds of the two parts of each way, the median of rounds that take turns."""
    for way in ways.values():
        way()  # what is made once
    rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            pairs = [way() for _ in range(LAUNCHES)]
            rounds[name].append((statistics.fmean(a for a, _ in pairs), statistics.fmean(b for _, b in pairs)))
    return {
        name: (statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs))
        for name, pairs in rounds.items()
    }


# --- whole launches ---------------------------------------------------------------------------------------------------
@contextlib.contextmanager
def _kring(keys: dict[str, Any]) -> Iterator[Flask]:
    """Give the application, with one platform whose keys are known already."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kring-bench-"))
        settings = Settings(public_url=TOOL, database_url=f"sqlite:///{folder}/kring.sqlite")
        stack.enter_context(wsgi.logging_to_memory(settings))
        upgrade(settings.database_url)
        app = create_app(settings)
        database: Database = app.extensions["kring"].database
        stack.callback(database.dispose)
        with database.session(writes=True) as session:
            urls = {
                "authorization_url": REGISTRATION.authorization_url,
                "token_url": REGISTRATION.token_url,
                "jwks_url": REGISTRATION.jwks_url,
            }
            ids = {"name": "LMS", "issuer": REGISTRATION.issuer, "client_id": REGISTRATION.client_id}
            add_platform(session, ensure_tenant(session, settings, now=utc_now()), **ids, **urls, now=utc_now())
            session.commit()
        known = StoredKeySet(document=keys, fetched_at=utc_now())
        DatabaseKeySets(database).save(REGISTRATION.jwks_url, known)
        yield app


class _Cache:
    """What PyLTI1p3 asks of a cache; in memory, a dictionary is enough."""

    def __init__(self, path: str) -> None:
        self._values: dict[str, object] = {}
        self._file = None
        if path != ":memory:":
            self._file = sqlite3.connect(path, isolation_level=None)
            self._file.execute("PRAGMA journal_mode=WAL")
            self._file.execute("PRAGMA synchronous=NORMAL")
            self._file.execute("CREATE TABLE cache (key PRIMARY KEY, value)")

    def get(self, key: str) -> object:
        if self._file is None:
            return self._values.get(key)
        found = self._file.execute("SELECT value FROM cache WHERE key = ?", [key]).fetchone()
        return json.loads(found[0]) if found else None

    def set(self, key: str, value: object, _seconds: int | None) -> None:
        if self._file is None:
            self._values[key] = value
        else:
            self._file.execute("INSERT OR REPLACE INTO cache VALUES (?, ?)", [key, json.dumps(value)])


def _pylti1p3(keys: dict[str, Any], cache: _Cache) -> Flask:
    """Return the smallest tool on PyLTI1p3."""
    app = Flask("pylti1p3_tool")
    config = _pylti1p3_config(keys)

    @app.post("/lti/login")
    def login() -> Response:
        request = FlaskRequest()
        flow = FlaskOIDCLogin(request, config, launch_data_storage=FlaskCacheDataStorage(cache))
        return flow.redirect(request.get_param("target_link_uri"))

    @app.post("/lti/launch")
    def launch() -> Response:
        message = FlaskMessageLaunch(FlaskRequest(), config, launch_data_storage=FlaskCacheDataStorage(cache))
        message.get_launch_data()
        return redirect(f"/visits/{message.get_launch_id()}", 303)

    return app


def _pylti1p3_config(keys: dict[str, Any]) -> ToolConfDict:
    platform = {
        "client_id": REGISTRATION.client_id,
        "auth_login_url": REGISTRATION.authorization_url,
        "auth_token_url": REGISTRATION.token_url,
        "key_set_url": None,
        "key_set": keys,
        "deployment_ids": ["deployment-1"],
    }
    return ToolConfDict({REGISTRATION.issuer: [platform]})


def _launch(app: Flask, *, is_new: bool = False) -> tuple[float, float]:
    """Return the seconds of a login and of the launch that follows, in a browser of its own."""
    login, answer = wsgi.send(app, "/lti/login", base_url=TOOL, form=LOGIN)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    draft = _draft(query["nonce"][0])
    if is_new:
        draft.claims["sub"] = query["nonce"][0][:40]
    cookies = "; ".join(cookie.split(";")[0] for cookie in answer.headers.getlist("Set-Cookie"))
    form = {"id_token": draft.token(), "state": query["state"][0]}
    launch, answer = wsgi.send(app, "/lti/launch", base_url=TOOL, cookies=cookies, form=form)
    if answer.status_code != 303:
        raise RuntimeError(answer.get_data(as_text=True))
    return login, launch


def _draft(nonce: str) -> Draft:
    return good_launch(
        "student",
        key=platform_key(),
        kid=KID,
        issuer=REGISTRATION.issuer,
        client_id=REGISTRATION.client_id,
        nonce=nonce,
        target_link_uri=LAUNCH_URL,
        now=utc_now(),
    )


# --- validating only --------------------------------------------------------------------------------------------------
_KEYS = platform_keys()


def _check_kring() -> tuple[float, float]:
    token = _draft("nonce-1").token()
    begin = time.perf_counter()
    validate_launch(token, registration=REGISTRATION, nonce="nonce-1", keys=_KEYS, tool_url=TOOL, now=utc_now())
    return time.perf_counter() - begin, 0.0


def _checker(keys: dict[str, Any]) -> Callable[[], tuple[float, float]]:
    config = _pylti1p3_config(keys)

    def check() -> tuple[float, float]:
        form = {"id_token": _draft("nonce-1").token(), "state": "state-1"}
        known = {"cookies": {"lti1p3-state-1": "state-1"}, "session": {"lti1p3-nonce-nonce-1": True}}
        begin = time.perf_counter()
        FlaskMessageLaunch(FlaskRequest(**known, request_data=form, request_is_secure=True), config).validate()
        return time.perf_counter() - begin, 0.0

    return check


def _check_signature() -> tuple[float, float]:
    """Return the seconds that nobody can save: RSA itself, with the key at hand."""
    key = platform_key()
    signed = _draft("nonce-1").token().rpartition(".")[0].encode()
    signature = key.private_key.sign(signed, PKCS1v15(), SHA256())
    begin = time.perf_counter()
    key.public_key.verify(signature, signed, PKCS1v15(), SHA256())
    return time.perf_counter() - begin, 0.0


if __name__ == "__main__":
    main()
