"""What reports look up, from the index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0022_report_indices"
down_revision = "0021_guests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the indices."""
    for name in ("ix_fact_object", "ix_fact_at", "ix_fact_target"):
        op.drop_index(name, "fact")
    op.create_index("ix_fact_object", "fact", ["feed_id", "object", "event", "at", "actor"])
    op.create_index("ix_fact_parent", "fact", ["feed_id", "parent", "event", "at", "actor"])
    named = sa.text("target IS NOT NULL")
    op.create_index("ix_fact_target", "fact", ["target"], sqlite_where=named, postgresql_where=named)


def downgrade() -> None:
    """Change them back."""
    for name in ("ix_fact_object", "ix_fact_parent", "ix_fact_target"):
        op.drop_index(name, "fact")
    op.create_index("ix_fact_object", "fact", ["feed_id", "object"])
    op.create_index("ix_fact_at", "fact", ["feed_id", "at"])
    op.create_index("ix_fact_target", "fact", ["target"])
