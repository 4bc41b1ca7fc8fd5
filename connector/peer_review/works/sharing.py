"""A group's text before it is handed in: each of its people goes on with it, and nobody writes over anybody.

Every text that somebody keeps is a row of its own. A form says which one it was begun from; where another one came in
between, it is refused, and its writer sees both.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.content import markdown
from connector.content.attachments import attach
from connector.content.models import Attachment
from connector.courses.models import Group, GroupMember, Membership
from connector.peer_review import rules
from connector.peer_review.models.groups import SharedText
from connector.peer_review.models.reviews import Submission
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _

HOLDER = "group text"
"""What the files of a text belong to that is not handed in."""
MOST_FILES = 50
_LISTED = 20


class TextConflictError(ConflictError):
    """Somebody else of the group kept another text since this one was begun; that one comes with it."""

    def __init__(self, newest: SharedText) -> None:
        """Take the text that is there."""
        super().__init__(_("Somebody of your group changed the text while you wrote. Nothing was overwritten."))
        self.newest = newest


def newest(session: Session, activity: Activity, group: Group) -> SharedText | None:
    """Return a group's text as it was kept last."""
    found = list_texts(session, activity, group, most=1)
    return found[0] if found else None


def list_texts(session: Session, activity: Activity, group: Group, *, most: int = _LISTED) -> Sequence[SharedText]:
    """Return a group's texts, the newest first."""
    query = (
        select(SharedText)
        .where(SharedText.activity_id == activity.id, SharedText.group_id == group.id)
        .order_by(SharedText.revision.desc())
        .limit(most)
        .options(joinedload(SharedText.by).joinedload(Membership.person))
    )
    return session.scalars(query).all()


def check_base(session: Session, activity: Activity, group: Group, base: int) -> int:
    """Check that a text was begun from the newest one, and return that one's revision; 0 where there is none.

    Raises:
        TextConflictError: It was not.
    """
    known = newest(session, activity, group)
    if known is not None and known.revision != base:
        raise TextConflictError(known)
    return known.revision if known else 0


def keep(
    session: Session,
    activity: Activity,
    group: Group,
    by: Membership,
    *,
    body: str,
    link: str | None,
    language: str | None,
    file_ids: Collection[uuid.UUID] = (),
    base: int,
    now: datetime,
) -> SharedText:
    """Keep a text for the others of a group, without handing it in.

    Args:
        base: The revision that it was begun from; 0 for none.

    Raises:
        TextConflictError: Another text was kept since then.
    """
    rules.hold(session, activity)
    revision = check_base(session, activity, group, base) + 1
    text = SharedText(
        id=uuid.uuid4(),
        activity_id=activity.id,
        group_id=group.id,
        revision=revision,
        body=body,
        link=link,
        language=language,
        by=by,
        at=now,
        is_handed_in=False,
    )
    session.add(text)
    session.flush()
    attach(session, by, file_ids, HOLDER, text.id, body=body, most=MOST_FILES)
    return text


def note_handed_in(session: Session, work: Submission, by: Membership, *, base: int, now: datetime) -> None:
    """Let the text that was handed in be the one that its group goes on from; the caller has checked the base."""
    text = SharedText(
        id=uuid.uuid4(),
        activity_id=work.activity_id,
        group_id=work.group_id,
        revision=base + 1,
        body=work.body,
        link=work.link,
        language=work.language,
        by=by,
        at=now,
        is_handed_in=True,
    )
    session.add(text)
    session.flush()


def hand_over(session: Session, work: Submission, holder_kind: str) -> None:
    """Let the files that work names, and that came with its group's earlier texts, belong to the work."""
    named = [uuid.UUID(each) for each in markdown.find_attachments(work.body)]
    if not named:
        return
    mine = (SharedText.activity_id == work.activity_id, SharedText.group_id == work.group_id)
    texts = select(SharedText.id).where(*mine)
    session.execute(
        update(Attachment)
        .where(Attachment.id.in_(named), Attachment.holder_kind == HOLDER, Attachment.holder_id.in_(texts))
        .values(holder_kind=holder_kind, holder_id=work.id)
        .execution_options(synchronize_session="fetch")
    )


def open_text(session: Session, member: Membership, text_id: uuid.UUID) -> None:
    """Check that a member may see a text that is not handed in: nobody but the group does.

    Raises:
        NotFoundError: There is none that they may.
    """
    text = session.get(SharedText, text_id)
    if text is None or session.get(GroupMember, (text.group_id, member.id)) is None:
        raise NotFoundError
