"""What files say of who made them goes; what cannot be taken out is said in words; PDFs with scripts are refused."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from connector.content import offices, pdfs
from connector.content.errors import NamedFileError, RefusedFileError
from connector.content.inspecting import inspect
from connector.content.jpegs import without_remarks
from tests.connector.content import documents
from tests.connector.content.documents import NAME, OFFICE
from tests.connector.threads.members import translated  # noqa: F401 -- a fixture

pytestmark = pytest.mark.usefixtures("translated")


def unpacked(content):
    """Return all that a document holds, with what is packed in it."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return b"\n".join(archive.read(each) for each in archive.infolist())
    reader = PdfReader(io.BytesIO(content))
    found = [content]
    for each in pdfs._objects(reader):
        found += [str(dict(each)).encode(), getattr(each, "_data", b"")]
    return b"\n".join(found)


def test_a_pdf_loses_its_author_and_keeps_its_pages():
    before = documents.pdf()
    after = pdfs.without_author(before)
    assert NAME.encode() in unpacked(before)
    assert NAME.encode() not in unpacked(after)
    reader = PdfReader(io.BytesIO(after))
    (page,) = reader.pages
    assert (page.mediabox.width, page["/Annots"][0].get_object()["/Contents"]) == (100, "Look here.")
    picture = page["/Resources"]["/XObject"]["/Im0"].get_object()
    with Image.open(io.BytesIO(picture._data)) as image:
        assert image.size == (8, 6)


@pytest.mark.parametrize("kind", OFFICE)
def test_an_office_document_loses_its_author_and_keeps_its_text(kind):
    before = documents.zipped(OFFICE[kind])
    after = offices.without_author(before)
    assert NAME.encode() in unpacked(before)
    assert NAME.encode() not in unpacked(after)
    assert b"VN" not in unpacked(after)
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        assert archive.namelist() == list(OFFICE[kind])
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        if kind == "odt":
            assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
    if kind in {"docx", "odt"}:
        assert b"My plan" in unpacked(after)
    if kind == "xlsx":
        assert b'<table displayName="Prices" name="Prices"/>' in unpacked(after)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (documents.pdf(password="secret"), "it is locked"),
        (documents.pdf(signed=True), "it is signed"),
        (b"%PDF-1.7\nnothing", "it is damaged"),
    ],
)
def test_a_pdf_that_cannot_be_changed_says_why(content, why):
    with pytest.raises(NamedFileError, match=why):
        pdfs.without_author(content)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"_xmlsignatures/sig1.xml": "<Signature/>"}, "it is signed"),
        ({"META-INF/documentsignatures.xml": "<x/>"}, "it is signed"),
        ({"META-INF/manifest.xml": "<manifest:encryption-data/>"}, "it is locked"),
        ({"word/document.xml": "\ufeff<w:p/>".encode("utf-16-le")}, "cannot be looked through"),
    ],
)
def test_an_office_document_that_cannot_be_changed_says_why(parts, why):
    with pytest.raises(NamedFileError, match=why):
        offices.without_author(documents.zipped(documents.DOCX | parts))


def test_a_damaged_office_document_says_so():
    with pytest.raises(NamedFileError, match="it is damaged"):
        offices.without_author(documents.zipped(documents.DOCX)[:-40])


@given(st.binary(max_size=300), st.integers(0, 60))
def test_nothing_makes_the_readers_fail_otherwise(noise, at):
    for whole, clean in (
        (b"%PDF-1.7\n", pdfs.without_author),
        (documents.zipped({"a.xml": "<a/>"}), offices.without_author),
    ):
        try:
            clean(whole[:at] + noise + whole[at:])
        except NamedFileError:
            continue


@given(st.binary(max_size=200))
def test_a_jpeg_of_any_shape_comes_back(noise):
    assert without_remarks(noise) == noise or noise[:2] == b"\xff\xd8"
    without_remarks(documents.jpeg()[:20] + noise)


@pytest.mark.parametrize("more", [{"script": "app.alert('hello')"}, {"launch": True}])
def test_a_pdf_with_a_script_or_a_program_is_refused(settings, more):
    with pytest.raises(RefusedFileError, match="holds a script"):
        inspect(io.BytesIO(documents.pdf(**more)), "plan.pdf", settings)


@pytest.mark.parametrize("content", [documents.pdf(), documents.pdf(password="secret"), b"%PDF-1.7\nbroken"])
def test_other_pdfs_are_taken_as_they_are(settings, content):
    ready = inspect(io.BytesIO(content), "plan.pdf", settings)
    assert ready.content.read() == content


def test_an_executable_is_refused(settings):
    with pytest.raises(RefusedFileError):
        inspect(io.BytesIO(b"MZ\x90\x00" + bytes(60)), "plan.pdf", settings)
