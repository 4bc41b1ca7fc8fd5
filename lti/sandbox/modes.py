"""What differs between the LMSs that the sandbox can behave like: switches, read where they matter.

Source: messages recorded from Moodle 4.5.6, and its `mod/lti`; for Canvas, its documentation of LTI Advantage and
https://github.com/instructure/canvas-lms.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from lti import claims

ModeName = Literal["plain", "moodle", "canvas"]


@dataclass(frozen=True, kw_only=True)
class LaunchHabits:
    """How an LMS starts a login, answers the tool's authentication request, and fills the id_token."""

    is_login_posted: bool = False
    """Whether the login comes as a form, not as a redirect."""
    storage_target: str | None = None
    """The frame that keeps data for tools: LTI Platform Storage; None where there is no such thing."""
    is_hint_used_up: bool = False
    """Whether a message hint works once, so that going back or reloading shows a page of the LMS's own."""
    is_lenient: bool = False
    """Whether `state` and `prompt` may be missing."""
    has_own_error_page: bool = False
    """Whether what is wrong in a request is told on a page of the LMS's own, "Invalid request", and not to the tool."""
    id_token_seconds: int = 300
    has_azp: bool = True
    has_locale: bool = True
    """Whether the person's language is a claim of its own."""
    has_moodle_extras: bool = False
    """Whether `lis` and `ext` come along, and the roster's address among the custom values."""
    context_types: tuple[str, ...] = (claims.CONTEXT_COURSE_SECTION,)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By a role's title, what stands for it; the role's own where it is not named."""
    is_custom_doubled: bool = False
    """Whether a custom key with capitals or punctuation also comes in lower case with underscores."""
    has_navigation: bool = False
    """Whether the tool has a place in the course's own menu, whose resource link is the course itself."""
    custom: Mapping[str, str] = field(default_factory=dict)
    """The preconfigured tool's own parameters."""


@dataclass(frozen=True, kw_only=True)
class ServiceHabits:
    """How an LMS serves tokens, roster and gradebook."""

    token_media_type: str = "application/json"  # noqa: S105 -- a media type
    has_strict_assertions: bool = True
    """Whether `aud`, `exp` and `jti` of a client assertion are looked at, and errors have names of RFC 6749."""
    token_lifetime: int = 3600
    is_media_type_exact: bool = False
    """Whether one Accept of the right type, or `*/*`, is asked for, and answers name their charset."""
    default_page: int | None = None
    """How many rows come in one answer where the tool does not ask; None means all."""
    largest_page: int | None = None
    """At most so many members, line items or results in one answer, whatever the tool asks for; None sets no bound."""
    pages_by: Literal["page", "from"] = "page"
    has_typographic_links: bool = False
    """Whether Link headers of line items come in curly quotes with `&amp;`, and paging of results fails."""
    has_full_links: bool = False
    """Whether Link headers also name the first, the current and the last page."""
    has_tool_in_item_ids: bool = False
    """Whether line items' ids end in `?type_id=`."""
    roster_roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By a role's title, what the roster says for it."""
    is_roster_escaped: bool = False
    """Whether names in the roster are HTML."""
    is_suspended_told: bool = True
    """Whether the roster lists suspended people as Inactive; else they are absent."""
    grading: Literal["plain", "moodle", "canvas"] = "plain"
    """What a score does to the gradebook, and what a line item may be."""
    has_groups: bool = False
    has_notices: bool = False


@dataclass(frozen=True, kw_only=True)
class DeepLinkingHabits:
    """How an LMS asks for content, and what it keeps of the items."""

    settings: Mapping[str, object]
    has_data: bool = True
    """Whether the settings carry `data` to be echoed."""
    is_response_checked: bool = True
    """Whether aud, deployment and nonce of the response are looked at."""
    is_confirmed: bool = False
    """Whether somebody has to press a button before the activities are there."""
    is_reduced: bool = False
    """Whether custom values become `key=value` lines, and column labels, dates and sizes are dropped."""


@dataclass(frozen=True, kw_only=True)
class Mode:
    """One LMS's habits."""

    name: ModeName
    product_family_code: str
    version: str
    release: str = ""
    """What the version is called in the platform's configuration, where that differs."""
    description: str = ""
    launch: LaunchHabits = field(default_factory=LaunchHabits)
    service: ServiceHabits = field(default_factory=ServiceHabits)
    deep_linking: DeepLinkingHabits


_INSTRUCTOR, _LEARNER = (claims.ROLE_INSTRUCTOR,), (claims.ROLE_LEARNER,)
_HISTORY = MappingProxyType(
    {"context_history": "$Context.id.history", "resource_link_history": "$ResourceLink.id.history"}
)

PLAIN = Mode(
    name="plain",
    product_family_code="kring-sandbox",
    version="1.0",
    service=ServiceHabits(has_groups=True),
    deep_linking=DeepLinkingHabits(
        settings={
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["iframe", "window"],
            "accept_multiple": True,
            "accept_lineitem": True,
            "auto_create": True,
        },
    ),
)

MOODLE = Mode(
    name="moodle",
    product_family_code="moodle",
    version="2024100706",
    release="4.5.6 (Build: 20250811)",
    description="A make-believe Moodle",
    launch=LaunchHabits(
        is_login_posted=True,
        is_hint_used_up=True,
        is_lenient=True,
        has_own_error_page=True,
        id_token_seconds=60,
        has_azp=False,
        has_locale=False,
        has_moodle_extras=True,
        context_types=("CourseSection",),
        # Everybody with the capability mod/lti:manage is an Instructor, a non-editing teacher too; the rest learn.
        roles=MappingProxyType(
            {
                "Teaching assistant": _INSTRUCTOR,
                "Observer": _LEARNER,
                "Test student": _LEARNER,
                "Administrator": (
                    claims.ROLE_INSTITUTION_ADMINISTRATOR,
                    claims.ROLE_INSTRUCTOR,
                    claims.ROLE_SYSTEM_ADMINISTRATOR,
                ),
            }
        ),
        is_custom_doubled=True,
        custom=_HISTORY,
    ),
    service=ServiceHabits(
        token_media_type="text/html; charset=utf-8",  # noqa: S106 -- a media type
        has_strict_assertions=False,
        is_media_type_exact=True,
        pages_by="from",
        has_typographic_links=True,
        has_tool_in_item_ids=True,
        # Here the capability is another one, moodle/course:manageactivities: the same assistant learns.
        roster_roles=MappingProxyType(
            {
                "Trainer": ("Instructor",),
                "Teaching assistant": ("Learner",),
                "Learner": ("Learner",),
                "Observer": ("Learner",),
                "Test student": ("Learner",),
            }
        ),
        is_roster_escaped=True,
        is_suspended_told=False,
        grading="moodle",
    ),
    deep_linking=DeepLinkingHabits(
        settings={
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["frame", "iframe", "window"],
            "accept_copy_advice": False,
            "accept_multiple": True,
            "accept_unsigned": False,
            "auto_create": False,
            "can_confirm": False,
        },
        has_data=False,
        is_response_checked=False,
        is_confirmed=True,
        is_reduced=True,
    ),
)

_INSTITUTION_INSTRUCTOR = claims.INSTITUTION_PERSON + "#Instructor"
_USER = claims.SYSTEM_PERSON + "#User"

CANVAS = Mode(
    name="canvas",
    product_family_code="canvas",
    version="cloud",
    launch=LaunchHabits(
        storage_target="post_message_forwarding",
        # What somebody is in the institution always comes along, whatever they are in the course.
        roles=MappingProxyType(
            {
                "Trainer": (_INSTITUTION_INSTRUCTOR, claims.ROLE_INSTRUCTOR, _USER),
                "Teaching assistant": (
                    _INSTITUTION_INSTRUCTOR,
                    claims.ROLE_INSTRUCTOR,
                    claims.ROLE_TEACHING_ASSISTANT,
                    _USER,
                ),
                "Learner": (claims.ROLE_INSTITUTION_STUDENT, claims.ROLE_LEARNER, _USER),
                "Observer": (
                    claims.INSTITUTION_PERSON + "#Observer",
                    claims.ROLE_LEARNER,
                    claims.ROLE_MENTOR,
                    _USER,
                ),
                "Test student": (
                    claims.ROLE_INSTITUTION_STUDENT,
                    claims.ROLE_LEARNER,
                    claims.ROLE_TEST_USER,
                    _USER,
                ),
                "Administrator": (
                    claims.ROLE_INSTITUTION_ADMINISTRATOR,
                    _INSTITUTION_INSTRUCTOR,
                    claims.ROLE_SYSTEM_ADMINISTRATOR,
                    _USER,
                ),
            }
        ),
        has_navigation=True,
        custom=_HISTORY,
    ),
    service=ServiceHabits(
        default_page=50,
        largest_page=50,
        has_full_links=True,
        roster_roles=MappingProxyType({"Observer": (claims.ROLE_LEARNER, claims.ROLE_MENTOR)}),
        is_suspended_told=False,
        grading="canvas",
        has_notices=True,
    ),
    deep_linking=DeepLinkingHabits(
        settings={
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["iframe", "window"],
            "accept_media_types": "application/vnd.ims.lti.v1.ltilink",
            "accept_multiple": True,
            "accept_lineitem": True,
            "auto_create": False,
            "validation_context": None,
        },
        has_data=False,
    ),
)

_MODES = MappingProxyType({mode.name: mode for mode in (PLAIN, MOODLE, CANVAS)})


def mode_named(name: ModeName) -> Mode:
    """Return the switches of a mode."""
    return _MODES[name]
