"""How far requests to an endpoint may reach: to public addresses, further where the operator says so, and for the
embedded store to this machine and nowhere else, whatever stands in its row.
"""

import ipaddress
import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import NewConnectionError

from connector.config import Settings
from connector.delivery.models import Endpoint
from connector.outbound import new_session


def open_http(endpoint: Endpoint, settings: Settings) -> requests.Session:
    """Return an HTTP session that reaches no further than `endpoint` may."""
    session = new_session(settings)
    if endpoint.is_embedded:
        session.adapters.clear()
        session.mount("http://", _LoopbackAdapter(max_retries=0))
    return session


def is_private_name(host: str) -> bool:
    """Return whether a host, as it stands in a URL, says already that it is not public; most only tell when asked."""
    if f".{host.rstrip('.').lower()}".endswith(".localhost"):
        return True
    try:
        address = _address(host)
    except ValueError:
        return False
    return not address.is_global or address.is_multicast


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    address = ipaddress.ip_address(text.partition("%")[0])
    return (isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped) or address


class _LoopbackConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        if not _address(str(sock.getpeername()[0])).is_loopback:
            sock.close()
            raise NewConnectionError(self, f"{self.host} is not a loopback address")
        return sock


class _LoopbackPool(HTTPConnectionPool):
    ConnectionCls = _LoopbackConnection


class _LoopbackAdapter(HTTPAdapter):
    """An adapter whose connections end on this machine."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of guarded connections."""
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"http": _LoopbackPool}
