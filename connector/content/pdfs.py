"""PDFs: whether they hold scripts, and a copy without what tells who made them."""

import io
from collections.abc import Iterable
from typing import IO, Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from connector.content.errors import NamedFileError, RefusedFileError
from connector.content.jpegs import without_remarks
from connector.web.i18n import gettext as _

_MOST_OBJECTS = 200_000
_ACTIONS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm"})
_SAYS_WHO = ("/Metadata", "/PieceInfo", "/LastModified", "/AF")
"""What any object may carry beside what is shown: XMP, what programs note for themselves, dates, files that belong to it."""
_MARK_SAYS_WHO = ("/T", "/M", "/CreationDate", "/NM", "/RC")
"""What a remark on a page says of who wrote it, and when."""
# Each kind of damage comes out as an error of its own.
_DAMAGE = (
    PyPdfError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
    OSError,
    OverflowError,
)


def refuse_scripts(file: IO[bytes]) -> None:
    """Refuse a PDF that does something when it is opened. What cannot be read is let through: it runs nowhere, either.

    Raises:
        RefusedFileError: It holds a script, or starts programs, or sends something.

    Source: ISO 32000-2, 12.6.4.
    """
    file.seek(0)
    try:
        reader = PdfReader(file)
        acts = not reader.is_encrypted and any(_acts(each) for each in _objects(reader))
    except _DAMAGE:
        acts = False
    file.seek(0)
    if acts:
        raise RefusedFileError(
            _("This PDF holds a script or starts programs, which can do harm. Print it into a new PDF, and send that.")
        )


def without_author(content: bytes) -> bytes:
    """Return a PDF that looks the same, without what it says about who made it, when, and with what.

    Raises:
        NamedFileError: It is locked, signed or damaged; the message says what to do.
    """
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise NamedFileError(_("it is locked; save it without a password"))
        if _is_signed(reader):
            raise NamedFileError(_("it is signed; save it without the signature"))
        writer = PdfWriter(clone_from=reader)
        for each in _objects(writer):
            _clean(each)
        names = writer.root_object.get("/Names")
        if names is not None:
            names.get_object().pop("/EmbeddedFiles", None)
        # What nothing leads to any more is still written; of a second copy it is no part.
        out = _written(PdfWriter(clone_from=PdfReader(io.BytesIO(_written(writer)))))
    except _DAMAGE as error:
        raise NamedFileError(_("it is damaged; print it into a new PDF")) from error
    return out


def _written(writer: PdfWriter) -> bytes:
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _objects(document: PdfReader | PdfWriter) -> Iterable[Any]:
    """Yield everything that the document's root leads to, once.

    Raises:
        ValueError: There is far too much of it.
    """
    waiting: list[Any] = [document.root_object]
    seen: set[tuple[int, int]] = set()
    count = 0
    while waiting:
        each = waiting.pop()
        if isinstance(each, IndirectObject):
            if (each.idnum, each.generation) in seen:
                continue
            seen.add((each.idnum, each.generation))
            each = each.get_object()
        if isinstance(each, DictionaryObject):
            yield each
            waiting += [each.raw_get(key) for key in each]
        elif isinstance(each, ArrayObject):
            waiting += list(each)
        count += 1
        if count > _MOST_OBJECTS:
            raise ValueError("too many objects")


def _acts(each: DictionaryObject) -> bool:
    return "/JS" in each or each.get("/S") in _ACTIONS


def _is_signed(reader: PdfReader) -> bool:
    return any(each.get("/FT") == "/Sig" and "/V" in each for each in _objects(reader))


def _clean(each: DictionaryObject) -> None:
    for key in _SAYS_WHO:
        each.pop(key, None)
    is_mark = each.get("/Type") == "/Annot" or ("/Subtype" in each and "/Rect" in each)
    if is_mark and each.get("/Subtype") != "/Widget":  # the name of a form's field stands in the same place
        for key in _MARK_SAYS_WHO:
            each.pop(key, None)
    if isinstance(each, StreamObject) and each.get("/Filter") == "/DCTDecode":
        each._data = without_remarks(each._data)  # noqa: SLF001 -- as stored; what is public decodes it
