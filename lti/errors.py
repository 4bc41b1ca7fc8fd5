"""What may go wrong between a platform and this tool; everything that `lti` raises on purpose is in this tree.

    LtiError                a message breaks a rule, or cannot be judged
    ├── LoginError          a login request (or a platform's answer to ours) lacks something or is too long
    ├── LaunchError         an id_token, or a claim in it, is refused
    └── KeySetError         a key that is needed cannot be had; trying again later may help

`code` is stable, snake_case and made for programs: error pages and translations hang on it. `str(error)` is made for the
log and the administrator: it names the claim or parameter and the kind of value, but neither the token nor a person.
"""


class LtiError(Exception):
    """A message that breaks a rule of LTI, or one that cannot be judged."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        """What is wrong, for programs; never changes its spelling."""


class LoginError(LtiError):
    """A login request cannot be answered."""


class LaunchError(LtiError):
    """An id_token is refused; trying the same token again cannot help."""

    return_url: str | None = None
    """Where the platform wants the person back; known only once the signature is found good."""


class KeySetError(LtiError):
    """A key cannot be had: the platform's set is out of reach or unreadable, or this tool has no key to sign with."""
