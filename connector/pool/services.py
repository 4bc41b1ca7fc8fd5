"""What people do with the knowledge pool: write, promote, change, propose, confirm, keep."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.content.doors import file_store
from connector.content.mentions import labels_of
from connector.content.text import normalise
from connector.courses.models import Membership
from connector.delivery.services import record
from connector.notifications.services import notify
from connector.pool import statements
from connector.pool.access import check_keeper, may_keep, may_propose
from connector.pool.finding import index_entries, unindex
from connector.pool.lending import give_back
from connector.pool.making import Text, keep_mentions, new_entry, set_tags, store
from connector.pool.models import Entry, EntryMark, EntryVersion, Proposal
from connector.threads.models import Post, PostState
from connector.threads.tagged import tags_of
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _

REVIEW_AFTER = timedelta(days=180)
"""When an entry is looked at again, unless somebody says otherwise."""
PROPOSED, DECIDED = "pool-proposed", "pool-decided"
"""What notices about proposals are called."""


def write(
    session: Session,
    activity: Activity,
    by: Membership,
    text: Text,
    *,
    review_at: datetime,
    key: uuid.UUID,
    now: datetime,
) -> Entry:
    """Write an entry; the same form sent again returns the one that it made.

    Args:
        activity: Where it is talked about; of the member's course.
        key: The form's.

    Raises:
        NotFoundError: The member does not keep the pool.
    """
    check_keeper(by)
    key = uuid.uuid5(key, f"{by.id}\n{text.title}\n{text.body}")
    entry = new_entry(activity, by, text, key=key, now=now)
    entry.author, entry.review_at = by, review_at
    kept, is_new = store(session, entry, text.tags)
    if is_new:
        record(session, statements.shared(kept, by), by=by, now=now)
    return kept


def promote(session: Session, post: Post, by: Membership, *, now: datetime) -> Entry:
    """Take an answer, or another post, into the pool as it is; once a post. Later changes of the post do not change it.

    Whoever hid their name stays hidden: the entry knows their alias, and not them.

    Args:
        post: One that the member may read.

    Raises:
        NotFoundError: The member does not keep the pool, the post cannot be read by all, or its thread is between two sides.
    """
    check_keeper(by)
    thread = post.thread
    if post.state is not PostState.VISIBLE or thread.is_private:
        raise NotFoundError
    known = session.scalar(select(Entry).where(Entry.source_post_id == post.id))
    if known is not None:
        return known
    tags = tags_of(session, [thread.id]).get(thread.id, [])
    text = Text(title=thread.title, body=post.body, language=post.language)
    entry = new_entry(thread.activity, by, text, key=uuid.uuid5(post.id, "pool"), now=now)
    entry.source_post_id, entry.thread_id = post.id, thread.id
    entry.author, entry.alias = (None, post.alias) if post.is_anonymous else (post.author, None)
    entry.review_at = now + REVIEW_AFTER
    entry.render(post.body, labels_of(post.body_html))
    kept, is_new = store(session, entry, tags)
    if is_new:
        keep_mentions(session, post, kept)
        record(session, statements.promoted(kept, by), by=by, now=now)
    return kept


def change(
    session: Session,
    entry: Entry,
    by: Membership,
    text: Text,
    *,
    version: int,
    review_at: datetime | None,
    now: datetime,
) -> None:
    """Change an entry; what it said before is kept. Who changes it says with it that it is right.

    Args:
        version: The one that the form showed.
        review_at: When to look at it again; None leaves it.

    Raises:
        NotFoundError: The member does not keep the pool.
        ConflictError: Somebody changed it in the meantime.
    """
    check_keeper(by)
    session.refresh(entry, ["version", "title", "body"], with_for_update=True)
    if version != entry.version:
        raise ConflictError(_("This entry was changed in the meantime, in another tab or by somebody else."))
    _replace(session, entry, by, text, now)
    set_tags(session, entry, text.tags)
    _confirm(entry, by, review_at, now)
    session.flush()
    index_entries(session, [entry])


def propose(session: Session, entry: Entry, by: Membership, text: Text, reason: str, *, now: datetime) -> Proposal:
    """Propose a change; who looks after the entry is told. One proposal a member and entry: a new one takes its place.

    Args:
        reason: Plain text; may be empty.

    Raises:
        NotFoundError: The member only looks on, or may change it themselves.
    """
    if not may_propose(by):
        raise NotFoundError
    session.execute(delete(Proposal).where(Proposal.entry_id == entry.id, Proposal.by_id == by.id))
    proposal = Proposal(id=uuid.uuid4(), entry=entry, by=by, title=text.title, reason=reason, created_at=now)
    proposal.write(text.body)
    session.add(proposal)
    session.flush()
    notify(session, [entry.owner_id], PROPOSED, about=entry.id, activity=entry.activity, by=by.id, now=now)
    return proposal


def decide(session: Session, proposal: Proposal, by: Membership, *, is_taken: bool, now: datetime) -> None:
    """Take a proposed change, or not; who proposed it is told when it was taken.

    Raises:
        NotFoundError: The member does not keep the pool.
    """
    check_keeper(by)
    entry, proposer = proposal.entry, proposal.by
    if is_taken:
        _replace(session, entry, by, Text(title=proposal.title, body=proposal.body, language=entry.language), now)
        _confirm(entry, by, None, now)
        session.flush()
        index_entries(session, [entry])
        record(session, statements.curated(entry, by, proposer, now), by=by, now=now)
        notify(session, [proposer.id], DECIDED, about=entry.id, activity=entry.activity, by=by.id, now=now)
    session.delete(proposal)
    session.flush()


def confirm(session: Session, entry: Entry, by: Membership, *, now: datetime) -> None:
    """Say that an entry is still right.

    Raises:
        NotFoundError: The member does not keep the pool.
    """
    check_keeper(by)
    _confirm(entry, by, None, now)
    session.flush()


def call_outdated(session: Session, entry: Entry, by: Membership, *, now: datetime) -> None:
    """Say that an entry is right no longer: it stays, marked, until somebody changes or confirms it.

    Raises:
        NotFoundError: The member does not keep the pool.
    """
    check_keeper(by)
    entry.outdated_at = entry.outdated_at or now
    session.flush()


def hand_over(session: Session, entry: Entry, by: Membership, owner: Membership) -> None:
    """Let somebody else look after an entry.

    Raises:
        NotFoundError: One of the two does not keep the pool, or the new owner is not in the course.
    """
    check_keeper(by)
    if not may_keep(owner) or not owner.is_active or owner.course_id != entry.course_id:
        raise NotFoundError
    entry.owner, entry.reminded_at = owner, None
    session.flush()


def remove(session: Session, entry: Entry, by: Membership, *, now: datetime) -> None:
    """Take an entry out of the pool; the post that it began as stays, and may be promoted again. What is lent is deleted.

    Raises:
        NotFoundError: The member neither leads the course nor looks after the entry.
    """
    check_keeper(by)
    if not by.is_staff and entry.owner_id != by.id:
        raise NotFoundError
    if entry.is_lent:
        give_back(session, file_store(), entry)
        return
    entry.removed_at, entry.source_post_id = now, None
    entry.key = uuid.uuid4()
    session.execute(delete(EntryMark).where(EntryMark.entry_id == entry.id))
    session.execute(delete(Proposal).where(Proposal.entry_id == entry.id))
    session.flush()
    unindex(session, entry)


def _replace(session: Session, entry: Entry, by: Membership, text: Text, now: datetime) -> None:
    """Let an entry say something else, and keep what it said."""
    if (entry.title, entry.body) == (text.title, text.body):
        return
    session.add(
        EntryVersion(
            pool_entry_id=entry.id,
            version=entry.version,
            title=entry.title,
            body=entry.body,
            body_html=entry.body_html,
            replaced_at=now,
            replaced_by_id=by.id,
        )
    )
    entry.title, entry.changed_at = text.title, now
    entry.version += 1
    # Names that it addressed keep their place: who is forgotten is found by them.
    entry.render(normalise(text.body), labels_of(entry.body_html))


def _confirm(entry: Entry, by: Membership, review_at: datetime | None, now: datetime) -> None:
    entry.confirmed_at, entry.confirmed_by = now, by
    entry.outdated_at = entry.reminded_at = None
    entry.review_at = review_at or (entry.review_at if entry.review_at > now else now + REVIEW_AFTER)
