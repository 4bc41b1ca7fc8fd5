import io

import flask
import pytest
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from connector.config import Settings
from connector.content import file_names
from connector.content.errors import RefusedFileError
from connector.content.inspecting import inspect
from connector.content.sniffing import TYPES
from tests.connector.content.conftest import (
    DOCX,
    MP3,
    OGG,
    PDF,
    WEBM,
    animation,
    bomb,
    label,
    mp4,
    named_archive,
    picture,
    sound,
)

OPEN_TEXT = "application/vnd.oasis.opendocument.text"
SETTINGS = Settings(secret_key="x" * 32, picture_megabytes=1, document_megabytes=1)
MEDIA_TYPES = {each.media_type for each in TYPES}


@pytest.fixture(autouse=True)
def _context():
    app = flask.Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def refused(content, name="file"):
    with pytest.raises(RefusedFileError) as caught:
        inspect(io.BytesIO(content), name, SETTINGS)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (picture("PNG"), "a.png", "image/png"),
        (picture("JPEG"), "a.jpg", "image/jpeg"),
        (picture("GIF"), "a.gif", "image/gif"),
        (picture("WEBP"), "a.webp", "image/webp"),
        (MP3, "a.mp3", "audio/mpeg"),
        (b"\xff\xfb\x90\x64" + bytes(60), "a.mp3", "audio/mpeg"),
        (mp4(b"soun"), "a.m4a", "audio/mp4"),
        (mp4(b"", b"M4A "), "a.m4a", "audio/mp4"),
        (OGG, "a.ogg", "audio/ogg"),
        (sound(), "a.wav", "audio/wav"),
        (WEBM.replace(b"V_VP8", b"A_OPU"), "a.webm", "audio/webm"),
        (mp4(), "a.mp4", "video/mp4"),
        (WEBM, "a.webm", "video/webm"),
        (PDF, "a.pdf", "application/pdf"),
        ("Æblegrød".encode(), "a.txt", "text/plain"),
        ("Æblegrød".encode("cp1252"), "a.txt", "text/plain"),
        ("Æblegrød".encode("utf-16"), "a.txt", "text/plain"),
        (b"a;b\n1;2\n", "a.csv", "text/csv"),
        (b"# a", "a.md", "text/markdown"),
        (named_archive(DOCX), "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (named_archive({"mimetype": OPEN_TEXT, "content.xml": ""}), "a.odt", OPEN_TEXT),
        (named_archive({"a.txt": "a"}), "a.zip", "application/zip"),
    ],
    ids=label,
)
def test_a_file_is_what_its_bytes_are(content, name, media_type):
    ready = inspect(io.BytesIO(content), name, SETTINGS)
    assert (ready.file_type.media_type, ready.name) == (media_type, name)


@pytest.mark.parametrize(
    ("content", "name", "stored"),
    [
        (picture("WEBP"), "photo.jpg", "photo.webp"),
        (picture("PNG"), "photo", "photo.png"),
        (mp4(b"soun"), "talk.mp4", "talk.m4a"),
        (b"@echo off", "run.bat", "run.bat.txt"),
        (b"<script>alert(1)</script>", "page.html", "page.html.txt"),
        (named_archive({"META-INF/MANIFEST.MF": ""}), "tool.jar", "tool.jar.zip"),
        (PDF, "../../etc/passwd", "passwd.pdf"),
        (PDF, "C:\\Users\\me\\b.pdf", "b.pdf"),
        (PDF, "gnp\u202e.exe", "gnp.exe.pdf"),
        (PDF, "a\nb\x00.pdf", "a b.pdf"),
        (PDF, "con.pdf", "_con.pdf"),
        (PDF, "", "file.pdf"),
        (PDF, "x" * 2000 + ".pdf", "x" * 116 + ".pdf"),
        (PDF, "smørrebrød 😀.pdf", "smørrebrød 😀.pdf"),
    ],
    ids=label,
)
def test_a_name_ends_as_its_content_does_and_harms_nobody(content, name, stored):
    assert inspect(io.BytesIO(content), name, SETTINGS).name == stored


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (named_archive({"a": "b"}), "a.png"),
        (b"plain text", "a.png"),
        (picture(), "a.pdf"),
        (PDF, "a.docx"),
        (named_archive({"a": "b"}), "a.docx"),
        (mp4(), "a.png"),
    ],
    ids=label,
)
def test_a_file_that_is_something_else_than_its_name_says_is_refused(content, name):
    assert refused(content, name) == f"The name ends in {name[1:]}, but the file is something else."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00" + bytes(100), "not taken"),
        (b"\x7fELF" + bytes(100), "not taken"),
        (b"\xff\xd8\xff" + bytes(50), "picture is damaged"),
        (picture()[:-30], "picture is damaged"),
        (picture("JPEG", (500, 500))[:-400], "picture is damaged"),
        (b"GIF89a", "picture is damaged"),
        (bomb(), "too many pixels"),
        (named_archive({"a": "b"})[:-10], "damaged"),
        (b"PK\x03\x04" + bytes(100), "damaged"),
        (named_archive({**DOCX, "word/vbaProject.bin": "x"}), "macros"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "old office format"),
        (mp4(brand=b"heic"), "HEIC"),
        (mp4(brand=b"qt  "), "QuickTime"),
        (WEBM.replace(b"webm", b"matr"), "Matroska"),
        (b"OggS" + bytes(100), "not taken"),
        (b"a" * 1_000_001, "larger than 1 MB"),
        (b"\xff\xfe\x00\xd8", "not taken"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        (b"\n<!-- x --><SVG onload=alert(1)>", "SVG"),
    ],
    ids=label,
)
def test_what_is_not_taken_says_why(content, words):
    assert words in refused(content)


def test_a_table_of_contents_that_would_fill_the_memory_is_not_read():
    whole = bytearray(named_archive({"a": "b"}))
    at = whole.rindex(b"PK\x05\x06")
    whole[at + 12 : at + 16] = (2_000_000).to_bytes(4, "little")
    assert "too many files" in refused(bytes(whole))


def test_names_that_end_in_many_ways():
    assert file_names.with_suffix("a.tar.gz", (".zip",), others=frozenset()) == "a.tar.gz.zip"


STARTS = st.sampled_from(
    [
        *(
            b"",
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff",
            b"GIF89a",
            b"RIFF____WEBP",
            b"PK\x03\x04",
            b"PK\x05\x06",
            b"OggS",
        ),
        *(b"\x1aE\xdf\xa3", b"____ftyp", b"%PDF-", b"\xff\xfe", b"\xfe\xff", b"ID3"),
        *(picture()[:60], animation()[:60], bomb()),
    ]
)


@given(STARTS, st.binary(max_size=200), st.text(max_size=40))
def test_any_bytes_are_of_a_known_type_or_refused(start, rest, name):
    try:
        ready = inspect(io.BytesIO(start + rest), name, SETTINGS)
    except RefusedFileError:
        return
    assert ready.file_type.media_type in MEDIA_TYPES


@given(st.text(max_size=300))
def test_any_name_is_one_line_without_folders_or_marks_of_direction(name):
    cleaned = file_names.clean_name(name)
    assert 0 < len(cleaned) <= file_names.LIMIT + 1
    assert not set(cleaned) & set('/\\:*?"<>|\n\r\t\x00\u202e\u2066\u200f')
    assert cleaned == cleaned.strip()
