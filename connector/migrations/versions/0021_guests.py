"""Experts from outside: their invitations, codes and browsers; persons that no LMS knows; letters that tell of no notices."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0021_guests"
down_revision = "0020_proposals"
branch_labels = None
depends_on = None

_TIME = connector.db.UTCDateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and what persons and mails have more."""
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("is_guest", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("mail") as table:
        table.alter_column("person_id", existing_type=sa.Uuid(), nullable=True)
        table.add_column(sa.Column("letter", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("about", sa.Uuid(), nullable=True))
    op.create_table(
        "guest_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=True),
        sa.Column("invited_by_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.String(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", _TIME, nullable=True),
        sa.Column("opened_at", _TIME, nullable=True),
        sa.Column("agreed_at", _TIME, nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", _TIME, nullable=True),
        sa.Column("asked_at", _TIME, nullable=True),
        sa.Column("asked_thread_id", sa.Uuid(), nullable=True),
        sa.Column("told_at", _TIME, nullable=True),
        sa.Column("declined_at", _TIME, nullable=True),
        sa.Column(
            "declined",
            sa.Enum("other-topic", "no-time", "conflict", "other", name="declined", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("suggestion", sa.Text(), nullable=False),
        sa.Column("revoked_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_guest_invitation_activity_id_activity"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="fk_guest_invitation_thread_id_thread"),
        sa.ForeignKeyConstraint(["asked_thread_id"], ["thread.id"], name="fk_guest_invitation_asked_thread_id_thread"),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["membership.id"], name="fk_guest_invitation_invited_by_id_membership"
        ),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mail.id"], name="fk_guest_invitation_mail_id_mail", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_guest_invitation_member_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_guest_invitation"),
        sa.UniqueConstraint("link_hash", name="uq_guest_invitation_link_hash"),
        sa.UniqueConstraint("member_id", name="uq_guest_invitation_member_id"),
    )
    op.create_index("ix_guest_invitation_thread_id", "guest_invitation", ["thread_id"])
    op.create_index(
        "ix_guest_invitation_activity_id_created_at", "guest_invitation", ["activity_id", "created_at"]
    )
    op.create_table(
        "guest_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["guest_invitation.id"],
            name="fk_guest_code_invitation_id_guest_invitation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_guest_code"),
    )
    op.create_index("ix_guest_code_invitation_id_created_at", "guest_code", ["invitation_id", "created_at"])
    op.create_table(
        "guest_device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["guest_invitation.id"],
            name="fk_guest_device_invitation_id_guest_invitation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_guest_device"),
        sa.UniqueConstraint("secret_hash", name="uq_guest_device_secret_hash"),
    )
    op.create_index("ix_guest_device_invitation_id", "guest_device", ["invitation_id"])


def downgrade() -> None:
    """Drop them; letters that tell of no notices go, since the former mails have no place for them."""
    op.drop_table("guest_device")
    op.drop_table("guest_code")
    op.drop_table("guest_invitation")
    op.execute(sa.text("DELETE FROM mail WHERE person_id IS NULL"))
    with op.batch_alter_table("mail") as table:
        table.drop_column("about")
        table.drop_column("letter")
        table.alter_column("person_id", existing_type=sa.Uuid(), nullable=False)
    with op.batch_alter_table("person") as table:
        table.drop_column("is_guest")
