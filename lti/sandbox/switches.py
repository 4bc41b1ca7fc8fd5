"""What can be made to go wrong, so that a tool can be seen to bear it."""

from dataclasses import dataclass, fields
from typing import Any, Literal, get_type_hints


class SwitchError(ValueError):
    """There is no such switch, or it does not take that value; the message says which."""


@dataclass(kw_only=True)
class Faults:
    """The fault switches; all off to begin with. Those that count go down with each request that they spoil."""

    unauthorized: int = 0
    """So many service requests are answered with 401, whatever token they bring."""
    too_many_requests: int = 0
    """So many service requests are answered with 429."""
    server_errors: int = 0
    """So many service requests are answered with 503, and do nothing."""
    retry_after: int = 1
    """Seconds that a 429 or 503 asks the tool to wait."""
    key_set_errors: int = 0
    """So many requests for the platform's keys are answered with 500."""
    delay: float = 0
    """Seconds that tokens, keys and services wait before they answer."""
    lost_answers: int = 0
    """So many scores are stored, but the connection ends before the answer."""
    roster_loops: bool = False
    """Whether the roster's last page names the first as the next."""
    next_link_host: str = ""
    """Scheme and host that Link headers name in the place of ours; empty for ours."""
    generated_members: int = 0
    """So many more learners are in every course."""
    storage: Literal["", "silent", "off", "_parent", "post_message_forwarding"] = ""
    """Platform storage: empty as the mode has it; silent announces it and never answers; or the frame's name."""

    def change(self, wanted: dict[str, Any]) -> None:
        """Set the switches that are named.

        Raises:
            SwitchError: Nothing was changed, since there is no such switch or value.
        """
        known = {each.name: get_type_hints(Faults)[each.name] for each in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise SwitchError(f"there is no switch {name!r}; there are {', '.join(known)}")
            if not _is_proper(value, known[name]):
                raise SwitchError(f"{name} cannot be {value!r}")
        for name, value in wanted.items():
            setattr(self, name, value)

    def strikes(self, name: str) -> bool:
        """Return whether a counted fault spoils this request, and count it."""
        left = int(getattr(self, name))
        if left > 0:
            setattr(self, name, left - 1)
        return left > 0


def _is_proper(value: Any, kind: Any) -> bool:
    if kind is bool:
        return isinstance(value, bool)
    if kind in (int, float):
        return isinstance(value, int | kind) and not isinstance(value, bool) and 0 <= value <= 100_000  # noqa: PLR2004 -- a bound
    if kind is str:
        return isinstance(value, str)
    return value in kind.__args__
