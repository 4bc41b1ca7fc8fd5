"""What to do where something does not work: one sentence or two for each check, in the words of the LMS at hand.

What stands in quotation marks is what the LMS's English pages say; it is not translated.
"""

from connector.platforms.models import Check
from connector.web.i18n import gettext as _
from lti.profiles import BLACKBOARD, BRIGHTSPACE, CANVAS, MOODLE, OPENEDX, SAKAI, Profile

_ROSTER = {
    MOODLE.family: "IMS LTI Names and Role Provisioning: Use this service to retrieve members' information as per privacy "
    "settings",
    CANVAS.family: "Can retrieve user data associated with the context the tool is installed in.",
    BRIGHTSPACE.family: "Extensions: Names And Role Provisioning Services",
    BLACKBOARD.family: "Allow Membership Service Access: Yes",
    SAKAI.family: "Provide roster to external tool",
    OPENEDX.family: "Enable LTI NRPS",
}
_LINE_ITEM = {
    MOODLE.family: "IMS LTI Assignment and Grade Services: Use this service for grade sync and column management",
    CANVAS.family: "Can create and view assignment data in the gradebook associated with the tool.",
    BRIGHTSPACE.family: "Extensions: Assignment and Grade Services",
    BLACKBOARD.family: "Allow grade service access: Yes",
    SAKAI.family: "Allow external tool to return grades",
    OPENEDX.family: "LTI Assignment and Grades Service: Allow tools to manage and submit grades (programmatic)",
}
_SCORE = _LINE_ITEM | {
    MOODLE.family: "Accept grades from the tool: Always",
    CANVAS.family: "Can create and update submission results for assignments associated with the tool.",
}
_PRIVACY = {
    MOODLE.family: "Share launcher's name with tool: Always",
    CANVAS.family: "Privacy Level: Public",
    BRIGHTSPACE.family: "Security Settings",
    BLACKBOARD.family: "User Fields to Send: Name, Role, Email",
    SAKAI.family: "Send names to the external tool",
    OPENEDX.family: "Request user's username, Request user's email",
}


def remedy(check: Check, code: str | None, profile: Profile) -> str:
    """Return what to do about `check`.

    Args:
        check: What does not work, or was not seen yet.
        code: Why it fails; None where it was just not seen.
        profile: Of the LMS.
    """
    if check is Check.LOGIN:
        return _first_login(profile)
    if check is Check.LAUNCH:
        return _launch(code, profile)
    if check is Check.BROWSER and code is not None:
        return _browser(profile)
    if check in _SERVICES:
        return _service(check, code, profile)
    sentences = {
        Check.TOOL_KEYS: _("Make a key on the page of keys; without one we can sign nothing."),
        Check.KEYS: _(
            "Compare the key set's address with the one that the LMS shows, and see that our server may reach it."
        ),
        Check.DEPLOYMENT: _("A new deployment waits for approval by the operator of Kring."),
    }
    return sentences[check] if code or check is Check.TOOL_KEYS else _("Open a Kring activity in a course once.")


_SERVICES = {Check.ROSTER: _ROSTER, Check.LINE_ITEM: _LINE_ITEM, Check.SCORE: _SCORE}


def _first_login(profile: Profile) -> str:
    sentences = {
        MOODLE.family: _(
            "Press “Activate” on the tool's card under “Manage tools”, add Kring to a course and open it. If nothing arrives "
            "here, compare “Initiate login URL” with the page of values."
        ),
        CANVAS.family: _(
            "Set the developer key to “On”, install the app by its client ID, and open Kring in a course. The navigation "
            "entry is off until a teacher enables it under “Settings > Navigation”."
        ),
        BRIGHTSPACE.family: _(
            "Enable the registration, make a deployment for an org unit, add a link to it, and open that link in a course."
        ),
        BLACKBOARD.family: _("Set the tool's status to “Approved”, make a placement, and open it in a course."),
    }
    return sentences.get(
        profile.family, _("Place Kring in a course and open it. If nothing arrives here, compare the login address.")
    )


def _launch(code: str | None, profile: Profile) -> str:
    if code is None:
        return _("Open a Kring activity in a course, once as a teacher and once as a learner.")
    if code == "anonymous":
        where = _PRIVACY.get(profile.family)
        told = _("The LMS does not say who launches.")
        return f"{told} {_set(where)}" if where else told
    if code == "claims_invalid":
        return _("A time in the message was wrong: compare the clock of the LMS with ours.")
    return _("The LMS's message was refused; compare issuer, client id and key set with what the LMS shows.")


def _browser(profile: Profile) -> str:
    told = _("Browsers keep no cookies of ours inside this LMS's frame, so people have to open Kring in a new tab.")
    if profile is MOODLE:
        return f"{told} {_set('Default launch container: New window')}"
    return told


def _service(check: Check, code: str | None, profile: Profile) -> str:
    if check is not Check.ROSTER and code is None:
        return _("It is used as soon as an activity gives points and somebody has earned some.")
    where = _SERVICES[check].get(profile.family)
    how = _set(where) if where else _("Allow it in the LMS: %(name)s.", name=_service_name(check))
    return how if code else f"{_('It is read soon after a course is first opened. If it stays like this:')} {how}"


def _service_name(check: Check) -> str:
    return "Names and Role Provisioning" if check is Check.ROSTER else "Assignment and Grade Services"


def _set(where: str) -> str:
    return _("In the LMS's settings of the tool, choose “%(setting)s”.", setting=where)
