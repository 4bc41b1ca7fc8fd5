"""Courses, persons and memberships."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.db import Identified, Model
from connector.platforms.models import Deployment, Platform


class Recording(StrEnum):
    """What of the acts in a course goes to learning record stores."""

    ON = "on"
    PSEUDONYMOUS = "pseudonymous"
    """People go by pseudonyms, whatever a store is meant to get."""
    OFF = "off"


class Role(StrEnum):
    """What a person is in a course."""

    LEARNER = "learner"
    TRAINER = "trainer"
    ASSISTANT = "assistant"
    EXPERT = "expert"
    OBSERVER = "observer"
    """May read, never writes; LTI's Mentor."""
    TEST_STUDENT = "test_student"
    """A trainer's look through a learner's eyes (Canvas's Student View): kept out of figures and statements."""


STAFF = frozenset({Role.TRAINER, Role.ASSISTANT})
"""The roles of those who lead a course."""


class Course(Identified, Model):
    """An LTI context. Context ids are promised to be unique within a deployment only."""

    __tablename__ = "course"
    __table_args__ = (UniqueConstraint("deployment_id", "context_id"),)
    deployment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deployment.id"))
    deployment: Mapped[Deployment] = relationship()
    context_id: Mapped[str]
    title: Mapped[str]
    label: Mapped[str]
    iri: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    recording: Mapped[Recording] = mapped_column(default=Recording.ON)
    language: Mapped[str | None]
    """Of pages and mails for people of whom the LMS tells none: one of ours; None for what their browser asks for."""
    memberships_url: Mapped[str | None]
    """Where the LMS keeps the roster, as the last launch said; None where it is not offered."""
    groups_url: Mapped[str | None]
    """Where the LMS keeps the groups; None where it is not offered."""
    group_sets_url: Mapped[str | None]
    roster_synced_at: Mapped[datetime | None]
    """When the roster was last read whole."""
    roster_due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When to read it next; None while nobody uses the course."""
    roster_error: Mapped[str | None]
    """Why the last attempt failed; None after a good one."""
    lineitems_url: Mapped[str | None]
    """Where the LMS keeps the course's line items, as the last launch of any link said; None where it does not offer that."""
    grade_scopes: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """What the LMS lets us do there."""


class Person(Identified, Model):
    """Somebody that a platform knows: by its subject, never by e-mail; or whom a trainer invited from outside.

    Names are what the last launch said, or the invitation.
    """

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("platform_id", "subject"),)
    platform_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("platform.id"))
    platform: Mapped[Platform] = relationship()
    subject: Mapped[str]
    name: Mapped[str | None]
    """None where the LMS keeps names to itself; pages then show an alias."""
    email: Mapped[str | None]
    locale: Mapped[str | None]
    pseudonym: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4, unique=True)
    """The account name in statements. Random, so that forgetting it makes the person's statements nobody's."""
    veil: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    """A secret that never leaves: what the person is called in a blinded activity is made from it."""
    is_recorded: Mapped[bool] = mapped_column(default=True)
    """Whether statements tell what they do: what they last said about it, or false once they are erased."""
    is_guest: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether they were invited from outside: the LMS knows nothing of them, and no store may hear of them in its words."""
    erased_at: Mapped[datetime | None]
    """Since when nobody can tell who they were."""
    created_at: Mapped[datetime]


class Membership(Identified, Model):
    """A person in a course."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("course_id", "person_id"),)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    course: Mapped[Course] = relationship()
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship()
    role: Mapped[Role]
    is_active: Mapped[bool] = mapped_column(default=True)
    """Whether the LMS still has them in the course; nobody is ever deleted for having left."""
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    """The last launch; None for somebody whom only the roster knows."""

    @property
    def is_staff(self) -> bool:
        """Whether this person leads the course."""
        return self.role in STAFF

    @property
    def can_write(self) -> bool:
        """Whether this person may add anything: observers look on."""
        return self.role is not Role.OBSERVER


class Joining(StrEnum):
    """How people come into the groups of a set."""

    PLACED = "placed"
    """The LMS, or who leads the course, puts them there."""
    OPEN = "open"
    """They choose a group themselves, as long as it has room."""
    ASKED = "asked"
    """They choose one, and who leads the course agrees."""


class GroupSet(Identified, Model):
    """Groups of a course that belong together, from the LMS or made here; in one made here, a person is in one at most."""

    __tablename__ = "group_set"
    __table_args__ = (UniqueConstraint("course_id", "lms_id"),)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    lms_id: Mapped[str | None]
    """None for a set that was made here."""
    name: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    """Whether it is still used; what was written in its groups stays."""
    joining: Mapped[Joining] = mapped_column(default=Joining.PLACED)
    capacity: Mapped[int | None]
    """How many people may sign up for each group; None for any number."""
    may_start: Mapped[bool] = mapped_column(default=False)
    """Whether learners may begin further groups themselves."""
    seed: Mapped[int | None]
    """What chance decided with: the same people, seed and traits give the same groups. None where a person decided."""
    traits: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What was spread evenly over the groups: names of traits, or ids of other sets."""
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"))
    created_at: Mapped[datetime | None]
    """None for a set of the LMS's."""

    @property
    def is_own(self) -> bool:
        """Whether it was made here, so that it can be changed here."""
        return self.lms_id is None


class Group(Identified, Model):
    """A group of a course, from the LMS or made here."""

    __tablename__ = "course_group"
    __table_args__ = (UniqueConstraint("course_id", "lms_id"),)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    course: Mapped[Course] = relationship()
    lms_id: Mapped[str | None]
    """None for a group that was made here."""
    name: Mapped[str]
    set_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("group_set.id"), index=True)
    """None for groups of the LMS's that belong to no set."""
    set: Mapped[GroupSet | None] = relationship()
    is_active: Mapped[bool] = mapped_column(default=True)
    """Whether the LMS still has it, and nobody dissolved it; what was written in it stays."""


class GroupMember(Model):
    """A member in a group; a group that is dissolved keeps its members, in case it comes back."""

    __tablename__ = "course_group_member"
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_group.id"), primary_key=True)
    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True, index=True)


class TenantPolicy(Model):
    """What an organisation wants of its courses: what new ones begin with, and how far trainers may go.

    An organisation without a row has the defaults. Its limits hold whenever something is done, whatever was set before them.
    """

    __tablename__ = "tenant_policy"
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    recording: Mapped[Recording] = mapped_column(default=Recording.ON)
    """Of a new course."""
    moderation: Mapped[str] = mapped_column(default="none")
    """Of a new activity, as threads call it."""
    allows_anonymous: Mapped[bool | None]
    """Of a new activity; None for what its kind begins with."""
    keep_days: Mapped[int | None]
    """Of a new activity; None for keeping texts."""
    may_record_fully: Mapped[bool] = mapped_column(default=True)
    """Whether trainers may let a course be recorded under more than random numbers."""
    may_hide_names: Mapped[bool] = mapped_column(default=True)
    """Whether trainers may let learners hide their names."""
    most_keep_days: Mapped[int | None]
    """For how long trainers may keep texts; None for any time."""


class PolicyChange(Identified, Model):
    """That an operator changed what an organisation wants; operators come by a link, and are nobody in particular."""

    __tablename__ = "tenant_policy_change"
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"), index=True)
    changed_at: Mapped[datetime]
    what: Mapped[str]
    """The policy's name for it."""
    before: Mapped[str | None]
    after: Mapped[str | None]
