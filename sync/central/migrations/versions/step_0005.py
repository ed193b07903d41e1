"""Where a shop is and when it is open, as its customers read it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both, empty."""
    for name in ("address", "hours"):
        op.add_column("store", sa.Column(name, sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop them."""
    for name in ("address", "hours"):
        op.drop_column("store", name)
