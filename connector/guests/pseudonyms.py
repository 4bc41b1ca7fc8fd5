"""What a guest calls the people of a question: never by their names, whatever these wrote themselves.

Everybody goes by their role and a number, in the order in which they first wrote; somebody who wrote once under their name
and once without it is two. Names that stand in the texts give way: those that a text addresses, and the full names of the
course's people. What somebody tells of themselves in other words stays, since it is what they wanted to say.
"""

import re
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.courses.models import STAFF, Membership, Person, Role
from connector.threads.models import Post
from connector.web.i18n import gettext as _

_SHORTEST = 5
"""A name that is shorter may be any word."""
_TEXT = re.compile(r"""(>|\salt=")([^<"]+)""")
"""What people read of HTML: what stands between tags, and what pictures show."""
_MENTION = re.compile(r'(<span class="mention">)@([^<]*)(</span>)')
_Key = tuple[uuid.UUID, bool]


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """Somebody as a guest knows them."""

    name: str
    avatar_id: uuid.UUID
    """What the picture's colour follows from: of the pseudonym, in this question alone."""
    is_own: bool


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of one question, as one guest knows them."""

    names: Mapping[_Key, Pseudonym]
    words: Mapping[str, str]
    """What stands for each full name of the course."""

    def of(self, post: Post) -> Pseudonym:
        """Return who wrote a post of the question."""
        return self.names[_key(post)]

    def hide(self, html: str) -> str:
        """Return a text's HTML without names."""
        html = _MENTION.sub(lambda found: f"{found[1]}@{self._stands_for(found[2])}{found[3]}", html)
        if not self.words:
            return html
        names = re.compile("|".join(rf"(?<!\w){re.escape(escape(name))}(?!\w)" for name in self._longest_first()))
        return _TEXT.sub(lambda found: found[1] + names.sub(lambda name: self._escaped(name[0]), found[2]), f">{html}")[
            1:
        ]

    def hide_words(self, text: str) -> str:
        """Return a plain text, such as a title, without names."""
        for name in self._longest_first():
            parts = re.split(rf"(?<!\w){re.escape(name)}(?!\w)", text)
            text = self.words[name].join(parts)
        return text

    def _longest_first(self) -> Sequence[str]:
        return sorted(self.words, key=len, reverse=True)

    def _stands_for(self, label: str) -> str:
        known = {escape(name).casefold(): word for name, word in self.words.items()}
        return escape(known.get(label.partition("#")[0].casefold(), "…"))

    def _escaped(self, name: str) -> str:
        known = {escape(each): word for each, word in self.words.items()}
        return escape(known.get(name, "…"))


def cast_of(session: Session, course_id: uuid.UUID, posts: Sequence[Post], own_id: uuid.UUID) -> Cast:
    """Return what a guest calls the authors of a question's posts; one query.

    Args:
        posts: In the order in which they are numbered, the question first.
        own_id: The guest's membership.
    """
    names: dict[_Key, Pseudonym] = {}
    counts: defaultdict[str, int] = defaultdict(int)
    for post in sorted(posts, key=lambda post: post.number):
        if _key(post) in names:
            continue
        word = _word(post)
        counts[word] += 1
        seed = uuid.uuid5(post.thread_id, f"guest {len(names)}")
        is_own = post.author_id == own_id
        said = _("You") if is_own else f"{word} {counts[word]}"
        names[_key(post)] = Pseudonym(said, seed, is_own)
    return Cast(names, _words(session, course_id, names))


def _words(session: Session, course_id: uuid.UUID, names: Mapping[_Key, Pseudonym]) -> dict[str, str]:
    shown = {
        member_id: each.name for (member_id, is_hidden), each in names.items() if not is_hidden and not each.is_own
    }
    people = session.execute(
        select(Membership.id, Person.name)
        .join(Membership.person)
        .where(Membership.course_id == course_id, Person.name.is_not(None), Person.is_guest.is_(False))
    )
    return {
        name.strip(): shown.get(id_, _("somebody in the course"))
        for id_, name in people
        if name and len(name.strip()) >= _SHORTEST
    }


def _key(post: Post) -> _Key:
    return post.author_id, post.is_anonymous


def _word(post: Post) -> str:
    """Return what kind of person somebody is; who hides their name hides that too."""
    role = post.author.role
    if post.is_anonymous or role not in STAFF | {Role.EXPERT}:
        return _("Learner")
    return _("Expert") if role is Role.EXPERT else _("Trainer")
