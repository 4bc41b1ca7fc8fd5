"""What analysts find at the tool: the xAPI profile that its statements follow, for people and for machines.

Each IRI of the profile is served below /xapi at the path that it has below the namespace, where a redirect leads to.
"""

import json
from functools import cache
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from xapi import profile
from xapi.examples import example
from xapi.statement import to_bytes
from xapi.vocabulary import NAMESPACE, PROFILE_VERSION, ActivityType, Event, Extension, Verb
from xapi.vocabulary import extensions as ext
from xapi.vocabulary.events import AREAS, EVENTS

blueprint = Blueprint("xapi", __name__, url_prefix="/xapi")

_JSON = ("application/ld+json", "application/json")
_ONE_HOUR = 3600
_VERSION = PROFILE_VERSION.removeprefix(NAMESPACE)


@blueprint.get("/profile")
@blueprint.get(f"/profile/{_VERSION}")
@blueprint.get(f"/{_VERSION}")
def show_profile() -> ResponseReturnValue:
    """Show the profile: a page to browsers, JSON-LD to whatever else asks."""
    if (mimetype := _wanted()) in _JSON:
        return _json(profile.document(), mimetype)
    return _page("xapi/profile.html", areas=AREAS, everywhere=(ext.EVENT, *ext.ANYTIME), titles=_titles())


@blueprint.get("/<path:path>")
def show_term(path: str) -> ResponseReturnValue:
    """Show one concept, template or pattern.

    Raises:
        NotFoundError: The profile has none with this IRI.
    """
    term = profile.describe(NAMESPACE + path)
    if term is None:
        raise NotFoundError
    if (mimetype := _wanted()) in _JSON:
        return _json(term, mimetype)
    shown, number = _template(term["id"])
    return _page(
        "xapi/term.html",
        term=term,
        event=shown,
        number=number,
        schema=json.dumps(json.loads(term["inlineSchema"]), indent=2) if "inlineSchema" in term else None,
        events=_events_with(term["id"]),
        members=term.get("alternates") or [term[name] for name in ("oneOrMore",) if name in term],
    )


def _wanted() -> str:
    """Return the media type of the answer: what `format` says, else the best that is accepted, else JSON-LD."""
    formats = {"html": "text/html", "json": _JSON[0], "jsonld": _JSON[0]}
    asked = formats.get(request.args.get("format", ""))
    return asked or request.accept_mimetypes.best_match([*_JSON, "text/html"], default=_JSON[0])


def _json(node: dict[str, Any], mimetype: str) -> Response:
    response = Response(json.dumps(node, ensure_ascii=False, indent=2), mimetype=mimetype)
    response.headers["Cache-Control"] = f"public, max-age={_ONE_HOUR}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    response.make_conditional(request)
    return _shared(response)


def _page(template: str, **context: Any) -> Response:
    response = render(
        template,
        status=HTTPStatus.OK,
        bar={"title": _("Statements"), "subtitle": _("For analysts"), "home_url": url_for("xapi.show_profile")},
        language="en-US" if str(get_locale()) == "en" else str(get_locale()),
        json_url=f"{request.path}?format=json",
        url_of=_url_of,
        example_of=_example_text,
        **context,
    )
    return _shared(response)


def _shared(response: Response) -> Response:
    """Let anybody's page read the answer, which depends on what was accepted."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.add("Accept")
    return response


def _titles() -> dict[str, str]:
    """Return the name of each area, for people."""
    return {
        "discussion": _("Discussion"),
        "peer-review": _("Peer review"),
        "questions": _("Questions and answers"),
        "community": _("Resources, reflection, groups, mentoring, recognition"),
    }


def _url_of(iri: str) -> str | None:
    """Return where we show what `iri` names; None where it is not ours."""
    path = iri.removeprefix(NAMESPACE)
    return None if path == iri else url_for("xapi.show_term", path=path)


@cache
def _example_text(event: Event, number: int = 0) -> str:
    """Return an example of an event's statements, to read."""
    return json.dumps(json.loads(to_bytes(example(event, number))), ensure_ascii=False, indent=2)


def _template(iri: str) -> tuple[Event | None, int]:
    """Return the event whose template has this IRI, and which of its templates it is."""
    for event in EVENTS.values():
        for number, template in enumerate(profile.templates(event)):
            if template["id"] == iri:
                return event, number
    return None, 0


def _events_with(iri: str) -> list[Event]:
    """Return the events whose statements have a verb, activity type or extension of ours."""
    return [event for event in EVENTS.values() if iri in {term.id for term in _terms(event)}]


def _terms(event: Event) -> list[Verb | ActivityType | Extension]:
    types = [type_ for pair in event.pairs for type_ in pair if type_ is not None]
    return [event.verb, *types, ext.EVENT, *event.extensions, *event.optional]
