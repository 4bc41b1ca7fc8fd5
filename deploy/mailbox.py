"""The mailbox of everybody in the demo: takes what the tool mails, and shows it on a page. Nothing leaves this machine."""

import re
import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

HOST = "127.0.0.1"
_MOST = 200
"""How many mails are kept: the newest."""
_LONGEST = 1_000_000
"""Of a line, in bytes."""
_LINK = re.compile(r"https?://[^\s<>\"]+")
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mail of the demo</title>
<style>:root{{color-scheme:light dark}}body{{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}}
pre{{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}}article{{border-top:1px solid;padding:.5rem 0}}h2{{font-size:1.1rem}}</style>
<h1>Mail of the demo</h1><p>What Kring has sent, the newest first. Load the page again for more.</p>{mails}</html>"""


class Mailbox:
    """A mail server that keeps what it gets in memory, and the page that shows it."""

    def __init__(self) -> None:
        """Take two free ports."""
        self.mails: list[EmailMessage] = []
        self._smtp = _SmtpServer((HOST, 0), _Smtp)
        self._smtp.mailbox = self
        self._pages = _PageServer((HOST, 0), _Page)
        self._pages.mailbox = self

    @property
    def smtp_url(self) -> str:
        """Where the tool sends mail to."""
        return f"smtp://{HOST}:{self._smtp.server_address[1]}?tls=none"

    @property
    def page_url(self) -> str:
        """Where people read it."""
        return f"http://{HOST}:{self._pages.server_address[1]}/"

    def __enter__(self) -> Self:
        """Begin to take mail."""
        for server in (self._smtp, self._pages):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Take no more."""
        for server in (self._smtp, self._pages):
            server.shutdown()
            server.server_close()

    def keep(self, raw: bytes) -> None:
        """Keep a mail."""
        self.mails = [*self.mails, message_from_bytes(raw, policy=policy.default)][-_MOST:]

    def texts_for(self, address: str) -> list[str]:
        """Return what mails to an address say, the oldest first."""
        mine = [mail for mail in self.mails if address in str(mail["To"])]
        return [str(body.get_content()) for mail in mine if (body := mail.get_body(("plain",)))]

    def page(self) -> str:
        """Return what there is, as HTML."""
        return _PAGE.format(mails="".join(map(_shown, reversed(self.mails))) or "<p>Nothing yet.</p>")


def _shown(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    text = escape(str(body.get_content())) if body else ""
    linked = _LINK.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', text)
    return f"<article><h2>{escape(str(mail['Subject']))}</h2><p>To {escape(str(mail['To']))}</p><pre>{linked}</pre></article>"


class _Smtp(socketserver.StreamRequestHandler):
    """Speaks as much of the protocol as a client without log-in needs. Source: https://www.rfc-editor.org/rfc/rfc5321."""

    server: "_SmtpServer"

    def handle(self) -> None:
        self._say("220 localhost")
        while line := self.rfile.readline(_LONGEST):
            command = line[:4].upper()
            if command == b"QUIT":
                self._say("221 bye")
                return
            if command == b"DATA":
                self._say("354 go on")
                self.server.mailbox.keep(self._read())
            self._say("250 ok")

    def _read(self) -> bytes:
        lines = []
        while (line := self.rfile.readline(_LONGEST)) and line.rstrip(b"\r\n") != b".":
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


class _Page(BaseHTTPRequestHandler):
    server: "_PageServer"

    def do_GET(self) -> None:
        """Show all mails."""
        content = self.server.mailbox.page().encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: object) -> None:
        """Say nothing: the terminal is the tool's."""


class _SmtpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    mailbox: Mailbox


class _PageServer(ThreadingHTTPServer):
    mailbox: Mailbox
