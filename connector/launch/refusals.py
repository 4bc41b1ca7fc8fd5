"""Why a launch is refused, in words: one sentence for the learner, one for the administrator, by code."""

from http import HTTPStatus

from connector.web.errors import AppError
from connector.web.i18n import gettext as _


def refuse(code: str, *, detail: str | None = None) -> AppError:
    """Return the error to raise for a refused launch.

    Args:
        code: Stable; of the LTI library or of this folder.
        detail: What exactly was wrong, for the administrator: names claims, holds no token and nothing personal.
    """
    administrator = _administrator(code)
    if detail:
        administrator = f"{administrator} ({detail})"
    error = AppError(_learner(code), administrator, code=code)
    if code in _FRIENDLY:
        error.status = HTTPStatus.OK
    return error


_FRIENDLY = frozenset({"learner_unknown", "no_course", "no_course_role", "staff_only", "type_not_accepted"})
"""Valid launches that lead nowhere: a page that explains, not an error."""


def _learner(code: str) -> str:
    again = _("Go back to the course and open the activity again.")
    sentences = {
        "anonymous": _("Your LMS did not say who you are, and nobody can take part without that."),
        "no_course": _("Open Kring from inside a course; outside of one there is nothing to show."),
        "no_course_role": _("You have no role in this course, so there is nothing here for you to see yet."),
        "staff_only": _("Only trainers of this course can do this."),
        "learner_unknown": _("This learner has not been here yet, so there is nothing to show."),
        "type_not_accepted": _("Your LMS takes no activities at this place. Add one where it offers external tools."),
        "deep_link_gone": _("This choosing is over. Go back to the course and begin again."),
        "deployment_waiting": _("This activity still waits for an administrator's approval. Please come back later."),
        "unknown_platform": _("This LMS is not connected to Kring. Please tell your trainer."),
        "platform_not_active": _("The connection of this LMS is switched off. Please tell your trainer."),
        "access_denied": _("Your LMS refused to open the activity for you."),
        "login_required": _("You are no longer signed in to your LMS. Sign in there and open the activity again."),
        "key_set_unavailable": _("Your LMS did not answer our question for its keys. Please try again in a minute."),
        "browser_unproven": _("Your browser keeps no cookies for us inside this frame."),
    }
    return sentences.get(code, again)


def _administrator(code: str) -> str:
    sentences = {
        "issuer_missing": _("The login request has no iss."),
        "login_hint_missing": _("The login request has no login_hint."),
        "target_link_uri_missing": _("The login request has no target_link_uri."),
        "state_unknown": _(
            "The state is unknown, was used already or is older than ten minutes: a reload, the back button, or a replay."
        ),
        "state_missing": _("The LMS sent no state back."),
        "id_token_missing": _("The LMS sent neither an id_token nor an error."),
        "other_browser": _("The launch came back from another browser than the one that began it."),
        "browser_unproven": _("Neither a cookie nor the platform's storage could be read."),
        "token_malformed": _("The id_token is no signed JWT."),
        "token_too_long": _("The id_token is too large."),
        "alg_not_allowed": _("The id_token must be signed with RS256."),
        "kid_missing": _("The id_token's header names no key (kid)."),
        "unknown_kid": _("The id_token names a key that is not in the LMS's key set; compare the key set URL."),
        "signature_invalid": _("The id_token's signature does not fit the LMS's key; compare the key set URL."),
        "iss_invalid": _("The id_token's issuer is not the one that began the login."),
        "aud_invalid": _("The id_token is not meant for our client id; compare the client id."),
        "azp_invalid": _("The id_token was made for another client (azp)."),
        "claims_invalid": _("A time in the id_token is missing or wrong; compare the LMS's clock with ours."),
        "nonce_invalid": _("The id_token's nonce is not the one that we sent."),
        "version": _("The message is not LTI 1.3.0."),
        "message_type": _("The message type is missing, or none that Kring knows."),
        "deployment_missing": _("The message names no deployment."),
        "deployment_waiting": _("The deployment is new and must be approved first."),
        "sub": _("The message names no user (sub), or one of over 255 characters."),
        "roles": _("The message has no list of roles."),
        "resource_link": _("The message has no resource link with an id."),
        "context": _("The message's context has no id."),
        "target_link_uri": _("The target link URI is missing, or not an address of this tool."),
        "deep_linking_settings": _("The deep linking settings are missing or wrong."),
        "deep_link_return_url": _("The deep linking settings have no return URL with https."),
        "for_user": _("The message does not say whose work is to be reviewed."),
        "staff_only": _("The message is for trainers and assistants, and the launch has neither role in the course."),
        "learner_unknown": _("No learner of this course is known by the message's for_user."),
        "type_not_accepted": _("The deep linking request's accept_types has no ltiResourceLink."),
        "deep_link_gone": _("The deep linking request was answered, is older than two hours, or is another person's."),
        "anonymous": _("The launch has no sub: allow the tool to be told who launches."),
        "no_course": _("The launch has no context or no resource link."),
        "no_course_role": _("The launch has no role of the course (membership)."),
        "unknown_platform": _("No registration has this issuer and client id: compare them with what the LMS shows."),
        "ambiguous_platform": _("Several registrations have this issuer, and the LMS sent no client_id."),
        "platform_not_active": _("The registration waits for approval, or was switched off."),
        "access_denied": _(
            "The LMS answered access_denied: the person may not use this link, or another one is signed in."
        ),
        "login_required": _("The LMS answered login_required: its own session had ended."),
        "platform_error": _("The LMS answered the authentication request with an error."),
        "key_set_unavailable": _("The LMS's key set could not be fetched."),
        "key_set_malformed": _("The LMS's key set is no JSON Web Key Set."),
        "key_set_too_large": _("The LMS's key set is too large."),
        "key_too_short": _("The LMS's key has fewer than 2048 bits."),
        "key_malformed": _("The LMS's key cannot be read."),
    }
    return sentences.get(code, _("A value in the LMS's message is too long or malformed."))
