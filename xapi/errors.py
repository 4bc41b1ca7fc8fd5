"""What can go wrong with xAPI, sorted by what the caller has to do about it.

```
XapiError
├── InvalidStatementError      a statement breaks the specification: mend the code that made it
├── ProfileError               a statement is none of our profile's, or breaks the rules of its template
└── LRSError                   a learning record store did not do what was asked
    ├── LRSUnavailableError    no answer to rely on: wait (`retry_after`), then send the same bytes
    ├── LRSAmbiguousError      nobody knows whether it was stored: send the same bytes again
    ├── LRSConflictError       an id is known with other content: ask for each id
    ├── LRSRejectedError       a statement of the batch is refused: halve the batch until it is found
    ├── LRSTooLargeError       the batch is too large: send less at a time
    ├── LRSRefusedError        the credentials do not suffice: pause until somebody mends them
    └── LRSMisconfiguredError  this is no learning record store: pause until somebody mends the address
```
"""


class XapiError(Exception):
    """Anything that this package raises."""


class InvalidStatementError(XapiError):
    """A statement breaks the specification; its text is a sentence that names the place."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        """Where in the statement, such as `actor.mbox` or `attachments[0].sha2`; empty for the statement as a whole."""
        self.reason = reason
        """What is wrong there: the rest of a sentence that begins with the path."""

    def __str__(self) -> str:
        return f"{self.path or 'The statement'} {self.reason}."


class ProfileError(XapiError):
    """A statement is no event of our profile, or does not follow its template."""


class LRSError(XapiError):
    """A learning record store did not do what it was asked to."""

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status of the answer; None where none came."""
        self.retry_after = retry_after
        """Seconds that the store asked us to wait; None where it said nothing of the kind."""


class LRSUnavailableError(LRSError):
    """The store cannot be reached, is overloaded or failed."""


class LRSAmbiguousError(LRSError):
    """The connection ended after the request had been sent: the store may have it or not."""


class LRSConflictError(LRSError):
    """The store holds other content under one of the ids (409)."""


class LRSRejectedError(LRSError):
    """The store finds the request, or a statement in it, invalid (400, 422)."""


class LRSTooLargeError(LRSError):
    """The store takes no request of that size (413)."""


class LRSRefusedError(LRSError):
    """The store does not accept the credentials, or not for this (401, 403)."""


class LRSMisconfiguredError(LRSError):
    """What answers at that address is no learning record store, or not at that path."""
