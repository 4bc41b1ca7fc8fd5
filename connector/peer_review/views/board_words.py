"""What a trainer reads: why work cannot be distributed, what would help, and why a result is in doubt."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Group, Membership
from connector.courses.people import name_of
from connector.peer_review.aggregation.confidence import Doubt
from connector.peer_review.allocation.feasibility import Cause, ImpossibleError, Proposal, Reason, Remedy
from connector.peer_review.allocation.problem import Id
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext


def impossible_words(session: Session, error: ImpossibleError) -> tuple[list[str], list[str]]:
    """Return why nothing could be distributed, with names and numbers, and what would make it possible."""
    ids = [each for reason in error.reasons for each in (*reason.reviewers, reason.group)]
    names = _names(session, ids)
    return [_reason(each, names) for each in error.reasons], [_proposal(each) for each in error.proposals]


def doubt_words(doubts: Iterable[str]) -> list[str]:
    """Return why a result needs another review."""
    words = {
        Doubt.WIDE.value: _("The result is not sure yet"),
        Doubt.UNINFORMED.value: _("A review seems not to be about the work"),
        Doubt.APART.value: _("The reviews are far apart"),
    }
    return [words.get(each, each) for each in doubts]


def reminded_words(count: int) -> str | tuple[str, str]:
    """Return how many people were reminded; who has nothing to do that can be done is not."""
    if not count:
        return (_("Nobody was reminded: they have nothing to do now, or were reminded a moment ago."), "warn")
    return ngettext("Reminded: %(num)s person.", "Reminded: %(num)s people.", count)


def asked_words(count: int) -> str | tuple[str, str]:
    """Return how many people were asked for one more review."""
    if not count:
        return (_("Nobody was asked: nobody has written all of theirs and could review more now."), "warn")
    return ngettext("Asked for one more review: %(num)s person.", "Asked for one more review: %(num)s people.", count)


def decided_words(count: int) -> str | tuple[str, str]:
    """Return about how much late work was decided."""
    if not count:
        return (_("Nothing was decided: choose work that still waits."), "warn")
    return ngettext(
        "Decided about %(num)s piece of work; its authors are told.",
        "Decided about %(num)s pieces of work; their authors are told.",
        count,
    )


def consulted_words(count: int) -> str:
    """Return how many reviews experts were asked for."""
    return ngettext("An expert was asked for %(num)s review.", "Experts were asked for %(num)s reviews.", count)


def _reason(reason: Reason, names: dict[str, str]) -> str:
    who = ", ".join(names.get(str(each), "?") for each in reason.reviewers)
    group = names.get(str(reason.group), _("one group"))
    return {
        Cause.NOBODY_ELSE: _("Only one person has handed in: there is nobody to review it."),
        Cause.MUST_IS_FORBIDDEN: _("%(who)s must review work that another rule keeps from them.", who=who),
        Cause.MUST_EXCEEDS_QUOTA: _(
            "%(who)s must review %(count)s pieces of work, but writes only %(of)s reviews.",
            who=who,
            count=reason.count,
            of=reason.of,
        ),
        Cause.GROUP_TOO_LARGE: ngettext(
            "%(count)s of %(of)s learners are in %(group)s: %(num)s more reviewer from outside is needed.",
            "%(count)s of %(of)s learners are in %(group)s: %(num)s more reviewers from outside are needed.",
            reason.missing,
            count=reason.count,
            of=reason.of,
            group=group,
        ),
        Cause.GROUP_TOO_SMALL: ngettext(
            "%(group)s has only %(count)s learners: %(num)s more reviewer is needed there.",
            "%(group)s has only %(count)s learners: %(num)s more reviewers are needed there.",
            reason.missing,
            count=reason.count,
            group=group,
        ),
        Cause.TOO_LITTLE_WORK: _(
            "For %(who)s there is too little work that they may review: %(missing)s more is needed.",
            who=who,
            missing=reason.missing,
        ),
        Cause.TOO_FEW_REVIEWERS: _(
            "%(count)s pieces of work have too few reviewers who may review them: %(missing)s more are needed.",
            count=reason.count,
            missing=reason.missing,
        ),
    }[reason.cause]


def _proposal(proposal: Proposal) -> str:
    return {
        Remedy.WITHIN_GROUPS: _("Let people review within their own group."),
        Remedy.ANY_GROUP: _("Let groups mean nothing for reviews."),
        Remedy.FEWER_REVIEWS: _("Ask for %(number)s reviews each.", number=proposal.number),
        Remedy.EXPERT_REVIEWERS: _("Review some work yourself, or ask somebody who knows the subject."),
        Remedy.LIFT_RULES: _("Take back one of your rules about who reviews whom."),
        Remedy.SELF_REVIEW: _("Let people review their own work."),
    }[proposal.remedy]


def _names(session: Session, ids: Iterable[Id | None]) -> dict[str, str]:
    wanted = [uuid.UUID(str(each)) for each in ids if each is not None]
    people = session.scalars(select(Membership).where(Membership.id.in_(wanted)).options(joinedload(Membership.person)))
    names = {str(each.id): name_of(each) for each in people}
    groups = session.execute(select(Group.id, Group.name).where(Group.id.in_(wanted)))
    return names | {str(id_): name for id_, name in groups}
