"""Serve the sandbox LMS: `python -m lti.sandbox --port 8001 --tool-url http://localhost:8000 --data .sandbox`."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from werkzeug.serving import WSGIRequestHandler, make_server

from lti.sandbox.app import SandboxConfig, create_app
from lti.sandbox.modes import ModeName


class _QuietHandler(WSGIRequestHandler):
    """Writes errors only: who looks at the sandbox does not want a line for each picture."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lti.sandbox", description="A little LMS with one LTI tool in it.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--url", help="the public base, where it is not http://HOST:PORT")
    parser.add_argument("--tool-url", default="http://localhost:8000", help="the tool's public base")
    parser.add_argument("--client-id", default="kring-sandbox")
    parser.add_argument("--deployment-id", default="1")
    parser.add_argument("--data", type=Path, help="the folder of its database; without it, nothing is kept")
    parser.add_argument("--mode", choices=get_args(ModeName), default="plain", help="the LMS that it behaves like")
    parser.add_argument("--issuer", help="what it calls itself, where that is not its address; Canvas shares one")
    given = parser.parse_args(arguments)
    config = SandboxConfig(
        url=(given.url or f"http://{given.host}:{given.port}").rstrip("/"),
        tool_url=given.tool_url.rstrip("/"),
        client_id=given.client_id,
        deployment_id=given.deployment_id,
        data=given.data,
        mode=given.mode,
        issuer=given.issuer,
    )
    server = make_server(given.host, given.port, create_app(config), threaded=True, request_handler=_QuietHandler)
    # The server stops, and closes its socket, on KeyboardInterrupt; a supervisor sends SIGTERM, and a shell starts what
    # goes on in the background so that it ignores SIGINT.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    print(f"Sandbox LMS: {config.url}", flush=True)  # noqa: T201 -- the one line that says where it is
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
