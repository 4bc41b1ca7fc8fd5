"""Serve the store: `python -m xapi.store --database FILE --user NAME`, with the password in the environment."""

import argparse
import os
from pathlib import Path

from xapi.store import Credential, StoreConfig
from xapi.store.serving import ServingError, serve

PASSWORD = "KRING_LRS_PASSWORD"  # noqa: S105 -- the name of the variable


def main(arguments: list[str] | None = None) -> None:
    """Serve the store until SIGTERM or SIGINT."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        config = StoreConfig(
            credentials=[Credential(options.user, _password(options.password_file))],
            database=options.database,
            base_path=options.base_path,
            public_url=options.public_url or f"http://{options.host}:{options.port}",
            max_body=options.max_body,
        )
        serve(config, host=options.host, port=options.port)
    except (OSError, ValueError, ServingError) as error:
        parser.error(str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m xapi.store", description="A small learning record store.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--database", type=Path, required=True, metavar="FILE", help="is made where it does not exist")
    parser.add_argument("--user", required=True, metavar="NAME", help="who may read and write")
    parser.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help=f"holds the password; else {PASSWORD} in the environment does",
    )
    parser.add_argument("--base-path", default="/xAPI", help="of the xAPI resources (%(default)s)")
    parser.add_argument("--public-url", metavar="URL", help="where others see the store, without the base path")
    parser.add_argument(
        "--max-body", type=int, default=16 * 1024 * 1024, metavar="BYTES", help="of a request (%(default)s)"
    )
    return parser


def _password(file: Path | None) -> str:
    """Return the password; no option takes it, because everybody on a machine can read the options of a program."""
    password = os.environ.get(PASSWORD, "") if file is None else file.read_text().strip()
    if not password:
        raise ValueError(f"a password is needed: in the file of --password-file, or in {PASSWORD}")
    return password


if __name__ == "__main__":
    main()
