"""What pages call what somebody was made."""

from collections.abc import Mapping

from connector.experts.models import Standing
from connector.web.i18n import gettext as _


def standing_names() -> Mapping[str, str]:
    """Return what a member can be made, in words."""
    return {Standing.EXPERT.value: _("Expert"), Standing.MENTOR.value: _("Mentor")}
