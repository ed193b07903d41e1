"""When the worker was last with each store: one that does not run is seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the instant; nobody knows it yet."""
    op.add_column("store", sa.Column("worked_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("store", "worked_at")
