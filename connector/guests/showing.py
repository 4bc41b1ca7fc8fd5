"""A question as its guest's page shows it: posts under pseudonyms, and files that tell nobody's name."""

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.content.embedding import ATTACHMENT
from connector.content.file_names import split_name
from connector.content.models import Attachment
from connector.content.prose import prose
from connector.guests.access import changed_by_others, read_question
from connector.guests.pseudonyms import Cast, cast_of
from connector.threads.access import Sight
from connector.threads.limits import is_open
from connector.threads.models import Post, PostState, Thread
from connector.threads.reading import Shown
from connector.web.i18n import gettext as _

_LINK = re.compile(rf'(<a href="{ATTACHMENT.pattern}"[^>]*>)(.*?)</a>', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A post as a guest reads it."""

    id: uuid.UUID
    thread_id: uuid.UUID
    number: int
    level: int
    name: str
    avatar_id: uuid.UUID
    is_own: bool
    may_edit: bool
    """Whether the guest can change it: their own, as nobody else has changed it."""
    edited_at: datetime | None
    is_held: bool
    """Whether it is the guest's own, and waits for a trainer."""
    at: datetime
    lang: str | None
    body: Markup
    answers: str | None
    """Whom it answers."""
    answers_number: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question with all that its guest may read of it."""

    thread: Thread
    title: str
    lines: Sequence[Line]


def show_question(session: Session, thread: Thread, sight: Sight, file_url: Callable[[str], str]) -> Question:
    """Return a question for a page.

    Args:
        file_url: Gives the guest's address of a file by its id.
    """
    shown = read_question(session, thread, sight)
    cast = cast_of(session, sight.member.course_id, [each.post for each in shown], sight.member.id)
    own = [each.post for each in shown if each.post.author_id == sight.member.id]
    fixed = changed_by_others(session, own)
    changeable = {post.id for post in own if post.id not in fixed and is_open(thread, now=sight.now)}
    lines = [_line(each, cast, file_url, may_edit=each.post.id in changeable) for each in shown]
    return Question(thread, cast.hide_words(thread.title), lines)


def neutral(attachment: Attachment) -> Attachment:
    """Return a file under a name that says nothing of its sender; nothing of it is stored."""
    ending = split_name(attachment.name)[1]
    return Attachment(
        id=attachment.id,
        name=f"file{ending}",
        media_type=attachment.media_type,
        size=attachment.size,
        storage_key=attachment.storage_key,
    )


def _line(shown: Shown, cast: Cast, file_url: Callable[[str], str], *, may_edit: bool) -> Line:
    post, by = shown.post, cast.of(shown.post)
    is_answering = shown.answered is not None and (shown.answered.author_id, shown.answered.is_anonymous) in cast.names
    return Line(
        id=post.id,
        thread_id=post.thread_id,
        number=post.number,
        level=shown.level,
        name=by.name,
        avatar_id=by.avatar_id,
        is_own=by.is_own,
        may_edit=may_edit,
        edited_at=post.edited_at,
        is_held=post.state is PostState.HELD,
        at=post.created_at,
        lang=post.language,
        body=_body(cast.hide(post.body_html), file_url),
        answers=cast.of(shown.answered).name if is_answering and shown.answered else None,
        answers_number=shown.answered.number if is_answering and shown.answered else None,
    )


def _body(html: str, file_url: Callable[[str], str]) -> Markup:
    """Return a text with the guest's addresses of its files, which go by no name that somebody gave them."""

    def rename(found: re.Match[str]) -> str:
        ending = split_name(found[3])[1] if "<" not in found[3] else ""
        return f"{found[1]}{escape(_('Attached file'))}{escape(ending)}</a>"

    return prose(_LINK.sub(rename, html), address=file_url)


@dataclass(frozen=True, slots=True)
class Summary:
    """A question in a guest's list."""

    thread: Thread
    title: str
    snippet: str
    is_answered: bool
    """Whether there is an answer that the guest may read."""


def summarise(session: Session, threads: Sequence[Thread], sight: Sight) -> Sequence[Summary]:
    """Return questions for a list; two queries, however many there are."""
    answers = (
        select(Post.thread_id)
        .join(Post.thread)
        .where(Post.thread_id.in_([thread.id for thread in threads]), Post.depth == 1, sight.readable())
    )
    answered = set(session.scalars(answers))
    cast = cast_of(session, sight.member.course_id, [], sight.member.id)
    return [
        Summary(
            thread,
            cast.hide_words(thread.title),
            cast.hide_words(thread.opening.snippet),
            thread.id in answered,
        )
        for thread in threads
    ]
