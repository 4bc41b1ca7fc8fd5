"""Who owns a question: always somebody, whoever leaves, declines or goes on holiday."""

import uuid
from collections.abc import Mapping

from connector.courses.models import Role
from connector.routing.desk import Desk, Helper, helpers
from connector.routing.models import State, Wave


def find_owner(desk: Desk) -> uuid.UUID:
    """Return who owns a question now.

    That is who has claimed it; else the first expert who was asked and has not said no, until those who lead the course are
    asked; then one of these who is not away, the same as long as they can, else the one who owns least; then whoever of
    the course was asked as an expert, even if away. A course in which there is nobody at all leaves it with who asked.
    """
    here = helpers(desk)
    claimed = desk.claimed()
    if claimed is not None and claimed.member_id in here:
        return claimed.member_id
    if desk.case.answered_at is not None and desk.case.owner_id in here:
        return desk.case.owner_id  # who saw to the first answer sees to the rest
    experts = [
        here[each.member_id]
        for each in desk.requests
        if each.state is State.ASKED and not each.is_peer and each.member_id in here
    ]
    present = [each for each in experts if not each.is_away]
    if desk.case.wave < Wave.TRAINER and (named := [each for each in present if not each.member.is_staff]):
        return named[0].member.id
    leader = trainer_of(desk, here)
    for each in (leader, *present, *experts):
        if each is not None:
            return each.member.id
    return desk.thread.author_id


def trainer_of(desk: Desk, here: Mapping[uuid.UUID, Helper]) -> Helper | None:
    """Return who of those who lead the course sees to a question; None where nobody leads it but who asked."""
    leaders = [each for each in here.values() if each.member.is_staff]
    owner_id = desk.case.owner_id

    def order(each: Helper) -> tuple[bool, bool, bool, int, str]:
        is_other = each.member.id != owner_id
        is_assistant = each.member.role is not Role.TRAINER
        return each.is_away, is_other, is_assistant, each.cases, each.member.id.hex

    return min(leaders, key=order, default=None)
