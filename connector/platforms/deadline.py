"""An end to every request: a server that sends one byte now and then would pass each time-out between two bytes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

CALL_SECONDS = 20.0
"""How long a platform may take for all that a registration asks of it in one step."""


@contextmanager
def deadline(http: requests.Session, seconds: float = CALL_SECONDS) -> Iterator[None]:
    """Cut whatever connection `http` has open once `seconds` have gone by, and let it open no other.

    Who waits for an answer then gets an ordinary connection error. `http` must be new: it has no connections yet.
    """
    cutter = _Cutter()
    for adapter in http.adapters.values():
        manager = adapter.poolmanager  # type: ignore[attr-defined]
        manager.pool_classes_by_scheme = {
            scheme: cutter.watch(pool) for scheme, pool in manager.pool_classes_by_scheme.items()
        }
    timer = threading.Timer(seconds, cutter.cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        cutter.close()


class _Cutter:
    """Keeps a second handle of every socket: TLS takes the first one away."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handles: list[socket.socket] = []
        self._is_over = False

    def watch(self, pool: type[Any]) -> type[Any]:
        """Return `pool` with connections that are known here."""
        base, cutter = pool.ConnectionCls, self

        def connect(connection: Any) -> socket.socket:
            opened: socket.socket = base._new_conn(connection)  # noqa: SLF001 -- where urllib3 opens its sockets
            cutter.keep(connection, opened)
            return opened

        connection_class = type(f"Watched{base.__name__}", (base,), {"_new_conn": connect})
        return type(f"Watched{pool.__name__}", (pool,), {"ConnectionCls": connection_class})

    def keep(self, connection: Any, opened: socket.socket) -> None:
        """Note a socket, or refuse it where time is up."""
        with self._lock:
            if self._is_over:
                opened.close()
                raise NewConnectionError(connection, "no time is left")
            self._handles.append(opened.dup())

    def cut(self) -> None:
        """End every connection: a thread that reads from one wakes up."""
        with self._lock:
            self._is_over = True
            for handle in self._handles:
                with suppress(OSError):
                    handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the handles back."""
        with self._lock:
            for handle in self._handles:
                handle.close()
            self._handles.clear()
