"""How this LMS is connected, for its own administrator, inside a visit."""

from flask.typing import ResponseReturnValue

from connector.platforms.models import Platform
from connector.platforms.selfcheck import may_see, self_check
from connector.web.errors import NotFoundError
from connector.web.pages import render
from connector.web.requests import current_session, now
from connector.web.sessions import current_launch, launch_blueprint

blueprint = launch_blueprint("connection", __name__, url_prefix="/s/<sid>/connection")


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Show the self-check of the LMS that this visit came from."""
    session, launch = current_session(), current_launch()
    platform = session.get(Platform, launch.platform_id)
    if platform is None or not may_see(launch, platform):
        raise NotFoundError
    return render(
        "platforms/connection.html", platform=platform, rows=self_check(session, platform, now=now()), is_operator=False
    )
