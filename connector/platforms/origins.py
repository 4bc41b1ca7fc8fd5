"""Origins that go into a header of ours: whatever could end the header's own part is no origin."""

import re

from lti.values import origin

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:.]*:[0-9a-f:.]*")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def clean_origin(url: str) -> str | None:
    """Return scheme, host and port of a web address, fit for a security policy; None where it is not fit."""
    found = origin(url)
    if found is None:
        return None
    scheme, host, port = found
    if not _HOST.fullmatch(host):
        return None
    named = f"[{host}]" if ":" in host else host
    return f"{scheme}://{named}" if port == _DEFAULT_PORTS[scheme] else f"{scheme}://{named}:{port}"
