"""A second round of peer review, and what authors mean to change."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0027_second_round"
down_revision = "0026_authoring"
branch_labels = None
depends_on = None

_TIME = connector.db.UTCDateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and the table."""
    rounds = sa.Enum("none", "brief", "full", name="secondround", native_enum=False, length=32)
    with op.batch_alter_table("peer_review") as batch:
        batch.add_column(sa.Column("second_round", rounds, nullable=False, server_default="none"))
        batch.add_column(sa.Column("revision_due_at", _TIME, nullable=True))
        batch.add_column(sa.Column("second_due_at", _TIME, nullable=True))
    with op.batch_alter_table("peer_submission") as batch:
        batch.add_column(sa.Column("revised_at", _TIME, nullable=True))
        batch.add_column(sa.Column("revised_from", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("shows_intentions", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("review") as batch:
        batch.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default="1"))
        batch.drop_constraint("uq_review_activity_id_reviewer_id_submission_id", type_="unique")
        batch.create_unique_constraint(
            "uq_review_activity_id_reviewer_id_submission_id_round",
            ["activity_id", "reviewer_id", "submission_id", "round"],
        )
    with op.batch_alter_table("peer_work_result") as batch:
        batch.add_column(sa.Column("first", sa.JSON(), nullable=True))
    for table, column in (("peer_review", "second_round"), ("peer_submission", "shows_intentions"), ("review", "round")):
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, server_default=None)
    op.create_table(
        "peer_intention",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("criterion_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("done_at", _TIME, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["peer_submission.id"],
            name="fk_peer_intention_submission_id_peer_submission",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_peer_intention_member_id_membership"),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name="fk_peer_intention_review_id_review", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["peer_criterion.id"],
            name="fk_peer_intention_criterion_id_peer_criterion",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_peer_intention"),
    )
    op.create_index("ix_peer_intention_submission_id", "peer_intention", ["submission_id"])
    op.create_index("ix_peer_intention_member_id", "peer_intention", ["member_id"])


def downgrade() -> None:
    """Drop them, and the reviews of the second round with them: two of one reviewer and work would not fit."""
    op.drop_table("peer_intention")
    with op.batch_alter_table("peer_work_result") as batch:
        batch.drop_column("first")
    op.execute("DELETE FROM review WHERE round > 1")
    with op.batch_alter_table("review") as batch:
        batch.drop_constraint("uq_review_activity_id_reviewer_id_submission_id_round", type_="unique")
        batch.drop_column("round")
        batch.create_unique_constraint(
            "uq_review_activity_id_reviewer_id_submission_id", ["activity_id", "reviewer_id", "submission_id"]
        )
    with op.batch_alter_table("peer_submission") as batch:
        batch.drop_column("shows_intentions")
        batch.drop_column("revised_from")
        batch.drop_column("revised_at")
    with op.batch_alter_table("peer_review") as batch:
        batch.drop_column("second_due_at")
        batch.drop_column("revision_due_at")
        batch.drop_column("second_round")
