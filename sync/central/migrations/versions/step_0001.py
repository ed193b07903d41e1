"""Stores, tills, their journals, and what journals are projected into."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _day_closing() -> None:
    op.create_table(
        "day_closing",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("perpetual", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "store_id", "till_id", "epoch", "number", name=op.f("pk_day_closing")
        ),
        sa.UniqueConstraint("store_id", "identity", name=op.f("uq_day_closing_store_id_identity")),
    )


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_parked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "till_id", "epoch", "number", name=op.f("pk_journal")),
    )


def _payment() -> None:
    op.create_table(
        "payment",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "store_id", "till_id", "epoch", "number", "n", name=op.f("pk_payment")
        ),
    )


def _sale() -> None:
    op.create_table(
        "sale",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("business_day", sa.Text(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("rounding", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("shift", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("store_id", "till_id", "epoch", "number", name=op.f("pk_sale")),
        sa.UniqueConstraint("store_id", "identity", name=op.f("uq_sale_store_id_identity")),
    )
    op.create_index(op.f("ix_sale_store_id_label"), "sale", ["store_id", "label"], unique=False)


def _sale_line() -> None:
    op.create_table(
        "sale_line",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("vat", sa.Text(), nullable=False),
        sa.Column("vat_rate", sa.Integer(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("returned_ticket", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(
            "store_id", "till_id", "epoch", "number", "n", name=op.f("pk_sale_line")
        ),
    )


def _store() -> None:
    op.create_table(
        "store",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("price_zone", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_store")),
    )


def _till() -> None:
    op.create_table(
        "till",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("software", sa.Text(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.store_id"], name=op.f("fk_till_store")),
        sa.PrimaryKeyConstraint("store_id", "till_id", name=op.f("pk_till")),
    )


def _enrol_code() -> None:
    op.create_table(
        "enrol_code",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "till_id"],
            ["till.store_id", "till.till_id"],
            name=op.f("fk_enrol_code_till"),
        ),
        sa.PrimaryKeyConstraint("store_id", "code_hash", name=op.f("pk_enrol_code")),
    )


def _till_head() -> None:
    op.create_table(
        "till_head",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("pushed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "till_id"],
            ["till.store_id", "till.till_id"],
            name=op.f("fk_till_head_till"),
        ),
        sa.PrimaryKeyConstraint("store_id", "till_id", "epoch", name=op.f("pk_till_head")),
    )


def _till_key() -> None:
    op.create_table(
        "till_key",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("is_trusted", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "till_id"],
            ["till.store_id", "till.till_id"],
            name=op.f("fk_till_key_till"),
        ),
        sa.PrimaryKeyConstraint("store_id", "till_id", "key_id", name=op.f("pk_till_key")),
    )


def upgrade() -> None:
    """Make the tables."""
    _day_closing()
    _journal()
    _payment()
    _sale()
    _sale_line()
    _store()
    _till()
    _enrol_code()
    _till_head()
    _till_key()


def downgrade() -> None:
    """Drop the tables."""
    for name in (
        "till_key",
        "till_head",
        "enrol_code",
        "till",
        "store",
        "sale_line",
        "sale",
        "payment",
        "journal",
        "day_closing",
    ):
        op.drop_table(name)
