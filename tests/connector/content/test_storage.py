"""The store, in a folder and on a small server that speaks enough of S3."""

import io
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from connector.content.errors import StoreError
from connector.content.storage import FileStore


class Bucket(BaseHTTPRequestHandler):
    objects: dict[str, bytes]
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        self.objects[self.path.partition("?")[0]] = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, headers={"ETag": '"1"'})

    def do_GET(self):
        content = self.objects.get(self.path.partition("?")[0])
        if content is None:
            return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        start, end = (int(asked[1]), min(int(asked[2]) + 1, len(content))) if asked else (0, len(content))
        headers = {"ETag": '"1"', "Last-Modified": "Mon, 02 Mar 2026 09:30:00 GMT"}
        if asked:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(content)}"
        return self.answer(206 if asked else 200, content[start:end], headers)

    def do_DELETE(self):
        self.objects.pop(self.path.partition("?")[0], None)
        self.answer(204)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        keys = re.findall("<Key>([^<]+)</Key>", body)
        for key in keys:
            self.objects.pop(f"/bucket/{key}", None)
        gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self.answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())

    def answer(self, status, content=b"", headers=None):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args):
        pass


@pytest.fixture
def bucket(monkeypatch):
    objects = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Mine", (Bucket,), {"objects": objects}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    values = {
        "AWS_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "eu-north-1",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    yield objects
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path):
    if request.param == "folder":
        return FileStore((tmp_path / "not there yet" / "files").as_uri())
    request.getfixturevalue("bucket")
    return FileStore("s3://bucket/kring")


@pytest.mark.parametrize("as_sent", [bytes, io.BytesIO])
def test_what_is_stored_can_be_read_by_pieces(store, as_sent):
    store.put("ab/1", as_sent(b"hello"))
    assert b"".join(store.read("ab/1", 0, 5)) == b"hello"
    assert b"".join(store.read("ab/1", 1, 3)) == b"el"
    assert b"".join(store.read("ab/1", 2, 2)) == b""


def test_what_is_deleted_is_gone_and_deleting_again_harms_nothing(store):
    store.put("ab/1", b"hello")
    for _ in range(2):
        store.delete(["ab/1"])
    with pytest.raises(StoreError, match="ab/1 cannot be read"):
        store.read("ab/1", 0, 5)


def test_keys_lie_below_the_folder_of_the_address(bucket):
    FileStore("s3://bucket/kring").put("ab/1", b"hello")
    assert set(bucket) == {"/bucket/kring/ab/1"}


def test_a_place_that_cannot_be_opened(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError):
        FileStore((tmp_path / "file").as_uri()).put("ab/1", b"hello")
