"""Every part of the design on one page, with long names, long words and four languages; `python -m tests.gallery`."""

import os
import uuid
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, Response, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue
from flask_babel import Babel, format_datetime
from jinja2 import FileSystemLoader

from tests.desk import Desk

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src http:; "
    "base-uri 'none'"
)
PAGES = ("parts", "lists", "thread", "composer", "draft", "forms", "telling", "empty")
NOW = datetime(2026, 3, 14, 13, 2, tzinfo=UTC)

PEOPLE = [
    {"id": uuid.UUID(int=number * 7919), "name": name}
    for number, name in enumerate(
        [
            "Ana Sørensen",
            "Jan de Vries",
            "Åsa Öberg",
            "Maximiliaan van Nieuwenhuijzen-Oosterhoff tot Sint Maartensdijk",
            "Ömer",
            "李 小龍",
            "Freja Holm",
            "Dr. Nkechi Adeyemi",
            "Þórður Ægisson",
            "سارة المنصوري",
            "Bo",
            "Wilhelmina Kowalczyk",
        ]
    )
]


def create_gallery(desk: Desk | None = None) -> Flask:
    """Return an application that shows the gallery and the launch's pages, under the policy of the real pages.

    Args:
        desk: What the composer talks to.
    """
    desk = desk or Desk()
    app = Flask("connector", root_path=str(HERE.parent / "connector"))
    app.jinja_loader = FileSystemLoader([HERE.parent / "connector" / "templates", HERE / "templates"])
    app.config["TEMPLATES_AUTO_RELOAD"] = True
    app.jinja_env.globals["has_bundle"] = Path(app.static_folder or "", "dist", "kring.js").is_file()
    app.register_blueprint(desk.blueprint())
    app.jinja_env.filters["dayformat"] = lambda at: format_datetime(at, "d MMM y, HH:mm")
    Babel(app, locale_selector=lambda: request.args.get("locale", "en"), timezone_selector=lambda: "Europe/Amsterdam")

    @app.context_processor
    def frame() -> dict[str, object]:
        current = (request.view_args or {}).get("page")
        return {
            "csrf_token": lambda: "token",
            "locale": request.args.get("locale", "en"),
            "platform_origin": f"http://127.0.0.1:{request.host.partition(':')[2]}",
            "correlation_id": "01JP8Q5T9V",
            "people": PEOPLE,
            "now": NOW,
            "drafts": {
                place: {**draft, "updated_at": datetime.fromisoformat(draft["updated_at"])}
                for place, draft in desk.drafts.items()
            },
            "bar": {
                "title": request.args.get("title", "How do we share what we know today?"),
                "subtitle": "Lederudvikling og arbejdsmiljø, forår 2026",
                "home_url": "/parts",
                "new_tab_url": "/parts",
                "search_url": "/lists",
                "tabs": [{"url": f"/{page}", "label": page.capitalize(), "current": page == current} for page in PAGES],
            },
        }

    @app.get("/<any(parts,lists,thread,composer,draft,forms,telling,empty):page>")
    def show(page: str) -> str:
        toasts = ["Your reply is posted."] if "toast" in request.args else []
        return render_template(f"gallery/{page}.html", toasts=toasts)

    @app.post("/<any(parts,lists,thread,composer,draft,forms,telling,empty):page>")
    def answer(page: str) -> ResponseReturnValue:
        return app.redirect(f"/{page}?toast", 303)

    @app.get("/framed/<path:page>")
    def framed(page: str) -> str:
        """A course's page at 127.0.0.1 with ours, at localhost, in a frame: two sites for a browser."""
        return render_template(
            "gallery/framed.html", address=f"http://localhost:{request.host.partition(':')[2]}/{page}"
        )

    @app.get("/lms/<name>")
    def lms(name: str) -> Response:
        return send_from_directory(HERE / "templates" / "gallery", name)

    @app.post("/confirm")
    def confirm() -> str:
        return f"{request.form['ticket']} {request.form['secret']}"

    @app.get("/error")
    def error() -> str:
        return render_template(
            "error.html",
            bar=None,
            code="lti.nonce_used",
            title="This link has been used already",
            learner_message="Go back to your course and open the activity once more.",
            administrator_message="The nonce of the launch was known already: the page was reloaded, or the launch was replayed.",
            home_url="/parts",
        )

    @app.get("/launch/<any(new_tab,login_storage,launch_storage):page>")
    def launch(page: str) -> str:
        return render_template(
            f"launch/{page}.html",
            bar=None,
            relaunch_url="/parts",
            activity_title="How do we share what we know today?",
            authentication_url="/parts",
            storage_target="_parent",
            key="s-1234",
            value="secret",
            confirm_url="/confirm",
            ticket="ticket",
        )

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return app


if __name__ == "__main__":
    create_gallery().run(port=int(os.environ.get("PORT", "8077")), debug=False)
