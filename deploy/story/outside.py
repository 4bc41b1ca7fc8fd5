"""Somebody from outside in the story: they read their mail, open its link, and answer."""

import re
import time

from deploy.servers import Demo
from deploy.visitor import Page, Visitor, taken

_PATIENCE = 60  # seconds
_CODE = re.compile(r"^(\d{6})\s*$", re.MULTILINE)


def open_link(demo: Demo, visitor: Visitor, address: str) -> Page:
    """Let somebody follow the link that was mailed to them, and confirm their browser by the code that comes then."""
    link = _wait_for_mail(demo, address, re.compile(rf"{re.escape(demo.tool_url)}/guest/\S+"))
    demo.guest_link = link
    taken(visitor.send(visitor.get(link).form("/code")))
    code = _wait_for_mail(demo, address, _CODE)
    return taken(visitor.send(visitor.get(link).form("/confirm"), {"code": code}))


def _wait_for_mail(demo: Demo, address: str, wanted: re.Pattern[str]) -> str:
    """Return what somebody looks for in their newest mail that has it.

    Raises:
        RuntimeError: No such mail came.
    """
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        for text in reversed(demo.mailbox.texts_for(address)):
            if found := wanted.search(text):
                return found[found.lastindex or 0]
        time.sleep(0.2)
    raise RuntimeError(f"no mail to {address} has {wanted.pattern}")
