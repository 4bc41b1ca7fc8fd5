"""Endpoints that are no learning record store at all, or not one to be trusted: the lane stops, says why, and loses nothing."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connector.config import Settings
from connector.delivery import lrs
from connector.delivery.errors import DestinationClosedError, DestinationDownError
from connector.delivery.models import Endpoint
from connector.delivery.reach import open_http
from connector.sealing import seal
from tests import make
from tests.connector.delivery import build, faults
from tests.connector.delivery.stores import Store
from tests.connector.delivery.test_lrs import parcels

SECRET = "s" * 32
ANYWHERE = Settings(secret_key=SECRET, allow_private_addresses=True)
PUBLIC_ONLY = Settings(secret_key=SECRET)


def deliver(url, settings=ANYWHERE, *, is_embedded=False, **changes):
    values = {"username": build.USERNAME, "password": build.PASSWORD, **changes}
    endpoint = Endpoint(
        url=url,
        username=values["username"],
        password=seal(SECRET, values["password"].encode()),
        version="1.0.3",
        is_embedded=is_embedded,
        succeeded_at=make.NOW,
    )
    with open_http(endpoint, settings) as http:
        made = parcels(3)
        return [
            id_ for step in lrs.connect(endpoint, settings, http).deliver(made, byte_limit=10**6) for id_ in step.done
        ]


@pytest.fixture
def untrusted(tmp_path):
    """A store whose certificate nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "both.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    store = Store(tmp_path, tls=context)
    yield store
    store.close()


def test_a_certificate_that_nobody_vouches_for_closes_the_lane(untrusted):
    with pytest.raises(DestinationClosedError, match="certificate"):
        deliver(untrusted.url)
    assert untrusted.posts == []


def test_plain_http_to_a_port_for_tls_gets_nothing_through(untrusted):
    with pytest.raises((DestinationClosedError, DestinationDownError)):
        deliver(untrusted.url.replace("https", "http"))
    assert untrusted.posts == []


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (faults.html, "answers HTML"),
        (faults.redirect, "elsewhere.example"),
        (faults.gigabytes_after_commit, "more than"),
        (faults.unauthorized, "401"),
    ],
    ids=["html", "redirect", "gigabytes", "unauthorized"],
)
def test_what_is_no_store_closes_the_lane_and_says_why(any_store, fault, why):
    any_store.faults.append(fault)
    with pytest.raises(DestinationClosedError, match=why):
        deliver(any_store.url)
    assert len(any_store.posts) == 1


@pytest.mark.parametrize(
    "fault",
    [faults.truncated_after_commit, faults.nothing_at_all, faults.reset_before_commit],
    ids=lambda f: f.__name__,
)
def test_an_answer_that_breaks_off_has_the_lane_wait_in_peace(any_store, fault):
    any_store.faults.append(fault)
    with pytest.raises(DestinationDownError) as caught:
        deliver(any_store.url)
    assert (caught.value.is_batch_suspect, caught.value.retry_after) == (True, 60)


def test_a_private_address_that_is_not_allowed_gets_nothing(store):
    with pytest.raises(DestinationDownError, match="not a public address"):
        deliver(store.url, PUBLIC_ONLY)
    with pytest.raises(DestinationDownError, match="not a public address"):
        deliver(store.url.replace("127.0.0.1", "localhost"), PUBLIC_ONLY)
    assert store.posts == []


def test_the_embedded_store_is_reached_where_private_addresses_are_not_allowed(store):
    assert deliver(store.url, PUBLIC_ONLY, is_embedded=True) == [0, 1, 2]


@pytest.mark.parametrize("username", ["kring", "søren", "名前"])
@pytest.mark.parametrize("password", ["wrong", "falsch ä€", "密码 with : and spaces"])
def test_credentials_in_any_script_arrive_and_are_judged(any_store, username, password):
    with pytest.raises(DestinationClosedError) as caught:
        deliver(any_store.url, username=username, password=password)
    assert caught.value.status == 401
