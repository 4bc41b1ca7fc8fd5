"""When posts that were held or removed could be read again."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0041_shown_at"
down_revision = "0040_passages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and the index by which pages ask what is shown since."""
    with op.batch_alter_table("post") as batch:
        batch.add_column(sa.Column("shown_at", connector.db.UTCDateTime(timezone=True), nullable=True))
    is_known = sa.text("shown_at IS NOT NULL")
    op.create_index(
        "ix_post_activity_shown",
        "post",
        ["activity_id", "shown_at"],
        sqlite_where=is_known,
        postgresql_where=is_known,
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_index("ix_post_activity_shown", "post")
    with op.batch_alter_table("post") as batch:
        batch.drop_column("shown_at")
