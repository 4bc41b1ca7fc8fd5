"""What analysts find at the tool: the xAPI profile that its statements follow."""

from flask import Blueprint, Response, json
from flask.typing import ResponseReturnValue

from xapi import profile

blueprint = Blueprint("xapi", __name__, url_prefix="/xapi")


@blueprint.get("/profile")
def show_profile() -> ResponseReturnValue:
    """Answer with the profile as JSON-LD; anybody may read it, from any page."""
    response = Response(json.dumps(profile.document()), mimetype="application/ld+json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
