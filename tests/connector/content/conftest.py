"""Files of tests: their own folder, tiny real files of each type, and a member who sends them."""

import io
import struct
import wave
import zipfile
import zlib
from dataclasses import dataclass, field, replace

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from connector.content.doors import file_store
from tests import make


@pytest.fixture
def settings(settings, tmp_path):
    return replace(settings, files_url=(tmp_path / "files").as_uri())


@pytest.fixture
def app(app):
    if "kring_doors" not in app.extensions:
        from connector.content import doors
        from connector.content.attachment_views import blueprint as files
        from connector.content.views import blueprint as content

        doors.init_app(app)
        app.register_blueprint(content)
        app.register_blueprint(files)
    return app


@pytest.fixture
def store(app):
    with app.app_context():
        return file_store()


@dataclass
class Sender:
    """A member in a visit, with the token of its forms."""

    member: object
    visit: object
    token: str = field(default="")

    def path(self, path):
        return f"/s/{self.visit.sid}{path}"

    def get(self, path, **more):
        return self.visit.client.get(self.path(path), **more)

    def call(self, method, path, *, json=None, headers=None, **more):
        sent = {"X-CSRF-Token": self.token, "Accept": "application/json", **(headers or {})}
        return self.visit.client.open(self.path(path), method=method, json=json, headers=sent, **more)

    def send(self, content, name="file", **form) -> TestResponse:
        # The client would put large ones into a temporary file, which nobody closes.
        boundary, data = encode_multipart({"file": FileStorage(io.BytesIO(content), name), **form})
        kind = f'multipart/form-data; boundary="{boundary}"'
        return self.call("POST", "/attachments", data=data, content_type=kind)


@pytest.fixture
def sender_in(app, visiting, settings):
    """Return how a member of an activity's course gets into it."""
    import hmac

    def enter(member, activity):
        visit = visiting(member, activity)
        token = hmac.new(settings.secret_key.encode(), f"csrf {visit.sid}".encode(), "sha256").hexdigest()
        return Sender(member, visit, token)

    return enter


@pytest.fixture
def activity(session):
    return make.activity(session)


@pytest.fixture
def learner(session, activity):
    return make.member(session, course=activity.course, name="Lea Holm")


@pytest.fixture
def sender(sender_in, learner, activity):
    return sender_in(learner, activity)


def picture(format_="PNG", size=(40, 30), **more):
    out = io.BytesIO()
    mode = "P" if format_ == "GIF" else "RGB"
    Image.new(mode, size).save(out, format_, **more)
    return out.getvalue()


def animation(format_="GIF", frames=3, size=(20, 10)):
    out = io.BytesIO()
    first, *rest = [Image.new("RGB", size, (each * 5 % 256, 90, 20)) for each in range(frames)]
    first.save(out, format_, save_all=True, append_images=rest, duration=100, loop=0)
    return out.getvalue()


def named_archive(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name), content)  # no clock: names of tests are made from it
    return out.getvalue()


def sound():
    out = io.BytesIO()
    with wave.open(out, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(1)
        made.setframerate(8000)
        made.writeframes(bytes(800))
    return out.getvalue()


def mp4(handler=b"vide", brand=b"isom"):
    def box(name, content):
        return struct.pack(">I4s", 8 + len(content), name) + content

    return (
        box(b"ftyp", brand + bytes(4) + brand)
        + box(b"mdat", bytes(100))
        + box(b"moov", box(b"hdlr", bytes(8) + handler))
    )


def bomb():
    """A picture of 2.5 gigapixels, in a few bytes."""

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


WEBM = (
    b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
    + bytes(40)
    + b"V_VP8"
    + bytes(40)
)
OGG = b"OggS" + bytes(24) + b"OpusHead" + bytes(40)
MP3 = b"ID3\x04" + bytes(60)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
DOCX = {"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}


def label(value):
    """Name a test's parameter: bytes would not fit into a line."""
    return repr(value)[-40:] if isinstance(value, str) else f"{zlib.crc32(value):x}"
