"""What goes wrong between a worker and a store: each fault befalls one request."""

import time
from email.utils import formatdate

from tests.connector.delivery.dialects import Reply
from tests.connector.delivery.stores import Exchange

_HTML = b"<!DOCTYPE html><html><body><h1>Welcome to our network</h1></body></html>"
_MOST_BYTES = 2_000
_NOW = 1_760_000_000


def silent_before_commit(exchange: Exchange) -> None:
    exchange.wait()


def silent_after_commit(exchange: Exchange) -> None:
    exchange.commit()
    exchange.wait()


def reset_before_commit(exchange: Exchange) -> None:
    exchange.hang_up(reset=True)


def reset_after_commit(exchange: Exchange) -> None:
    exchange.commit()
    exchange.hang_up(reset=True)


def nothing_at_all(exchange: Exchange) -> None:
    exchange.hang_up()


def busy_for_seconds(exchange: Exchange) -> None:
    exchange.say(Reply(429, b"", {"Retry-After": "90"}))


def busy_until_a_date(exchange: Exchange) -> None:
    dates = {"Date": formatdate(_NOW, usegmt=True), "Retry-After": formatdate(_NOW + 600, usegmt=True)}
    exchange.say(Reply(429, b"", dates))


def too_large(exchange: Exchange) -> None:
    """Refuse a batch over a size; one statement alone always passes."""
    if len(exchange.ids) > 1 and len(exchange.ask.body) > _MOST_BYTES:
        exchange.say(Reply(413, b"<html>Request Entity Too Large</html>", {"Content-Type": "text/html"}))
    else:
        exchange.say(exchange.commit())


def deadlock(exchange: Exchange) -> None:
    exchange.say(Reply(500, b'{"error": "deadlock detected"}'))


def bad_gateway_after_commit(exchange: Exchange) -> None:
    exchange.commit()
    exchange.say(Reply(502, _HTML, {"Content-Type": "text/html"}))


def unavailable(exchange: Exchange) -> None:
    exchange.say(Reply(503))


def slow(exchange: Exchange) -> None:
    time.sleep(0.03)
    exchange.say(exchange.commit())


def html(exchange: Exchange) -> None:
    exchange.say(Reply(200, _HTML, {"Content-Type": "text/html"}))


def truncated_after_commit(exchange: Exchange) -> None:
    exchange.commit()
    exchange.say(Reply(200, b'["6690e6c9-3ef0', {"Content-Type": "application/json"}), length=5_000)


def redirect(exchange: Exchange) -> None:
    exchange.say(Reply(302, b"", {"Location": "https://elsewhere.example/xAPI/statements"}))


def gigabytes_after_commit(exchange: Exchange) -> None:
    exchange.commit()
    exchange.say(Reply(200, b"[", {"Content-Type": "application/json"}), length=3_000_000_000)
    while True:
        exchange.wfile.write(b" " * 0x40000)


def unauthorized(exchange: Exchange) -> None:
    exchange.say(Reply(401))


ALL = (
    silent_before_commit,
    silent_after_commit,
    reset_before_commit,
    reset_after_commit,
    nothing_at_all,
    busy_for_seconds,
    busy_until_a_date,
    too_large,
    deadlock,
    bad_gateway_after_commit,
    unavailable,
    slow,
    html,
    truncated_after_commit,
    redirect,
    gigabytes_after_commit,
    unauthorized,
)
