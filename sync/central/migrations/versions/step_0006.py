"""Orders that are long over are forgotten by name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Note which orders name nobody any more."""
    op.add_column(
        "customer_order",
        sa.Column("is_erased", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.alter_column("customer_order", "is_erased", server_default=None)


def downgrade() -> None:
    """What was erased stays so."""
    op.drop_column("customer_order", "is_erased")
