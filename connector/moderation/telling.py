"""What notices say about reports, and about what was done."""

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Membership
from connector.moderation.models import Act, Answer, Deed, Proposal
from connector.moderation.words import told_to_author
from connector.notifications.tellers import Telling
from connector.threads.models import Post, Thread
from connector.web.i18n import gettext as _


def tell_act(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return what the log says to those whom its entries are about: never who did it, always why."""
    acts = session.scalars(
        select(Act)
        .where(Act.id.in_(ids))
        .options(joinedload(Act.activity), joinedload(Act.thread), joinedload(Act.target), joinedload(Act.post))
    )
    return {
        act.id: _telling(act)
        for act in acts
        if act.activity.course_id == reader.course_id and (act.undone_at is None or act.deed is Deed.REVEALED)
    }


def tell_report(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return what those who lead the course hear of a reported post."""
    if not reader.is_staff:
        return {}
    posts = session.scalars(
        select(Post).where(Post.id.in_(ids)).options(joinedload(Post.thread).joinedload(Thread.activity))
    )
    return {
        post.id: Telling(
            title=_("A post in “%(title)s” was reported", title=post.thread.title),
            text=post.snippet,
            topic=post.thread.title,
            endpoint="moderation.post",
            values={"activity_id": post.activity_id, "post_id": post.id},
            lang=post.language,
        )
        for post in posts
        if post.thread.activity.course_id == reader.course_id
    }


def tell_proposal(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return what the author of a private thread hears when it is wished that it be opened: while the wish stands."""
    found = _proposals(session, ids, Thread.author_id == reader.id, Proposal.answer == Answer.WAITING)
    return {
        each.id: Telling(
            title=_("May your private thread “%(title)s” be opened to the course?", title=each.thread.title),
            text=each.note or _("You see first what the others would see. You may say no."),
            topic=each.thread.title,
            endpoint="proposals.show",
            values={"activity_id": each.thread.activity_id, "proposal_id": each.id},
        )
        for each in found
    }


def tell_answer(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return what who proposed it hears of the answer: what it was, and not from whom."""
    if not reader.is_staff:
        return {}
    found = _proposals(session, ids, Proposal.by_id == reader.id, Proposal.answer != Answer.WAITING)
    return {
        each.id: Telling(
            title=_("“%(title)s” is open to the course now", title=each.thread.title)
            if each.answer is Answer.PUBLISHED
            else _("“%(title)s” stays private, as its author wishes", title=each.thread.title),
            text="",
            topic=each.thread.title,
            endpoint="discussion.show",
            values={"activity_id": each.thread.activity_id, "thread_id": each.copy_id or each.thread_id},
        )
        for each in found
    }


def _proposals(session: Session, ids: Collection[uuid.UUID], *conditions: ColumnElement[bool]) -> Collection[Proposal]:
    there = (Thread.is_private, Thread.merged_into_id.is_(None), Thread.forgotten_at.is_(None))
    return session.scalars(
        select(Proposal)
        .join(Thread, Thread.id == Proposal.thread_id)
        .where(Proposal.id.in_(ids), *there, *conditions)
        .options(joinedload(Proposal.thread))
    ).all()


def _telling(act: Act) -> Telling:
    thread = act.target or act.thread
    title = thread.title if thread else act.activity.title
    place = thread.activity if thread else act.activity
    activity_id = place.id
    if thread is None:
        endpoint, values = f"{place.kind}.index", {"activity_id": activity_id}
    elif act.post is not None:
        endpoint, values = f"{place.kind}.find_post", {"activity_id": activity_id, "post_id": act.post.id}
    else:
        endpoint, values = f"{place.kind}.show", {"activity_id": activity_id, "thread_id": thread.id}
    return Telling(
        title=told_to_author(act.deed, title),
        text=act.reason,
        topic=title,
        endpoint=endpoint,
        values=values,
    )
