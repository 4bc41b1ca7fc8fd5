"""What a file is, by its bytes: neither its name nor what the browser calls it is asked."""

import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import IO

from connector.content.errors import RefusedFileError
from connector.web.i18n import gettext as _


class Kind(StrEnum):
    """What can be done with a file."""

    PICTURE = "picture"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of file that is taken."""

    kind: Kind
    media_type: str
    suffixes: tuple[str, ...]
    """What names of such files end with, the usual one first."""


PNG = FileType(Kind.PICTURE, "image/png", (".png",))
JPEG = FileType(Kind.PICTURE, "image/jpeg", (".jpg", ".jpeg"))
GIF = FileType(Kind.PICTURE, "image/gif", (".gif",))
WEBP = FileType(Kind.PICTURE, "image/webp", (".webp",))
MP3 = FileType(Kind.AUDIO, "audio/mpeg", (".mp3",))
M4A = FileType(Kind.AUDIO, "audio/mp4", (".m4a",))
OGG = FileType(Kind.AUDIO, "audio/ogg", (".ogg", ".oga", ".opus"))
WAV = FileType(Kind.AUDIO, "audio/wav", (".wav",))
WEBA = FileType(Kind.AUDIO, "audio/webm", (".weba", ".webm"))
MP4 = FileType(Kind.VIDEO, "video/mp4", (".mp4", ".m4v"))
WEBM = FileType(Kind.VIDEO, "video/webm", (".webm",))
PDF = FileType(Kind.DOCUMENT, "application/pdf", (".pdf",))
TEXT = FileType(Kind.DOCUMENT, "text/plain", (".txt", ".text", ".log"))
CSV = FileType(Kind.DOCUMENT, "text/csv", (".csv", ".tsv"))
MARKDOWN = FileType(Kind.DOCUMENT, "text/markdown", (".md", ".markdown"))
ZIP = FileType(Kind.DOCUMENT, "application/zip", (".zip",))
_OPENXML = "application/vnd.openxmlformats-officedocument"
_OFFICE = {
    "word/": FileType(Kind.DOCUMENT, f"{_OPENXML}.wordprocessingml.document", (".docx",)),
    "xl/": FileType(Kind.DOCUMENT, f"{_OPENXML}.spreadsheetml.sheet", (".xlsx",)),
    "ppt/": FileType(Kind.DOCUMENT, f"{_OPENXML}.presentationml.presentation", (".pptx",)),
}
_OPEN = "application/vnd.oasis.opendocument"
_OPEN_DOCUMENTS = {
    f"{_OPEN}.{name}": FileType(Kind.DOCUMENT, f"{_OPEN}.{name}", (suffix,))
    for name, suffix in (("text", ".odt"), ("spreadsheet", ".ods"), ("presentation", ".odp"))
}
TYPES = (
    *(PNG, JPEG, GIF, WEBP, MP3, M4A, OGG, WAV, WEBA, MP4, WEBM, PDF, TEXT, CSV, MARKDOWN, ZIP),
    *_OFFICE.values(),
    *_OPEN_DOCUMENTS.values(),
)

_HEAD = 64 * 1024
_CHUNK = 1024 * 1024
_DIRECTORY_LIMIT = 1_000_000  # bytes of a zip's table of contents: ten thousand files
_END_OF_ZIP = struct.Struct("<4s4H2LH")
_LONGEST_COMMENT = 65_535
_TEXT_CONTROLS = bytes(each for each in range(32) if each not in b"\t\n\r\f\x1b") + b"\x7f"
_MPEG_SYNC, _MPEG_MASK = 0xFFE0, 0xFFE0
_PICTURES_OF_PHONES = frozenset({b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"})


def sniff(file: IO[bytes], name: str) -> FileType:
    """Return what a file is.

    Args:
        file: Stands anywhere afterwards.
        name: Tells texts from each other (`.csv`, `.md`), and nothing else.

    Raises:
        RefusedFileError: It is of a type that is not taken, or not whole.
    """
    file.seek(0)
    head = file.read(_HEAD)
    if not head:
        raise RefusedFileError(_("This file is empty."))
    found = _by_signature(head) or _by_container(file, head)
    return found or _text(file, head, name)


def _by_signature(head: bytes) -> FileType | None:
    signatures: Mapping[bytes, FileType] = {
        b"\x89PNG\r\n\x1a\n": PNG,
        b"\xff\xd8\xff": JPEG,
        b"GIF87a": GIF,
        b"GIF89a": GIF,
        b"ID3": MP3,
        b"%PDF-": PDF,
    }
    for signature, found in signatures.items():
        if head.startswith(signature):
            return found
    if head[:4] == b"RIFF" and head[8:12] in {b"WEBP", b"WAVE"}:
        return WEBP if head[8:12] == b"WEBP" else WAV
    return MP3 if _is_mpeg_audio(head) else None


def _is_mpeg_audio(head: bytes) -> bool:
    """Return whether it begins with a frame of MPEG audio, layer III: texts in UTF-16 begin with the same two bytes.

    Source: ISO/IEC 11172-3, 2.4.1.3.
    """
    if len(head) < 4:  # noqa: PLR2004 -- the frame's header
        return False
    first, third = int.from_bytes(head[:2]), head[2]
    is_layer_three = (first >> 1) & 3 == 1 and (first >> 3) & 3 != 1
    bit_rate, sampling = third >> 4, (third >> 2) & 3
    return first & _MPEG_MASK == _MPEG_SYNC and is_layer_three and bit_rate not in {0, 15} and sampling != 3  # noqa: PLR2004 -- reserved


def _by_container(file: IO[bytes], head: bytes) -> FileType | None:
    if head[4:8] == b"ftyp":
        return _mp4(file, head)
    if head[:4] == b"OggS":
        return _ogg(head)
    if head[:4] == b"\x1aE\xdf\xa3":
        return _webm(head)
    if head[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        return _zip(file)
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise RefusedFileError(_("This is an old office format. Save it as .docx, .xlsx, .pptx or PDF, and send that."))
    return None


def _mp4(file: IO[bytes], head: bytes) -> FileType:
    brand = head[8:12]
    if brand in _PICTURES_OF_PHONES:
        raise RefusedFileError(
            _("Browsers do not show this kind of picture (HEIC, AVIF). Save it as JPEG, and send that.")
        )
    if brand == b"qt  ":
        raise RefusedFileError(_("Not all browsers play QuickTime films. Save it as MP4, and send that."))
    file.seek(0, 2)
    # What tells a film from sound stands where the index is: at the beginning, or at the end.
    file.seek(max(0, file.tell() - 4 * _HEAD))
    index = head + file.read(4 * _HEAD)
    if b"vide" in index:
        return MP4
    return M4A if b"soun" in index or brand in {b"M4A ", b"M4B "} else MP4


def _ogg(head: bytes) -> FileType:
    if any(codec in head[:512] for codec in (b"OpusHead", b"\x01vorbis", b"Speex   ", b"\x7fFLAC")):
        return OGG
    raise _not_taken()


def _webm(head: bytes) -> FileType:
    if b"webm" not in head[:64]:
        raise RefusedFileError(_("Not all browsers play this film (Matroska). Save it as MP4 or WebM, and send that."))
    return WEBM if b"V_VP" in head or b"V_AV1" in head else WEBA


def _zip(file: IO[bytes]) -> FileType:
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if any(name.endswith("vbaProject.bin") for name in names):
                raise RefusedFileError(
                    _("This file holds macros, which can do harm. Save it without them, and send that.")
                )
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:  # noqa: PLR2004 -- a media type
                return _OPEN_DOCUMENTS.get(archive.read("mimetype").decode("ascii", "replace"), ZIP)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, RuntimeError) as error:
        raise _not_whole() from error
    if "[Content_Types].xml" not in names:
        return ZIP
    return next((kind for folder, kind in _OFFICE.items() if any(name.startswith(folder) for name in names)), ZIP)


def _check_directory(file: IO[bytes]) -> None:
    """Refuse a zip whose table of contents would fill the memory when it is read.

    Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.16.
    """
    file.seek(0, 2)
    file.seek(max(0, file.tell() - _END_OF_ZIP.size - _LONGEST_COMMENT))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END_OF_ZIP.size:
        raise _not_whole()
    if _END_OF_ZIP.unpack_from(tail, at)[5] > _DIRECTORY_LIMIT:
        raise RefusedFileError(_("This archive holds too many files."))


def _text(file: IO[bytes], head: bytes, name: str) -> FileType:
    if b"<svg" in head[:4096].lower():
        raise RefusedFileError(
            _("An SVG picture can hold programs that would run in the reader's browser. Save it as PNG, and send that.")
        )
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        _check_utf16(file)
    else:
        file.seek(0)
        while chunk := file.read(_CHUNK):
            if len(chunk.translate(None, _TEXT_CONTROLS)) != len(chunk):
                raise _not_taken()
    ending = name.lower()
    return next((kind for kind in (CSV, MARKDOWN) if ending.endswith(kind.suffixes)), TEXT)


def _check_utf16(file: IO[bytes]) -> None:
    file.seek(0)
    try:
        text = file.read().decode("utf-16")
    except UnicodeDecodeError as error:
        raise _not_taken() from error
    if any(ord(each) < 32 and each not in "\t\n\r\f" for each in set(text)):  # noqa: PLR2004 -- the first that is no control
        raise _not_taken()


def _not_taken() -> RefusedFileError:
    return RefusedFileError(
        _(
            "Files of this kind are not taken. These are: pictures (PNG, JPEG, GIF, WebP), sound (MP3, M4A, OGG, WAV), "
            "films (MP4, WebM), PDF, office documents, text, CSV, Markdown and ZIP."
        )
    )


def _not_whole() -> RefusedFileError:
    return RefusedFileError(_("This file is damaged or not whole."))
