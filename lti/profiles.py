"""What differs by learning management system, as data: chosen by the product family code, so that nobody asks for names.

Source: Moodle 4.5.6's behaviour, as recorded in tests/lti/moodle; for the others their documentation, which each entry names.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One product's habits; what stands here by default is what the specifications say."""

    family: str
    name: str
    """As people call it."""

    roster_limit: int | None = 100
    """Members to ask for in one page; None asks for no number."""
    are_roster_names_escaped: bool = False
    """Whether `&` comes as `&amp;` in a roster, unlike in a launch."""
    may_roster_demote: bool = True
    """False where a roster calls some people learners who launch as teachers: a launch then knows better."""

    grade_limit: int | None = None
    """Line items or results to ask for in one page; None asks for no number."""
    timestamp_step: timedelta = timedelta(milliseconds=1)
    """How much later than the one before a score must say it is."""
    does_progress_clear_grades: bool = True
    """Whether a score without points wipes the grade that is there, as the specification allows."""
    do_comments_add_up: bool = False
    """Whether each comment is added to those before, rather than put in their place."""
    is_comment_html: bool = False
    """Whether a line break in a comment has to be `<br/>`."""
    do_results_have_comments: bool = False
    """Whether a result repeats the comment of its score."""
    is_result_filter_sound: bool = True
    """False where results that were asked for by user lack their comments."""
    can_bind_later: bool = True
    """Whether a line item can be bound to a link after it was made."""
    has_submission_extension: bool = False
    """Whether scores carry Canvas's own rules about attempts and other people's grades."""
    needs_update_for_review: bool = False
    """Whether a line item's submissionReview is kept from an update only, not from its creation."""

    link_page: str | None = None
    """The address of the page that opens a link, with `{issuer}` and the link's id in `{link}`; None where neither leads there."""

    is_custom_flat: bool = False
    """Whether custom parameters are kept as lines of `key=value`, with keys made into lower case."""
    are_ids_counted: bool = False
    """Whether ids are small numbers, so that a link and a course have the same one by chance."""
    token_audience: str | None = None
    """What a client assertion must be addressed to; None where that is the token URL."""
    custom_parameters: Mapping[str, str] = field(default_factory=dict)
    """Custom parameters to register: name and the platform's variable, all of which it substitutes."""
    issuer: str | None = None
    """The one issuer that all installations have; None where each has its own."""
    configuration_hosts: tuple[str, ...] = ()
    """Where, at or below, a configuration for `issuer` may lie, that being on another host."""


_CONTEXT_HISTORY: Final = {"context_history": "$Context.id.history"}
_BOTH_HISTORIES: Final = {**_CONTEXT_HISTORY, "resource_link_history": "$ResourceLink.id.history"}

GENERIC: Final = Profile(family="generic", name="LTI", custom_parameters=_BOTH_HISTORIES)

MOODLE: Final = Profile(
    family="moodle",
    name="Moodle",
    roster_limit=1000,  # one page for nearly every course: an enrolment between two pages would shift the second
    are_roster_names_escaped=True,
    may_roster_demote=False,  # a teacher who may not edit launches as Instructor and stands in the roster as Learner
    grade_limit=None,  # with one, results are an error page and line items' links are mangled
    timestamp_step=timedelta(seconds=1),  # it compares whole seconds
    do_results_have_comments=True,
    needs_update_for_review=True,
    is_custom_flat=True,
    are_ids_counted=True,
    link_page="{issuer}/mod/lti/view.php?l={link}",
    custom_parameters={**_CONTEXT_HISTORY, "group_ids": "$Moodle.Person.userGroupIds"},
)

# https://developerdocs.instructure.com/services/canvas/resources/score and .../names_and_role
CANVAS: Final = Profile(
    family="canvas",
    name="Canvas",
    roster_limit=50,
    grade_limit=100,
    does_progress_clear_grades=False,  # by preserve_score, which every such score carries
    do_comments_add_up=True,
    has_submission_extension=True,
    can_bind_later=False,  # an assignment's tool is chosen when it is made
    custom_parameters={
        **_CONTEXT_HISTORY,
        "canvas_course_id": "$Canvas.course.id",
        "canvas_user_id": "$Canvas.user.id",
        "canvas_assignment_id": "$Canvas.assignment.id",
        "sections": "$com.instructure.User.sectionNames",
    },
    issuer="https://canvas.instructure.com",
    configuration_hosts=("instructure.com", "canvaslms.com"),
)

# https://documentation.brightspace.com/EN/integrations/admin/lti_advantage.htm
BRIGHTSPACE: Final = Profile(
    family="brightspace",
    name="Brightspace",
    token_audience="https://api.brightspace.com/auth/token",  # noqa: S106 -- an address, no password
    custom_parameters=_BOTH_HISTORIES,
)

# https://docs.anthology.com/docs/lti/
BLACKBOARD: Final = Profile(
    family="blackboard",
    name="Blackboard",
    is_comment_html=True,
    is_result_filter_sound=False,
    custom_parameters=_BOTH_HISTORIES,
    issuer="https://blackboard.com",
    configuration_hosts=("blackboard.com",),
)

SAKAI: Final = Profile(family="sakai", name="Sakai", custom_parameters=_BOTH_HISTORIES)

# https://github.com/openedx/xblock-lti-consumer/issues/669
OPENEDX: Final = Profile(family="openedx", name="Open edX", roster_limit=None)

PROFILES: Final = (MOODLE, CANVAS, BRIGHTSPACE, BLACKBOARD, SAKAI, OPENEDX, GENERIC)
_ALIASES: Final = {
    "desire2learn": BRIGHTSPACE,
    "d2l": BRIGHTSPACE,
    "blackboardlearn": BLACKBOARD,
    "anthology": BLACKBOARD,
    "edx": OPENEDX,
    "openedxlms": OPENEDX,
    "instructure": CANVAS,
    "moodleworkplace": MOODLE,
} | {profile.family: profile for profile in PROFILES}

_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9]+")
_CANVAS_ISSUER: Final = re.compile(r"https://canvas\.((beta|test)\.)?instructure\.com/?")


def profile_for(product_family_code: str | None, issuer: str | None = None) -> Profile:
    """Return the profile of a product; by the issuer where the platform does not tell its product.

    Source: https://www.imsglobal.org/spec/lti/v1p3, 5.4.2: `product_family_code`.
    """
    code = _NOT_IN_NAMES.sub("", (product_family_code or "").lower())
    if code in _ALIASES:
        return _ALIASES[code]
    if issuer and _CANVAS_ISSUER.fullmatch(issuer):
        return CANVAS
    return BLACKBOARD if issuer and issuer.rstrip("/") == BLACKBOARD.issuer else GENERIC


def custom_parameters(profile: Profile, parameters: Mapping[str, str]) -> dict[str, str]:
    """Return custom parameters as the product keeps them, so that a launch brings back what was sent.

    Moodle keeps lines of `key=value`; a key in capitals comes back twice, so it is sent as it will come back.
    """
    if not profile.is_custom_flat:
        return dict(parameters)
    return {_flat_key(name): " ".join(value.split()) for name, value in parameters.items()}


def _flat_key(name: str) -> str:
    return re.sub(r"[^a-z0-9_]", "_", name.lower())


def comment_text(profile: Profile, comment: str) -> str:
    """Return a comment with line breaks that the product shows."""
    return comment.replace("\r\n", "\n").replace("\n", "<br/>") if profile.is_comment_html else comment
