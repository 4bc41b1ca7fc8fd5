"""Mentions: `@Anna Berg`, `@Group 2`, `@trainers`. Found when a text is written, kept beside it, and forgotten with whoever
they name.
"""

import re
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from html import unescape
from typing import Any

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.content import markdown
from connector.content.addressees import Addressee, list_addressees
from connector.content.addressing import check_pace, count_pace
from connector.content.models import Everyone, Mention, Mentions, Written
from connector.content.names import Names
from connector.courses.models import STAFF, Course, Group, GroupMember, Membership, Person
from connector.db import Model
from connector.web.errors import InvalidInputError
from connector.web.i18n import ngettext

MOST = 10
"""How many people and groups a learner may address in one text."""
SUGGESTED = 8
"""How many names are suggested."""
_FORGOTTEN = "@…"
_SPAN = re.compile(r'<span class="mention">@([^<]*)</span>')

TextsOf = Callable[[Session, str, Collection[uuid.UUID]], Iterable[Any]]
"""Returns the texts that stand for what holds mentions, by its kind and ids: each has a `body` and a `body_html`."""


def resolve(
    session: Session,
    course: Course,
    body: str,
    *,
    by: Membership,
    now: datetime,
    activity: Activity | None = None,
    was: str = "",
) -> Mentions:
    """Return whom a text addresses; no query where there is no @ in it, else at most five.

    A name that two people have addresses nobody without the code of the one who is meant.

    Args:
        body: Markdown.
        by: Who writes it; decides who may be addressed.
        activity: Where it is written.
        was: The HTML of what the text said before: whom that addresses is not counted again.

    Raises:
        InvalidInputError: A learner addresses more than `MOST`, or has addressed many today.
    """
    if "@" not in body or by.person.is_guest:  # whom a guest may not know, they may not find by trying
        return Mentions()
    known = {each.label.casefold(): each for each in list_addressees(session, course, by, activity)}
    labels = sorted(markdown.find_names(body, Names(each.label for each in known.values())))
    named = [(label, known[label.casefold()]) for label in labels]
    if len({each.target for _label, each in named}) > MOST and not by.is_staff:
        sentence = ngettext("Address at most %(num)s person.", "Address at most %(num)s people and groups.", MOST)
        raise InvalidInputError({"body": [sentence]})
    before = {label.casefold() for label in labels_of(was)}
    fresh = {each.target for label, each in named if label.casefold() not in before}
    check_pace(session, by, len(fresh), now=now)
    return _load(session, named)


def _load(session: Session, named: Sequence[tuple[str, Addressee]]) -> Mentions:
    if not named:
        return Mentions()
    ids = [each.target for _label, each in named if isinstance(each.target, uuid.UUID)]
    members = session.scalars(
        select(Membership).where(Membership.id.in_(ids)).options(joinedload(Membership.person))
    ).all()
    groups = session.scalars(select(Group).where(Group.id.in_(ids))).all()
    by_id: dict[uuid.UUID | Everyone, Membership | Group | Everyone] = {each: each for each in Everyone}
    by_id.update({each.id: each for each in members})
    by_id.update({each.id: each for each in groups})
    targets = tuple((label, by_id[each.target]) for label, each in named)
    roles = {target: None for _label, target in targets if isinstance(target, Everyone)}
    return Mentions(
        members=tuple(members),
        groups=tuple(groups),
        roles=tuple(roles),
        labels=tuple(label for label, _each in named),
        targets=targets,
    )


def note_mentions(
    session: Session,
    mentions: Mentions,
    by: Membership,
    holder_kind: str,
    holder_id: uuid.UUID,
    *,
    now: datetime,
) -> Mentions:
    """Keep whom a text addresses, in place of what was kept of it, and return those whom it did not address before.

    Args:
        by: Who wrote it.
        holder_kind: The name of the table that the text is in, such as `post`.
    """
    mine = (Mention.holder_kind == holder_kind, Mention.holder_id == holder_id)
    before = {_target(row) for row in session.scalars(select(Mention).where(*mine))}
    session.execute(delete(Mention).where(*mine))
    for label, target in mentions.targets:
        session.add(
            Mention(
                holder_kind=holder_kind,
                holder_id=holder_id,
                member_id=target.id if isinstance(target, Membership) else None,
                group_id=target.id if isinstance(target, Group) else None,
                role=target if isinstance(target, Everyone) else None,
                label=label,
                course_id=by.course_id,
                at=now,
            )
        )
    session.flush()
    count_pace(session, by, len({_id_of(target) for _label, target in mentions.targets} - before), now=now)
    return Mentions(
        members=tuple(each for each in mentions.members if each.id not in before),
        groups=tuple(each for each in mentions.groups if each.id not in before),
        roles=tuple(each for each in mentions.roles if each not in before),
    )


def _target(row: Mention) -> uuid.UUID | Everyone | None:
    return row.member_id or row.group_id or row.role


def _id_of(target: Membership | Group | Everyone) -> uuid.UUID | Everyone:
    return target if isinstance(target, Everyone) else target.id


def members_addressed(session: Session, course: Course, mentions: Mentions) -> set[uuid.UUID]:
    """Return the ids of everybody whom a text addresses, by themselves, in a group or by their role; two queries."""
    found = {each.id for each in mentions.members}
    if mentions.groups:
        inside = select(GroupMember.membership_id).where(
            GroupMember.group_id.in_([each.id for each in mentions.groups])
        )
        found |= set(session.scalars(inside))
    if mentions.roles:
        everybody = select(Membership.id).where(Membership.course_id == course.id, Membership.is_active)
        if Everyone.EVERYONE not in mentions.roles:
            everybody = everybody.where(Membership.role.in_(STAFF))
        found |= set(session.scalars(everybody))
    return found


def suggest(
    session: Session, course: Course, by: Membership, typed: str, activity: Activity | None = None
) -> Sequence[Addressee]:
    """Return at most `SUGGESTED` of those whom a member may address, whose names have words that begin as is typed."""
    wanted = " ".join(typed.split()).casefold()
    found: list[tuple[bool, Addressee]] = []
    seen: set[uuid.UUID | Everyone] = set()
    for each in list_addressees(session, course, by, activity):
        name = each.label.casefold()
        is_first = name.startswith(wanted)
        # Each role has a word of every language, and is suggested by the reader's.
        if each.target == by.id or each.target in seen or not (is_first or f" {wanted}" in f" {name}"):
            continue
        seen.add(each.target)
        found.append((not is_first, each))
    return [each for _rank, each in sorted(found, key=lambda pair: pair[0])[:SUGGESTED]]


def labels_of(html: str) -> tuple[str, ...]:
    """Return the names that rendered `html` addresses, as its text spells them."""
    return tuple(dict.fromkeys(unescape(found) for found in _SPAN.findall(html)))


def written_tables() -> Sequence[type[Written]]:
    """Return every table of written things."""
    return [each for each in _mapped() if issubclass(each, Written)]


def _mapped() -> Sequence[type[Any]]:
    return [mapper.class_ for mapper in Model.registry.mappers]


def texts_of(session: Session, holder_kind: str, ids: Collection[uuid.UUID]) -> Iterable[Any]:
    """Yield the rows of a table of written things by id, and older versions of them, which other tables keep by the id of
    what they are of.
    """
    for table in _mapped():
        columns = inspect(table).local_table.columns
        own_name = inspect(table).local_table.name
        key = columns.get("id" if own_name == holder_kind else f"{holder_kind}_id")
        if key is not None and "body" in columns and "body_html" in columns:
            yield from session.scalars(select(table).where(key.in_(ids)))


def forget_mentions(session: Session, person: Person, texts: TextsOf = texts_of) -> Sequence[Any]:
    """Take somebody's name out of what others wrote to them, and return the texts that were changed.

    Who has an index of these texts must put them in anew.

    Args:
        texts: Finds the texts by the kind and the ids of what holds them.
    """
    mine = select(Membership.id).where(Membership.person_id == person.id).scalar_subquery()
    found = session.scalars(select(Mention).where(Mention.member_id.in_(mine))).all()
    changed: list[Any] = []
    for kind in {row.holder_kind for row in found}:
        labels = {row.label.casefold() for row in found if row.holder_kind == kind}
        ids = {row.holder_id for row in found if row.holder_kind == kind}
        changed += [text for text in texts(session, kind, ids) if _forget_names(text, labels)]
    session.execute(delete(Mention).where(Mention.member_id.in_(mine)))
    session.flush()
    return changed


def _forget_names(text: Any, labels: set[str]) -> bool:
    spelt = labels_of(text.body_html)
    gone = sorted((each for each in spelt if each.casefold() in labels), key=len, reverse=True)
    if not gone:
        return False
    body = text.body
    for label in gone:
        body = body.replace(f"@{label}", _FORGOTTEN)
    kept = tuple(each for each in spelt if each not in gone)
    if isinstance(text, Written):
        text.render(body, kept)
    else:
        text.body, text.body_html = body, markdown.render(body, kept)
    return True
