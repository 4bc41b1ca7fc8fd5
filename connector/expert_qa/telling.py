"""What notices about questions say, asked for when they are shown or mailed: never a name that the reader may not see."""

import uuid
from collections.abc import Callable, Collection, Mapping

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.expert_qa.models import Question
from connector.expert_qa.pooling import POOLED
from connector.expert_qa.services import INFO_WANTED, NUDGED, SHOWN
from connector.notifications.tellers import Teller, Telling
from connector.threads.models import OPENING, Post, Thread
from connector.threads.news import GONE
from connector.web.i18n import gettext as _


def _info(question: Question, title: str) -> tuple[str, str] | None:
    if question.info_asked_by is None:
        return None
    name = name_of(question.info_asked_by)
    return _("%(name)s needs to know more to answer “%(title)s”", name=name, title=title), question.info_wanted


def _nudge(question: Question, title: str) -> tuple[str, str] | None:
    if question.resolved_at is not None or question.thread.accepted_id is not None:
        return None
    return (
        _("Did an answer solve “%(title)s”?", title=title),
        _("Accept the one that helped: others with the same question find it then. Or say what is missing."),
    )


def _shown(_question: Question, title: str) -> tuple[str, str] | None:
    return _("Everybody can read “%(title)s” now", title=title), ""


def _pooled(question: Question, title: str) -> tuple[str, str] | None:
    if question.resolved_at is None:
        return None
    text = _("If it does not help, say so on the page of the question: it is open again then.")
    return _("The knowledge pool answers “%(title)s”", title=title), text


def _teller(words: Callable[[Question, str], tuple[str, str] | None]) -> Teller:
    """Return the teller for one thing that happens to questions: it tells who asked, and nobody else."""

    def tell(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
        found = session.scalars(
            select(Question)
            .join(Question.thread)
            .join(Post, and_(Post.thread_id == Thread.id, Post.number == OPENING))
            .where(Question.thread_id.in_(list(ids)), Thread.author_id == reader.id)
            .where(Thread.merged_into_id.is_(None), Thread.forgotten_at.is_(None), Post.state.not_in(GONE))
            .options(
                contains_eager(Question.thread).joinedload(Thread.activity),
                joinedload(Question.info_asked_by).joinedload(Membership.person),
            )
        ).all()
        told: dict[uuid.UUID, Telling] = {}
        for question in found:
            thread = question.thread
            said = words(question, thread.title)
            if said is None or not thread.activity.is_open:
                continue
            told[thread.id] = Telling(
                title=said[0],
                text=said[1],
                topic=thread.title,
                endpoint="expert_qa.show",
                values={"activity_id": thread.activity_id, "thread_id": thread.id},
            )
        return told

    return tell


TELLERS: Mapping[str, Teller] = {
    INFO_WANTED: _teller(_info),
    NUDGED: _teller(_nudge),
    SHOWN: _teller(_shown),
    POOLED: _teller(_pooled),
}
