"""Stock, claims, the conflict inbox, the feed and the catalogue's codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _stock_move() -> None:
    op.create_table(
        "stock_move",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("bin", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "source", "n", name=op.f("pk_stock_move")),
    )


def _stock_level() -> None:
    op.create_table(
        "stock_level",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("shelf", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("v", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "sku", name=op.f("pk_stock_level")),
    )
    op.create_index(
        op.f("ix_stock_level_store_id_v"), "stock_level", ["store_id", "v"], unique=False
    )


def _reservation() -> None:
    op.create_table(
        "reservation",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("store_id", "order_id", "line", name=op.f("pk_reservation")),
    )
    op.create_index(
        op.f("ix_reservation_store_id_state_expires_at"),
        "reservation",
        ["store_id", "state", "expires_at"],
        unique=False,
    )


def _claim() -> None:
    op.create_table(
        "claim",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "what", "key", name=op.f("pk_claim")),
    )


def _conflict() -> None:
    op.create_table(
        "conflict",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("store_id", "name", name=op.f("pk_conflict")),
    )
    op.create_index(
        op.f("ix_conflict_store_id_settled_at"),
        "conflict",
        ["store_id", "settled_at"],
        unique=False,
    )


def _feed_head() -> None:
    op.create_table(
        "feed_head",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("v", sa.BigInteger(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "scope", name=op.f("pk_feed_head")),
    )


def _feed_transaction() -> None:
    op.create_table(
        "feed_transaction",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("v", sa.BigInteger(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "scope", "v", name=op.f("pk_feed_transaction")),
    )


def _feed_row() -> None:
    op.create_table(
        "feed_row",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("v", sa.BigInteger(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("store_id", "scope", "kind", "key", name=op.f("pk_feed_row")),
    )
    op.create_index(
        op.f("ix_feed_row_store_id_scope_v"), "feed_row", ["store_id", "scope", "v"], unique=False
    )


def _article_code() -> None:
    op.create_table(
        "article_code",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "code", name=op.f("pk_article_code")),
    )


def upgrade() -> None:
    """Make the tables."""
    _stock_move()
    _stock_level()
    _reservation()
    _claim()
    _conflict()
    _feed_head()
    _feed_transaction()
    _feed_row()
    _article_code()


def downgrade() -> None:
    """Drop the tables."""
    for name in (
        "article_code",
        "feed_row",
        "feed_transaction",
        "feed_head",
        "conflict",
        "claim",
        "reservation",
        "stock_level",
        "stock_move",
    ):
        op.drop_table(name)
