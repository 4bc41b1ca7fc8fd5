"""Good work that is shown with its authors' consent."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0031_exemplars"
down_revision = "0030_named_expert"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    time = connector.db.UTCDateTime(timezone=True)
    op.create_table(
        "peer_exemplar",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("files_left_out", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", time, nullable=False),
        sa.Column("promoted_at", time, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.Integer(), nullable=False),
        sa.Column("snippet", sa.String(), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_peer_exemplar_activity_id_activity"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["peer_submission.id"], name="fk_peer_exemplar_submission_id_peer_submission"
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["membership.id"], name="fk_peer_exemplar_asked_by_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_peer_exemplar"),
        sa.UniqueConstraint("submission_id", name="uq_peer_exemplar_submission_id"),
    )
    op.create_index("ix_peer_exemplar_activity_id", "peer_exemplar", ["activity_id"])
    op.create_table(
        "peer_exemplar_consent",
        sa.Column("exemplar_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("at", time, nullable=False),
        sa.ForeignKeyConstraint(
            ["exemplar_id"],
            ["peer_exemplar.id"],
            name="fk_peer_exemplar_consent_exemplar_id_peer_exemplar",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["membership.id"], name="fk_peer_exemplar_consent_member_id_membership"
        ),
        sa.PrimaryKeyConstraint("exemplar_id", "member_id", name="pk_peer_exemplar_consent"),
    )
    op.create_index("ix_peer_exemplar_consent_member_id", "peer_exemplar_consent", ["member_id"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("peer_exemplar_consent")
    op.drop_table("peer_exemplar")
