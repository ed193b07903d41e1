"""What channels were told to pay back, refund by refund, and whether they said that it is paid."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; what was told of an order before it is one refund, which nobody settled."""
    op.create_table(
        "refund",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("payment", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "order_id", "n", name=op.f("pk_refund")),
        sa.ForeignKeyConstraint(
            ["store_id", "order_id"],
            ["customer_order.store_id", "customer_order.order_id"],
            name=op.f("fk_refund_customer_order"),
        ),
    )
    op.create_index(
        "ix_refund_open",
        "refund",
        ["store_id", "told_at"],
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.execute(
        "INSERT INTO refund (store_id, order_id, n, amount, told_at, settled_by, payment)"
        " SELECT store_id, order_id, steps, owed, changed_at, '', '' FROM customer_order"
        " WHERE store_id = store_id AND owed > 0"
    )


def downgrade() -> None:
    """Forget who was paid back."""
    op.drop_table("refund")
