"""An entry may bear any version that a message can say; the parked ones are found by themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the version, and index what is parked: next to nothing."""
    op.alter_column("journal", "version", type_=sa.BigInteger())
    op.create_index(
        "ix_journal_parked",
        "journal",
        ["store_id", "till_id", "epoch", "number"],
        postgresql_where=sa.text("is_parked"),
    )


def downgrade() -> None:
    """Take the index away; the column stays wide, for what it may hold."""
    op.drop_index("ix_journal_parked", "journal")
