"""What can be wrong with a file that somebody sends."""


class RefusedFileError(Exception):
    """A file that is not taken; the message is a sentence for who sent it, in their language."""


class StoreError(Exception):
    """The place where files are kept did not do what was asked of it."""


class NamedFileError(Exception):
    """The name of who made a file cannot be taken out of it; the message says why and what to do, as half a sentence."""
