"""Tokens that were used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "spent_token",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("jti", sa.Text(), nullable=False),
        sa.Column("forget_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "till_id", "jti", name=op.f("pk_spent_token")),
        prefixes=["UNLOGGED"],
    )
    op.create_index(
        op.f("ix_spent_token_store_id_forget_at"),
        "spent_token",
        ["store_id", "forget_at"],
        unique=False,
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("spent_token")
