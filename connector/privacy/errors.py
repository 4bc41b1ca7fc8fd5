"""What can go wrong with what people ask of us about themselves."""


class PrivacyError(Exception):
    """Anything that this package raises."""


class PersonUnknownError(PrivacyError):
    """Nobody of this kind is known, or no longer."""


class ErasureUnknownError(PrivacyError):
    """No erasure has this number."""
