import socket

import pytest
import requests

from connector.config import Settings
from connector.delivery.models import Endpoint
from connector.delivery.reach import is_private_name, open_http

PUBLIC_ONLY = Settings()


def embedded():
    return open_http(Endpoint(is_embedded=True), PUBLIC_ONLY)


def test_the_embedded_store_is_reached(store):
    with embedded() as http:
        assert http.get(f"{store.url}/about").status_code == 200


def test_other_endpoints_do_not_reach_this_machine(store):
    http = open_http(Endpoint(is_embedded=False), PUBLIC_ONLY)
    with http, pytest.raises(requests.ConnectionError, match="not a public address"):
        http.get(f"{store.url}/about")


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.7", "169.254.169.254", "fe80::1%eth0", "93.184.215.14"])
def test_the_embedded_store_is_nowhere_else(address, monkeypatch):
    class Connected(socket.socket):
        def getpeername(self):
            return (address, 80)

    monkeypatch.setattr("urllib3.util.connection.create_connection", lambda *_args, **_more: Connected())
    with embedded() as http, pytest.raises(requests.ConnectionError, match="not a loopback"):
        http.get("http://lrs.example/")


def test_the_embedded_store_is_spoken_to_in_plain_http_only():
    with embedded() as http, pytest.raises(requests.exceptions.InvalidSchema):
        http.get("https://127.0.0.1:9/")


@pytest.mark.parametrize(
    ("host", "is_private"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("lrs.localhost", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("::ffff:10.0.0.1", True),
        ("224.0.0.1", True),
        ("lrs.example", False),
        ("notlocalhost", False),
        ("93.184.215.14", False),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", False),
    ],
)
def test_a_host_may_say_itself_that_it_is_private(host, is_private):
    assert is_private_name(host) is is_private
