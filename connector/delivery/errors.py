"""What can go wrong on the way to a destination."""


class DeliveryError(Exception):
    """Anything that this package raises."""


class LeaseLostError(DeliveryError):
    """The lane's lease ran out: what it held belongs to whoever takes the lane next."""


class DestinationError(DeliveryError):
    """The whole lane has to wait; nothing is wrong with the messages themselves."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status of the answer; None where none came."""


class DestinationDownError(DestinationError):
    """The destination does not work at present: wait and send the same again."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        is_batch_suspect: bool = False,
    ) -> None:
        super().__init__(message, status=status)
        self.retry_after = retry_after
        """The least number of seconds to wait, as the destination asked or its state demands; None where neither does."""
        self.is_batch_suspect = is_batch_suspect
        """Whether a smaller batch may go better: it stumbled over this one instead of turning us away."""


class DestinationClosedError(DestinationError):
    """Somebody has to mend the address, the credentials or the destination; until then it is only probed."""
