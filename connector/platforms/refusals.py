"""Why a registration comes to nothing, in words for the administrator who tries it, by code."""

from http import HTTPStatus

from connector.web.errors import AppError
from connector.web.i18n import gettext as _
from lti.errors import RegistrationError


def refuse(code: str, detail: str | None = None) -> AppError:
    """Return the error to raise.

    Args:
        code: Stable; of the LTI library or of this folder.
        detail: What exactly was wrong; holds no token.
    """
    error = AppError(sentence(code), detail, code=code)
    error.status = _STATUS.get(code, HTTPStatus.BAD_REQUEST)
    return error


def refuse_registration(error: RegistrationError) -> AppError:
    """Return the error to raise for one of the LTI library's."""
    said = _("The LMS said: %(words)s", words=error.detail) if error.detail else None
    return refuse(error.code, " ".join(filter(None, (str(error), said))))


_STATUS = {
    "invite_unknown": HTTPStatus.NOT_FOUND,
    "invite_used": HTTPStatus.GONE,
    "invite_expired": HTTPStatus.GONE,
    "invite_revoked": HTTPStatus.GONE,
    "registration_busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "too_many_waiting": HTTPStatus.TOO_MANY_REQUESTS,
    "platform_known": HTTPStatus.CONFLICT,
    "endpoints_changed": HTTPStatus.CONFLICT,
    "issuer_changed": HTTPStatus.CONFLICT,
}


def sentence(code: str) -> str:
    """Return what to tell the administrator."""
    again = _("Ask whoever runs Kring for you to make a new one.")
    sentences = {
        "invite_unknown": _("This registration link does not exist. Was it copied whole?"),
        "invite_used": " ".join((_("This registration link was used already; each is good for one LMS."), again)),
        "invite_expired": " ".join((_("This registration link is too old."), again)),
        "invite_revoked": " ".join((_("This registration link was withdrawn."), again)),
        "configuration_url": _("The LMS did not say where its configuration is, or the address has no https."),
        "configuration_unavailable": _(
            "The LMS's configuration could not be fetched: it must be at a public https address, short, there within "
            "seconds, and not send us on to another one."
        ),
        "configuration_malformed": _("What the LMS gave as its configuration is not a JSON document."),
        "issuer_invalid": _("The LMS's configuration names no issuer with https."),
        "authorization_endpoint_invalid": _("The LMS's configuration names no authorization endpoint with https."),
        "token_endpoint_invalid": _("The LMS's configuration names no token endpoint with https."),
        "jwks_uri_invalid": _("The LMS's configuration names no key set (jwks_uri) with https."),
        "registration_endpoint_invalid": _(
            "The LMS's configuration names no registration endpoint with https: it does not offer dynamic registration, "
            "or has it switched off. Registering by hand works all the same."
        ),
        "endpoint_unusable": _("One of the LMS's addresses cannot be used."),
        "issuer_changed": _("The LMS now says that it is another one than the page showed. Begin again in the LMS."),
        "registration_refused": _(
            "The LMS refused the registration. Begin again in the LMS: most give out an address that works once."
        ),
        "registration_unavailable": _("The LMS did not answer the registration. Begin again in the LMS in a minute."),
        "registration_malformed": _("The LMS took the registration but gave no client id. Register by hand instead."),
        "registration_busy": _("Another registration is under way just now. Try again in half a minute."),
        "platform_known": _("This LMS is registered already, by another organisation."),
        "endpoints_changed": _(
            "This LMS is registered already, with other addresses. For safety only the operator of Kring can change them, "
            "on the administrators' pages."
        ),
        "too_many_waiting": _(
            "Too many registrations wait for the operator of Kring. Ask for a registration link, which need not wait."
        ),
    }
    return sentences.get(code, _("The LMS could not be registered."))
