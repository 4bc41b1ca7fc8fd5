"""Office documents: a copy without what it says about who made it. They are zips of XML, so no program is needed."""

import io
import re
import zipfile

from connector.content.errors import NamedFileError
from connector.content.jpegs import without_remarks
from connector.web.i18n import gettext as _

_MOST = 300_000_000
"""Bytes that a document may have unpacked."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OOXML = b"http://schemas.openxmlformats.org"
_EMPTIED = {
    "docProps/core.xml": _XML + b'<cp:coreProperties xmlns:cp="%s/package/2006/metadata/core-properties"/>' % _OOXML,
    "docProps/app.xml": _XML + b'<Properties xmlns="%s/officeDocument/2006/extended-properties"/>' % _OOXML,
    "docProps/custom.xml": _XML + b'<Properties xmlns="%s/officeDocument/2006/custom-properties"/>' % _OOXML,
    "meta.xml": _XML
    + b'<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3">'
    b"<office:meta/></office:document-meta>",
}
"""What stands in the place of the parts that tell of the author, the company and the programs."""
_AUTHOR = re.compile(rb"""(\sw(?:15|16du|16cex)?:author=)(?:"[^"]*"|'[^']*')""")
_INITIALS = re.compile(rb"""(\sw:initials=)(?:"[^"]*"|'[^']*')""")
_ACCOUNT = re.compile(rb"""(\s(?:w15:)?userId=)(?:"[^"]*"|'[^']*')""")
_PROVIDER = re.compile(rb"""(\s(?:w15:)?providerId=)(?:"[^"]*"|'[^']*')""")
_PERSON = re.compile(rb"""(\s(?:name|displayName|initials)=)(?:"[^"]*"|'[^']*')""")
_CREATOR = re.compile(
    rb"<(dc:creator|meta:creator-initials|loext:sender-initials|meta:initial-creator)(\s[^>]*)?>[^<]*</\1>"
)
_OF_COMMENTS = re.compile(rb"<author>[^<]*</author>")
_PEOPLE = ("xl/persons/", "ppt/authors", "ppt/commentAuthors")
"""Parts that list who remarked on something; elsewhere the same words mean other things."""
_PRINTER = re.compile(rb'(<config:config-item config:name="Printer(?:Name|Setup)"[^>]*>)[^<]*(</config:config-item>)')
_SIGNED = ("_xmlsignatures/", "META-INF/documentsignatures.xml", "META-INF/macrosignatures.xml")


def without_author(content: bytes) -> bytes:
    """Return an office document that reads the same, without the names of who made it, changed it and remarked on it.

    Raises:
        NamedFileError: It is locked, signed, damaged or too large; the message says what to do.

    Source: ECMA-376, part 2, 8.3; OpenDocument 1.3, part 2, 2.2 and part 3, 4.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check(archive)
            return _copy(archive)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, RuntimeError, ValueError, KeyError) as error:
        raise NamedFileError(_("it is damaged; save it anew")) from error


def _check(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if sum(each.file_size for each in archive.infolist()) > _MOST or len(set(names)) != len(names):
        raise NamedFileError(_("it is too large to look through"))
    if any(name.startswith(_SIGNED) for name in names):
        raise NamedFileError(_("it is signed; save it without the signature"))
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise NamedFileError(_("it is locked; save it without a password"))


def _copy(archive: zipfile.ZipFile) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for each in archive.infolist():
            told = zipfile.ZipInfo(each.filename, date_time=_EPOCH)
            # The first part of an OpenDocument says what it is, in the clear.
            told.compress_type = zipfile.ZIP_STORED if each.filename == "mimetype" else zipfile.ZIP_DEFLATED
            copy.writestr(told, _part(each.filename, archive.read(each)))
    return out.getvalue()


def _part(name: str, content: bytes) -> bytes:
    if name in _EMPTIED:
        return _EMPTIED[name]
    lower = name.lower()
    if lower.endswith((".jpg", ".jpeg")):
        return without_remarks(content)
    if not lower.endswith((".xml", ".rels")):
        return content
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise NamedFileError(_("it is written in a way that cannot be looked through; save it as PDF"))
    for found, said in ((_AUTHOR, b"Author"), (_INITIALS, b"A"), (_ACCOUNT, b"Author"), (_PROVIDER, b"None")):
        content = found.sub(rb'\1"%s"' % said, content)
    if name.startswith(_PEOPLE):
        content = _PERSON.sub(rb'\1"Author"', content)
    if name.startswith("xl/"):
        content = _OF_COMMENTS.sub(b"<author>Author</author>", content)
    content = _CREATOR.sub(rb"<\1\2>Author</\1>", content)
    return _PRINTER.sub(rb"\1\2", content)
