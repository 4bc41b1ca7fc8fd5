"""The self-check of a registration: what works, what was not seen yet, what fails, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.platforms.checks import count_proofs, is_failing, read_checks
from connector.platforms.models import Check, Platform, PlatformCheck, SigningKey
from connector.platforms.remedies import remedy
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext
from connector.web.models import LaunchSession, Proof
from lti.keys import PUBLISH_AFTER_RETIREMENT
from lti.profiles import profile_for

State = Literal["works", "unseen", "failing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a self-check."""

    check: Check
    label: str
    state: State
    at: datetime | None
    """When it was last seen to be so."""
    told: str = ""
    """What was seen."""
    code: str | None = None
    """Why it fails."""
    remedy: str = ""
    """What to do; empty where it works."""


def self_check(session: Session, platform: Platform, *, now: datetime) -> list[Row]:
    """Return the rows of `platform`, in the order in which a connection grows."""
    known = read_checks(session, platform.id)
    proofs = count_proofs(session, platform.id)
    return [_tool_keys(session, platform, now)] + [
        _row(platform, check, known.get(check), proofs) for check in Check if check is not Check.TOOL_KEYS
    ]


def may_see(launch: LaunchSession, platform: Platform) -> bool:
    """Whether a visit may look at the self-check of `platform`: an administrator of that very LMS may."""
    return launch.is_lms_admin and launch.platform_id == platform.id


def label_of(check: Check) -> str:
    """Return what a check is about."""
    labels = {
        Check.TOOL_KEYS: _("Our keys are published"),
        Check.LOGIN: _("The LMS begins a login"),
        Check.KEYS: _("The LMS's keys can be read"),
        Check.LAUNCH: _("People arrive from a course"),
        Check.DEPLOYMENT: _("The deployment is let in"),
        Check.BROWSER: _("Browsers are recognised"),
        Check.ROSTER: _("The list of participants can be read"),
        Check.LINE_ITEM: _("A gradebook column can be made"),
        Check.SCORE: _("The gradebook takes scores"),
    }
    return labels[check]


def _tool_keys(session: Session, platform: Platform, now: datetime) -> Row:
    published = [
        key.created_at
        for key in session.scalars(select(SigningKey))
        if key.retired_at is None or now < key.retired_at + PUBLISH_AFTER_RETIREMENT
    ]
    check = Check.TOOL_KEYS
    if not published:
        profile = profile_for(platform.product, platform.issuer)
        return Row(
            check=check, label=label_of(check), state="failing", at=None, remedy=remedy(check, "no_key", profile)
        )
    told = ngettext("%(num)s key", "%(num)s keys, the newest of that time", len(published))
    return Row(check=check, label=label_of(check), state="works", at=max(published), told=told)


def _row(platform: Platform, check: Check, row: PlatformCheck | None, proofs: Mapping[Proof, int]) -> Row:
    profile = profile_for(platform.product, platform.issuer)
    told = _proofs_in_words(proofs) if check is Check.BROWSER else ""
    label = label_of(check)
    if row is None:
        return Row(check=check, label=label, state="unseen", at=None, told=told, remedy=remedy(check, None, profile))
    if is_failing(row):
        code = row.detail or "unknown"
        advice = remedy(check, code, profile)
        return Row(check=check, label=label, state="failing", at=row.failed_at, told=told, code=code, remedy=advice)
    told = told or (_roles_in_words(row.detail) if check is Check.LAUNCH else row.detail or "")
    if check is Check.BROWSER and not proofs:
        told = ""
    return Row(check=check, label=label, state="works", at=row.ok_at, told=told)


def _roles_in_words(detail: str | None) -> str:
    names = {
        "learner": _("learner"),
        "trainer": _("trainer"),
        "assistant": _("assistant"),
        "expert": _("expert"),
        "observer": _("observer"),
        "test_student": _("test student"),
    }
    seen = ", ".join(names.get(word, word) for word in (detail or "").split())
    return _("Seen as: %(roles)s", roles=seen) if seen else ""


def _proofs_in_words(proofs: Mapping[Proof, int]) -> str:
    if not proofs:
        return ""
    parts = {
        Proof.COOKIE: _("%(number)s by cookie", number=proofs.get(Proof.COOKIE, 0)),
        Proof.STORAGE: _("%(number)s by the LMS's storage", number=proofs.get(Proof.STORAGE, 0)),
        Proof.TAB: _("%(number)s in a tab of its own", number=proofs.get(Proof.TAB, 0)),
    }
    seen = ", ".join(words for proof, words in parts.items() if proofs.get(proof))
    return _("In the last twelve hours: %(seen)s", seen=seen)
