"""Ports for servers that must be told theirs: nobody else is given them, and no outgoing connection is.

The system gives outgoing connections, and whoever binds port 0, a port of the ephemeral range; a port from there that was
free a moment ago may be taken when the server starts. These lie below it. Each process takes blocks of its own, and holds
a block by its first port until it ends, so that workers, and other runs on the same machine, never get the same one.
"""

import os
import socket
from itertools import count, islice

HOST = "127.0.0.1"
LOWEST, HIGHEST = 20_000, 32_000
BLOCK = 100

_held: list[socket.socket] = []
_left: list[int] = []


def free_ports(many: int) -> int:
    """Return the first of `many` ports in a row that nobody listens on, and that are given to nobody else."""
    while True:
        if len(_left) < many:
            _left[:] = _take_block()
        row, _left[:many] = _left[:many], []
        if all(map(_is_free, row)):
            return row[0]


def free_port() -> int:
    """Return a port that nobody listens on, and that is given to nobody else."""
    return free_ports(1)


def _take_block() -> list[int]:
    """Hold the first port of a block, and return the others; where a process looks first depends on its number."""
    blocks = range(LOWEST, HIGHEST, BLOCK)
    for first in islice((blocks[number % len(blocks)] for number in count(os.getpid())), len(blocks)):
        guard = socket.socket()
        try:
            guard.bind((HOST, first))
        except OSError:
            guard.close()
            continue
        _held.append(guard)
        return list(range(first + 1, first + BLOCK))
    raise RuntimeError(f"every port from {LOWEST} to {HIGHEST} is taken")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
