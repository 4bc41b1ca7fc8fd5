"""What we tell an LMS of ourselves."""

from connector.config import Settings
from connector.web.i18n import gettext as _
from lti.tool import Tool


def our_tool(settings: Settings) -> Tool:
    """Return this installation as a tool, in the reader's language."""
    url = settings.public_url
    return Tool(
        id="kring",
        name="Kring",
        description=_("Discuss, review each other's work and ask experts, inside the course."),
        add_label=_("Add a Kring activity"),
        url=f"{url}/",
        login_url=f"{url}/lti/login",
        launch_url=f"{url}/lti/launch",
        jwks_url=f"{url}/lti/jwks",
        logo_url=f"{url}/lti/icon.svg",
    )
