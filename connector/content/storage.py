"""Where files are kept: a folder, or a bucket that speaks S3. Keys are random; nothing of a person stands in them."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import IO

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from connector.config import Settings
from connector.content.errors import StoreError

_CHUNK = 256 * 1024


class FileStore:
    """A folder (`file:///…`) or a bucket (`s3://…`), opened when it is first used."""

    def __init__(self, url: str) -> None:
        """Take the address; credentials for a bucket come from the environment: AWS_ACCESS_KEY_ID and so on."""
        self._url = url

    @cached_property
    def _store(self) -> ObjectStore:
        try:
            if self._url.startswith("file:"):
                return from_url(self._url, mkdir=True)
            return from_url(self._url)
        except (BaseError, ValueError, OSError) as error:
            raise StoreError(f"{self._url} cannot be opened: {error}") from error

    def put(self, key: str, content: IO[bytes] | bytes) -> None:
        """Store a file.

        Raises:
            StoreError: It was not stored.
        """
        try:
            obstore.put(self._store, key, content)
        except (BaseError, OSError) as error:
            raise StoreError(f"{key} was not stored: {error}") from error

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """Return the bytes of a file from `start` to before `end`, in pieces.

        Raises:
            StoreError: There is no such file, or it cannot be read.
        """
        if start == end:
            return iter(())
        try:
            found = obstore.get(self._store, key, options={"range": (start, end)})
        except (BaseError, OSError) as error:
            raise StoreError(f"{key} cannot be read: {error}") from error
        return (bytes(piece) for piece in found.stream(min_chunk_size=_CHUNK))

    def delete(self, keys: Iterable[str]) -> None:
        """Delete files; those that are not there are gone already.

        Raises:
            StoreError: One of them was not deleted.
        """
        for key in keys:
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError:
                continue
            except (BaseError, OSError) as error:
                raise StoreError(f"{key} was not deleted: {error}") from error

    def keys(self) -> Sequence[str]:
        """Return the names of all files; for tests, and for operators who look for what is left over."""
        return [each["path"] for page in obstore.list(self._store) for each in page]


def open_store(settings: Settings) -> FileStore:
    """Return the place where this installation keeps its files."""
    return FileStore(settings.files_location)
