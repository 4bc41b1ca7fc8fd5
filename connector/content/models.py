"""What every written thing stores, and what comes with it: files, drafts, and those whom it addresses."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.content import markdown
from connector.content.text import count_words, normalise, plain_text, snippet
from connector.courses.models import Group, Membership
from connector.db import Identified, Model


class Everyone(StrEnum):
    """Whom a text may address besides people and groups."""

    TRAINERS = "trainers"
    """Those who lead the course."""
    EVERYONE = "everyone"
    """The whole course; for who leads it."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """Whom a text addresses."""

    members: Sequence[Membership] = ()
    groups: Sequence[Group] = ()
    roles: Sequence[Everyone] = ()
    labels: tuple[str, ...] = ()
    """What follows each @, as the text spells it."""
    targets: Sequence[tuple[str, Membership | Group | Everyone]] = ()
    """The same labels, with what each stands for."""


class Written:
    """Mixin: a text in Markdown, and what was made of it when it was written. Set it with `write`."""

    body: Mapped[str] = mapped_column(Text)
    """The Markdown, normalised."""
    body_html: Mapped[str] = mapped_column(Text)
    """Sanitised: the one column that templates may mark as safe, by the filter `prose`."""
    renderer: Mapped[int]
    """The version of the renderer that made the HTML."""
    snippet: Mapped[str]
    """The beginning, without markup."""
    word_count: Mapped[int]

    def write(self, body: str, mentions: Mentions | None = None) -> None:
        """Set the text, and everything that follows from it.

        Args:
            body: Markdown.
            mentions: What `connector.content.mentions.resolve` found in it.
        """
        self.render(normalise(body), mentions.labels if mentions else ())

    def render(self, body: str, labels: tuple[str, ...]) -> None:
        """Set a text that is normalised, with the names that it addresses as it spells them."""
        self.body = body
        self.body_html = markdown.render(body, labels)
        self.renderer = markdown.RENDERER
        plain = plain_text(self.body_html)
        self.snippet = snippet(plain)
        self.word_count = count_words(plain)


class Draft(Model):
    """What a member has typed somewhere and not sent yet."""

    __tablename__ = "draft"
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    place: Mapped[str] = mapped_column(String(120), primary_key=True)
    """Where it is being typed, such as `reply <id of the post>`."""
    fields: Mapped[dict[str, str]] = mapped_column(JSON)
    """The form's texts by name; none where it was sent or thrown away."""
    others: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What another tab or device typed at the same time: kept until the person has chosen."""
    revision: Mapped[int]
    """Goes up with every change: who changes an older one is told."""
    updated_at: Mapped[datetime] = mapped_column(index=True)


class Attachment(Identified, Model):
    """A file that a member sent; its bytes are in the store."""

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_holder", "holder_kind", "holder_id"),
        Index("ix_attachment_member_id_created_at", "member_id", "created_at"),
        Index("ix_attachment_holder_id_created_at", "holder_id", "created_at"),
    )
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), index=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    member: Mapped[Membership] = relationship()
    holder_kind: Mapped[str | None] = mapped_column(String(32))
    """What it belongs to, such as a post; None as long as it is its sender's alone, and will expire."""
    holder_id: Mapped[uuid.UUID | None]
    name: Mapped[str]
    """What it is called when it is downloaded; ends as its type does."""
    media_type: Mapped[str] = mapped_column(String(100))
    """By its content, whatever it was said to be."""
    size: Mapped[int]
    """In bytes, as stored."""
    width: Mapped[int | None]
    """In pixels, of pictures."""
    height: Mapped[int | None]
    alt: Mapped[str | None]
    """What a picture shows, in words; empty for one that is decoration, None where nobody has said."""
    storage_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]

    @property
    def needs_alt(self) -> bool:
        """Whether it is a picture that nobody has described yet."""
        return self.media_type.startswith("image/") and self.alt is None


class Mention(Identified, Model):
    """Somebody, a group or a role that a text addresses: exactly one of the three."""

    __tablename__ = "mention"
    __table_args__ = (Index("ix_mention_holder", "holder_kind", "holder_id"),)
    holder_kind: Mapped[str] = mapped_column(String(32))
    holder_id: Mapped[uuid.UUID]
    member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"), index=True)
    group_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("course_group.id"))
    role: Mapped[Everyone | None]
    label: Mapped[str]
    """The name as the text spells it; it may be another one today."""
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), index=True)
    at: Mapped[datetime]


class MentionPace(Model):
    """How many people and groups a member has addressed in their last 24 hours of doing so."""

    __tablename__ = "mention_pace"
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    since: Mapped[datetime]
    """When the first of them was addressed: a day later it begins anew."""
    count: Mapped[int]
