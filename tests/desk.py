"""What the composer talks to, kept in memory and written from the contract alone: drafts, files, names, previews, news."""

import re
import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from connector.content import markdown
from connector.content.text import normalise

NAMES = ["Ana Sørensen", "Anders Ø. Holm", "Åsa Öberg", "Jan de Vries", "Team Rød"]
TOKEN = "token"


class Desk:
    """One person's drafts and files; `fails` is a status that every request is answered with while it is set."""

    def __init__(self) -> None:
        self.drafts: dict[str, dict[str, Any]] = {}
        self.files: dict[str, tuple[str, str, bytes]] = {}
        self.alts: dict[str, str] = {}
        self.posts: list[dict[str, list[str]]] = []
        self.news = ""
        self.polls = 0
        self.fails = 0
        self.now = lambda: datetime.now(UTC)

    def save(self, place: str, fields: dict[str, str], base: int) -> ResponseReturnValue:
        """Store a draft unless it grew from another one than the last."""
        stored = self.drafts.get(place)
        if stored and base != stored["revision"]:
            stored["others"] = [{"base": base, "fields": fields, "at": self.now().isoformat()}]
            return stored, 409
        told = {"updated_at": self.now().isoformat(), "others": stored["others"] if stored else []}
        self.drafts[place] = {"revision": base + 1, "fields": fields, **told}
        return {"revision": base + 1}

    def blueprint(self) -> Blueprint:
        """Return the addresses."""
        blueprint = Blueprint("desk", __name__, url_prefix="/desk")
        blueprint.add_url_rule("/drafts/<place>", view_func=self._draft, methods=["GET", "PUT", "DELETE"])
        blueprint.add_url_rule("/attachments", view_func=self._upload, methods=["POST"])
        blueprint.add_url_rule("/attachments/<id_>/<name>", view_func=self._file)
        blueprint.add_url_rule("/attachments/<id_>", view_func=self._describe, methods=["POST"])
        blueprint.add_url_rule("/mentions", view_func=self._mentions)
        blueprint.add_url_rule("/preview", view_func=self._preview, methods=["POST"])
        blueprint.add_url_rule("/news", view_func=self._news)
        blueprint.add_url_rule("/posts", view_func=self._post, methods=["POST"])
        blueprint.before_request(self._check)
        return blueprint

    def _check(self) -> ResponseReturnValue | None:
        if self.fails:
            return {"error": {"message": "It does not work today."}}, self.fails
        sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token")
        if request.method not in {"GET", "HEAD"} and sent != TOKEN:
            return {"error": {"message": "The token is missing."}}, 400
        return None

    def _draft(self, place: str) -> ResponseReturnValue:
        if request.method == "DELETE":
            self.drafts.pop(place, None)
            return "", 204
        if request.method in {"GET", "HEAD"}:
            return self.drafts.get(place) or ("", 404)
        body = request.get_json()
        return self.save(place, body["fields"], body["base"])

    def _upload(self) -> ResponseReturnValue:
        file = request.files["file"]
        content = file.read()
        if file.mimetype == "application/x-msdownload":
            return {"error": {"message": "Programs cannot be uploaded."}}, 415
        id_ = str(uuid.uuid4())
        self.files[id_] = (file.filename or "", file.mimetype, content)
        mark = (
            f"![](attachment:{id_})" if file.mimetype.startswith("image/") else f"[{file.filename}](attachment:{id_})"
        )
        told = {"id": id_, "name": file.filename, "url": f"/desk/attachments/{id_}/{file.filename}"}
        return {**told, "media_type": file.mimetype, "size": len(content), "markdown": mark}, 201

    def _file(self, id_: str, name: str) -> Response:  # noqa: ARG002 -- part of the address
        _, media_type, content = self.files[id_]
        return Response(content, mimetype=media_type)

    def _describe(self, id_: str) -> ResponseReturnValue:
        self.alts[id_] = "" if request.json["is_decorative"] else request.json["alt"]
        return {"id": id_}

    def _mentions(self) -> str:
        found = [name for name in NAMES if name.lower().startswith(request.args["q"].lower())]
        options = [Markup('<li role="option" data-value="@{0}">{0}</li>').format(name) for name in found]
        return Markup('<ul role="listbox">{}</ul>').format(Markup("").join(options))

    def _preview(self) -> str:
        html = markdown.render(normalise(request.form["body"]))
        return re.sub(r'"attachment:([0-9a-f-]{36})"', r'"/desk/attachments/\1/file"', html)

    def _news(self) -> ResponseReturnValue:
        self.polls += 1
        tag = f'"{len(self.news)}"'
        if request.headers.get("If-None-Match") == tag:
            return "", 304
        return Response(f"<a href='#news'>{escape(self.news)}</a>" if self.news else "", headers={"ETag": tag})

    def _post(self) -> ResponseReturnValue:
        self.posts.append(request.form.to_dict(flat=False))
        return Response(status=303, headers={"Location": "/composer?toast"})
