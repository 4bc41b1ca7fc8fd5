"""What may go wrong between a platform and this tool; everything that `lti` raises on purpose is in this tree.

    LtiError                        a message breaks a rule, or cannot be judged
    ├── LoginError                  a login request (or a platform's answer to ours) lacks something or is too long
    ├── LaunchError                 an id_token, or a claim in it, is refused
    ├── KeySetError                 a key that is needed cannot be had; trying again later may help
    ├── NoticeError                 a notice is refused
    ├── DeepLinkingError            the platform would not take what was chosen
    ├── ScoreError                  a score breaks a rule, so it is not even sent
    ├── RegistrationError           a registration with a platform failed
    └── ServiceError                a platform's service did not do what was asked
        ├── ServiceUnavailableError     no answer to rely on: wait (`retry_after`), then ask again
        ├── ServiceConflictError        the platform holds something newer, or this very thing: read it back
        ├── ServiceRefusedError         this call will never work: tell the trainer
        ├── ServiceClosedError          no call will work until somebody mends the registration
        └── IncompleteListError         a list broke off: what it named is true, what it did not name is unknown

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


class NoticeError(LtiError):
    """A notice is refused; trying the same one again cannot help."""


class DeepLinkingError(LtiError):
    """The platform would not take what was chosen; nothing has been sent."""


class ScoreError(LtiError):
    """A score breaks a rule that holds on every platform; nothing has been sent."""


class RegistrationError(LtiError):
    """A platform's configuration or its answer to a registration is refused, or the platform refused ours."""

    detail: str | None = None
    """What the platform said, for the administrator."""


class ServiceError(LtiError):
    """A platform's service did not do what was asked."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        detail: str | None = None,
    ) -> None:
        super().__init__(code, message)
        self.status = status
        """The HTTP status of the answer; None where none came."""
        self.retry_after = retry_after
        """Seconds that the platform asked us to wait; None where it said nothing of the kind."""
        self.detail = detail
        """What the platform said. It may repeat the request and so name a person: to be shown to trainers, not logged."""


class ServiceUnavailableError(ServiceError):
    """The platform is out of reach, overloaded, or answered with something that is no answer."""


class ServiceConflictError(ServiceError):
    """The platform holds something at least as new."""


class ServiceRefusedError(ServiceError):
    """The platform refuses this call for good; other calls may work."""


class ServiceClosedError(ServiceError):
    """The platform gives this tool no token: no call can work until somebody mends the registration."""


class IncompleteListError(ServiceError):
    """A list broke off before its end, so nobody may be called absent because of it."""
