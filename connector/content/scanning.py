"""A look for viruses, where the operator has a program for it."""

import shlex
import subprocess
import tempfile
from typing import IO

import structlog

from connector.content.errors import RefusedFileError
from connector.web.i18n import gettext as _

log = structlog.get_logger(__name__)

_INFECTED = 1
_SECONDS = 60
_CHUNK = 1024 * 1024


def scan(command: str, file: IO[bytes]) -> None:
    """Let a program look at a file, as clamdscan does: it gets the file's path, and ends with 0 for a clean one.

    Args:
        command: The program with its arguments, as in a shell; empty for none.
        file: Stands anywhere afterwards.

    Raises:
        RefusedFileError: The program found something, or could not look: what nobody has looked at is not taken.
    """
    if not command:
        return
    file.seek(0)
    with tempfile.NamedTemporaryFile(prefix="kring-scan-") as copy:
        while chunk := file.read(_CHUNK):
            copy.write(chunk)
        copy.flush()
        try:
            result = subprocess.run(  # noqa: S603 -- the operator's own command
                [*shlex.split(command), copy.name], capture_output=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            log.warning("scan_failed", error=type(error).__name__)
            raise _not_looked_at() from error
    if result.returncode == _INFECTED:
        log.warning("scan_found", output=result.stdout[:500].decode(errors="replace"))
        raise RefusedFileError(_("Our virus scanner holds this file for harmful, so it was not taken."))
    if result.returncode != 0:
        log.warning("scan_failed", status=result.returncode, output=result.stderr[:500].decode(errors="replace"))
        raise _not_looked_at()


def _not_looked_at() -> RefusedFileError:
    return RefusedFileError(_("Files cannot be checked for viruses at the moment, so none are taken. Try again later."))
