"""Takes what files say about who made them out of those that somebody sent, before others see them without a name."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from connector.content import offices, pdfs
from connector.content.errors import NamedFileError
from connector.content.models import Attachment
from connector.content.sniffing import PDF, TYPES, Kind
from connector.content.storage import FileStore

_OFFICE = frozenset(each.media_type for each in TYPES if each.kind is Kind.DOCUMENT and "vnd." in each.media_type)


def unname(session: Session, store: FileStore, files: Sequence[Attachment]) -> list[tuple[Attachment, str]]:
    """Take names out of PDFs and office documents; return those that keep them, each with the reason in words.

    Pictures were made anew when they were sent; texts, sound, films and archives stay as they are. It stores new bytes
    under the same keys: call it before anything else is done, and commit.

    Raises:
        StoreError: The store failed; nothing should be committed then.
    """
    named = []
    for file in files:
        if file.media_type != PDF.media_type and file.media_type not in _OFFICE:
            continue
        content = b"".join(store.read(file.storage_key, 0, file.size))
        try:
            cleaned = (pdfs if file.media_type == PDF.media_type else offices).without_author(content)
        except NamedFileError as error:
            named.append((file, str(error)))
            continue
        store.put(file.storage_key, cleaned)
        file.size = len(cleaned)
    session.flush()
    return named
