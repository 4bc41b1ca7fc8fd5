"""A look at a file before it is taken: its type by its bytes, its size, its name, and what a scanner says."""

from dataclasses import dataclass
from typing import IO

from connector.config import Settings
from connector.content import file_names, pdfs, pictures, scanning, sniffing
from connector.content.errors import RefusedFileError
from connector.content.sniffing import FileType, Kind
from connector.web.i18n import gettext as _

MEGABYTE = 1_000_000
_MEDIA = {Kind.AUDIO, Kind.VIDEO}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A file that was looked at, and may be stored."""

    name: str
    file_type: FileType
    content: IO[bytes] | bytes
    size: int
    width: int | None = None
    height: int | None = None


def inspect(file: IO[bytes], sent_name: str, settings: Settings) -> Ready:
    """Return a file as it will be stored; takes seconds for large ones, so no transaction should wait for it.

    Raises:
        RefusedFileError: It is too large, of a type that is not taken, damaged, harmful, or not what its name says.
    """
    name = file_names.clean_name(sent_name)
    size = file.seek(0, 2)
    file_type = sniffing.sniff(file, name)
    _check_size(file_type.kind, size, settings)
    name = _true_name(name, file_type)
    scanning.scan(settings.scan_command, file)
    if file_type.kind is Kind.PICTURE:
        picture = pictures.remake(file, file_type)
        return Ready(
            name=name,
            file_type=file_type,
            content=picture.content,
            size=len(picture.content),
            width=picture.width,
            height=picture.height,
        )
    if file_type is sniffing.PDF:
        pdfs.refuse_scripts(file)
    file.seek(0)
    return Ready(name=name, file_type=file_type, content=file, size=size)


def _check_size(kind: Kind, size: int, settings: Settings) -> None:
    limit: int = getattr(settings, f"{kind}_megabytes")
    if size > limit * MEGABYTE:
        sentences = {
            Kind.PICTURE: _("This picture is larger than %(limit)s MB.", limit=limit),
            Kind.AUDIO: _("This recording is larger than %(limit)s MB.", limit=limit),
            Kind.VIDEO: _("This film is larger than %(limit)s MB.", limit=limit),
            Kind.DOCUMENT: _("This file is larger than %(limit)s MB.", limit=limit),
        }
        raise RefusedFileError(sentences[kind])


def _true_name(name: str, file_type: FileType) -> str:
    """Return a name that ends as its content does; a name that says quite another thing is a disguise."""
    suffix = file_names.split_name(name)[1]
    claimed = {each.kind for each in sniffing.TYPES if suffix in each.suffixes}
    if not claimed or suffix in file_type.suffixes:
        return file_names.with_suffix(name, file_type.suffixes, others=frozenset())
    # Browsers save WebP as .jpg, and recorders call sound .mp4: nobody is deceived by that.
    alike = {Kind.PICTURE: {Kind.PICTURE}, Kind.AUDIO: _MEDIA, Kind.VIDEO: _MEDIA, Kind.DOCUMENT: set()}
    if not claimed & alike[file_type.kind]:
        raise RefusedFileError(_("The name ends in %(suffix)s, but the file is something else.", suffix=suffix))
    return file_names.with_suffix(name, file_type.suffixes, others=frozenset({suffix}))
