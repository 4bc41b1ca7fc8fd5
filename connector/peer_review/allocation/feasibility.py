"""Why an allocation is impossible, in names and numbers that a trainer can act on, and what would make it possible."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from connector.peer_review.allocation.flow import binding
from connector.peer_review.allocation.problem import GroupMode, Id
from connector.peer_review.allocation.state import State
from connector.peer_review.allocation.table import Table


class Cause(StrEnum):
    """What makes it impossible."""

    NOBODY_ELSE = "nobody else"
    """One piece of work, and only its authors to review it."""
    MUST_IS_FORBIDDEN = "must is forbidden"
    """A must rule asks for what another rule forbids."""
    MUST_EXCEEDS_QUOTA = "must exceeds quota"
    """Must rules ask somebody for more reviews than they are to write."""
    GROUP_TOO_LARGE = "group too large"
    """Too few are outside a group to review all that comes from it."""
    GROUP_TOO_SMALL = "group too small"
    """Too few are in a group to review what comes from it."""
    TOO_LITTLE_WORK = "too little work"
    """The rules leave a reviewer fewer pieces of work than they are to review."""
    TOO_FEW_REVIEWERS = "too few reviewers"
    """The rules leave some pieces of work to reviewers who have not reviews enough for them all."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that makes an allocation impossible.

    In "8 of 10 learners are in Team A: 4 outside reviewers needed", `group` is Team A, `count` 8, `of` 10, `missing` 4.
    """

    cause: Cause
    count: int
    """How many reviewers or pieces of work it concerns."""
    of: int
    """Of how many."""
    missing: int
    """Reviewers (or, for too little work, pieces of work) that are needed beside those who are there."""
    group: Id | None = None
    reviewers: tuple[Id, ...] = ()
    submissions: tuple[Id, ...] = ()


class Remedy(StrEnum):
    """What a trainer can do with one click."""

    WITHIN_GROUPS = "within groups"
    ANY_GROUP = "any group"
    FEWER_REVIEWS = "fewer reviews"
    EXPERT_REVIEWERS = "expert reviewers"
    LIFT_RULES = "lift rules"
    SELF_REVIEW = "self-review"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A remedy and, where it has one, its number: of reviews each, or of expert reviewers."""

    remedy: Remedy
    number: int = 0


class ImpossibleError(Exception):
    """No allocation keeps the rules; `reasons` name what binds, `proposals` what would help."""

    def __init__(self, reasons: Sequence[Reason], proposals: Sequence[Proposal]) -> None:
        self.reasons = tuple(reasons)
        self.proposals = tuple(proposals)
        super().__init__(
            "; ".join(f"{each.cause}: {each.count} of {each.of}, {each.missing} missing" for each in reasons)
        )


def check_rules(table: Table, quotas: Sequence[int]) -> None:
    """Check what must rules ask for.

    Raises:
        ImpossibleError: A must rule asks for what is forbidden, or rules ask somebody for too much.
    """
    reasons = []
    asked = [0] * len(quotas)
    for reviewer, submission in table.must:
        asked[reviewer] += 1
        if not table.may(reviewer, submission):
            who, what = table.reviewers[reviewer].id, table.submissions[submission].id
            reasons.append(
                Reason(Cause.MUST_IS_FORBIDDEN, 1, len(table.must), 0, reviewers=(who,), submissions=(what,))
            )
    for reviewer, count in enumerate(asked):
        if count > quotas[reviewer]:
            who = table.reviewers[reviewer].id
            missing = count - quotas[reviewer]
            reasons.append(Reason(Cause.MUST_EXCEEDS_QUOTA, count, quotas[reviewer], missing, reviewers=(who,)))
    if reasons:
        raise ImpossibleError(reasons, [Proposal(Remedy.LIFT_RULES)])


def check_work(table: Table, quotas: Sequence[int]) -> list[int]:
    """Return how many reviews each reviewer can write at most, given what they may get."""
    count = len(table.submissions)
    sizes: dict[Id, int] = {}
    for submission in table.submissions:
        for group in submission.groups:
            sizes[group] = sizes.get(group, 0) + 1
    possible = []
    for number, quota in enumerate(quotas):
        groups = table.reviewers[number].groups
        least = count - len(table.banned[number])
        if table.problem.mode is GroupMode.OUTSIDE:
            least -= sum(sizes.get(group, 0) for group in groups)
        if table.problem.mode is GroupMode.WITHIN:
            least = max((sizes.get(group, 0) for group in groups), default=0) - len(table.banned[number])
        possible.append(quota if least >= quota else min(quota, len(table.eligible(number))))
    return possible


def too_little_work(table: Table, quotas: Sequence[int], possible: Sequence[int]) -> list[Reason]:
    """Return why some cannot write all the reviews that they are to write, by group where groups are why."""
    short = [number for number, quota in enumerate(quotas) if possible[number] < quota]
    by_group: dict[Id | None, list[int]] = {}
    for number in short:
        by_group.setdefault(_largest_group(table, number), []).append(number)
    return [
        Reason(
            Cause.TOO_LITTLE_WORK,
            len(numbers),
            len(quotas),
            max(quotas[number] - possible[number] for number in numbers),
            group=group,
            reviewers=tuple(table.reviewers[number].id for number in numbers),
        )
        for group, numbers in by_group.items()
    ]


def too_few_reviews(table: Table, state: State, quotas: Sequence[int], needed: int) -> list[Reason]:
    """Return why some pieces of work get fewer than `needed` though the loads are as equal as the rules admit."""
    reasons = [reason for group in _groups(table) if (reason := _group_reason(table, quotas, needed, group))]
    named = {each for reason in reasons for each in reason.submissions}
    for work, load in enumerate(state.loads):
        if load >= needed or table.submissions[work].id in named:
            continue
        works, reviewers = binding(state, work, table.may)
        lacking = sum(max(0, needed - state.loads[each]) for each in works)
        each_writes = max(quotas, default=1) or 1
        reason = Reason(
            Cause.TOO_FEW_REVIEWERS,
            len(works),
            len(state.loads),
            -(-lacking // min(each_writes, len(works))),
            reviewers=tuple(table.reviewers[each].id for each in sorted(reviewers)),
            submissions=tuple(table.submissions[each].id for each in sorted(works)),
        )
        reasons.append(reason)
        named.update(reason.submissions)
    return reasons


def proposals(table: Table, reasons: Sequence[Reason], possible: Sequence[int]) -> list[Proposal]:
    """Return what would make the allocation possible, the mildest first."""
    found = []
    by_groups = any(reason.group is not None for reason in reasons)
    if by_groups and table.problem.mode is GroupMode.OUTSIDE:
        found.append(Proposal(Remedy.WITHIN_GROUPS))
    if by_groups and table.problem.mode is GroupMode.WITHIN:
        found.append(Proposal(Remedy.ANY_GROUP))
    fewest = min(possible, default=0)
    if fewest and any(reason.cause is Cause.TOO_LITTLE_WORK for reason in reasons):
        found.append(Proposal(Remedy.FEWER_REVIEWS, fewest))
    missing = sum(reason.missing for reason in reasons if reason.cause is not Cause.TOO_LITTLE_WORK)
    if missing:
        found.append(Proposal(Remedy.EXPERT_REVIEWERS, missing))
    if any(reason.group is None for reason in reasons) and (table.problem.conflicts or table.problem.must_not):
        found.append(Proposal(Remedy.LIFT_RULES))
    return found


def nobody_else(table: Table) -> ImpossibleError:
    """Return what to say where one piece of work has only its authors to review it."""
    works = tuple(each.id for each in table.submissions)
    reason = Reason(Cause.NOBODY_ELSE, 1, 1, 1, submissions=works)
    return ImpossibleError([reason], [Proposal(Remedy.SELF_REVIEW), Proposal(Remedy.EXPERT_REVIEWERS, 1)])


def merged(errors: Sequence[ImpossibleError]) -> ImpossibleError:
    """Return one error that says what several say."""
    reasons = [reason for error in errors for reason in error.reasons]
    numbers: dict[Remedy, list[int]] = {}
    for proposal in (each for error in errors for each in error.proposals):
        numbers.setdefault(proposal.remedy, []).append(proposal.number)
    together = {Remedy.FEWER_REVIEWS: min}
    return ImpossibleError(
        reasons, [Proposal(remedy, together.get(remedy, sum)(each)) for remedy, each in numbers.items()]
    )


def _groups(table: Table) -> list[Id]:
    return sorted({group for each in table.submissions for group in each.groups}, key=str)


def _group_reason(table: Table, quotas: Sequence[int], needed: int, group: Id) -> Reason | None:
    """Return why work from a group gets too few reviews, where counting alone shows it (Hall's condition)."""
    mode = table.problem.mode
    if mode is GroupMode.ANY:
        return None
    works = [each for each in table.submissions if group in each.groups]
    inside = {number for number, each in enumerate(table.reviewers) if group in each.groups}
    can = inside if mode is GroupMode.WITHIN else set(range(len(quotas))) - inside
    lacking = needed * len(works) - sum(min(quotas[number], len(works)) for number in can)
    if mode is GroupMode.WITHIN:
        lacking = max(lacking, needed * len(works) - sum(_others(table, number, works) for number in can))
    if lacking <= 0:
        return None
    each_writes = min(max(quotas, default=1) or 1, len(works))
    return Reason(
        Cause.GROUP_TOO_SMALL if mode is GroupMode.WITHIN else Cause.GROUP_TOO_LARGE,
        len(inside),
        len(quotas),
        -(-lacking // each_writes),
        group=group,
        submissions=tuple(each.id for each in works),
    )


def _others(table: Table, reviewer: int, works: Sequence[object]) -> int:
    own = {table.submissions[number] for number in table.own[reviewer]}
    return sum(work not in own for work in works)


def _largest_group(table: Table, reviewer: int) -> Id | None:
    """Return the group that leaves a reviewer least to review; None where it is not groups that do."""
    groups = table.reviewers[reviewer].groups
    if table.problem.mode is GroupMode.ANY or not groups:
        return None
    sizes = {group: sum(group in each.groups for each in table.submissions) for group in sorted(groups, key=str)}
    return max(sizes, key=sizes.__getitem__)
