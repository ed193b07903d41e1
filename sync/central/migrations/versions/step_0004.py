"""Click and collect: orders and their steps, sales channels, what is told of orders; store numbers.

What is reserved of a line is how much is still kept for it: the line itself says what became of it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = ("mail", "webhook_delivery", "order_step", "customer_order", "idempotency", "channel")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _channel() -> None:
    op.create_table(
        "channel",
        _text("store_id"),
        _text("channel"),
        _text("key_hash"),
        _text("stores"),
        _text("webhook_url"),
        _text("webhook_secret"),
        _moment("made_at"),
        _moment("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("store_id", "channel", name=op.f("pk_channel")),
    )


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        _text("store_id"),
        _text("channel"),
        _text("key"),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        _text("order_id"),
        _moment("made_at"),
        sa.PrimaryKeyConstraint("store_id", "channel", "key", name=op.f("pk_idempotency")),
    )
    op.create_index(op.f("ix_idempotency_store_id_made_at"), "idempotency", ["store_id", "made_at"])


def _customer_order() -> None:
    op.create_table(
        "customer_order",
        _text("store_id"),
        _text("order_id"),
        _text("token"),
        _text("code"),
        _text("channel"),
        _text("reference"),
        _text("state"),
        _text("fields"),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        sa.Column("is_request", sa.Boolean(), nullable=False),
        sa.Column("keep_s", sa.Integer(), nullable=False),
        _text("email"),
        _moment("made_at"),
        _moment("changed_at"),
        _moment("expires_at", nullable=True),
        _moment("reminded_at", nullable=True),
        sa.PrimaryKeyConstraint("store_id", "order_id", name=op.f("pk_customer_order")),
        sa.UniqueConstraint("store_id", "token", name=op.f("uq_customer_order_store_id_token")),
        sa.UniqueConstraint("store_id", "code", name=op.f("uq_customer_order_store_id_code")),
        sa.UniqueConstraint(
            "store_id",
            "channel",
            "reference",
            name=op.f("uq_customer_order_store_id_channel_reference"),
        ),
    )
    op.create_index(
        op.f("ix_customer_order_store_id_state_expires_at"),
        "customer_order",
        ["store_id", "state", "expires_at"],
    )


def _order_step() -> None:
    op.create_table(
        "order_step",
        _text("store_id"),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        _text("order_id"),
        sa.Column("n", sa.Integer(), nullable=False),
        _text("kind"),
        _text("by"),
        _text("at"),
        _text("source"),
        _text("body"),
        _moment("told_at"),
        sa.PrimaryKeyConstraint("store_id", "identity", name=op.f("pk_order_step")),
    )
    op.create_index(
        op.f("ix_order_step_store_id_order_id_n"), "order_step", ["store_id", "order_id", "n"]
    )


def _webhook_delivery() -> None:
    op.create_table(
        "webhook_delivery",
        _text("store_id"),
        _text("channel"),
        sa.Column("v", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        _text("order_id"),
        _text("kind"),
        _text("body"),
        _text("state"),
        sa.Column("tries", sa.Integer(), nullable=False),
        _moment("next_at"),
        _moment("made_at"),
        _moment("done_at", nullable=True),
        _text("problem"),
        sa.PrimaryKeyConstraint("store_id", "channel", "v", "n", name=op.f("pk_webhook_delivery")),
    )
    op.create_index(
        op.f("ix_webhook_delivery_store_id_state_channel_v_n"),
        "webhook_delivery",
        ["store_id", "state", "channel", "v", "n"],
    )


def _mail() -> None:
    op.create_table(
        "mail",
        _text("store_id"),
        _text("order_id"),
        sa.Column("v", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        _text("kind"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        _text("state"),
        sa.Column("tries", sa.Integer(), nullable=False),
        _moment("next_at"),
        _moment("made_at"),
        _moment("done_at", nullable=True),
        _text("problem"),
        sa.PrimaryKeyConstraint("store_id", "order_id", "v", "n", name=op.f("pk_mail")),
        sa.ForeignKeyConstraint(
            ["store_id", "order_id"],
            ["customer_order.store_id", "customer_order.order_id"],
            name=op.f("fk_mail_customer_order"),
        ),
    )
    op.create_index(
        op.f("ix_mail_store_id_state_next_at"), "mail", ["store_id", "state", "next_at"]
    )


def upgrade() -> None:
    """Make the tables; a reservation keeps what is still requested."""
    op.add_column("store", sa.Column("number", sa.Integer(), nullable=True))
    op.execute("DELETE FROM reservation WHERE store_id = store_id AND state <> 'requested'")
    op.drop_index(op.f("ix_reservation_store_id_state_expires_at"), "reservation")
    for name in ("state", "made_at", "expires_at"):
        op.drop_column("reservation", name)
    _channel()
    _idempotency()
    _customer_order()
    _order_step()
    _webhook_delivery()
    _mail()


def downgrade() -> None:
    """Drop the tables; what was reserved counts as requested now, with no end."""
    for name in _TABLES:
        op.drop_table(name)
    op.add_column("reservation", sa.Column("expires_at", sa.DateTime(timezone=True)))
    op.add_column(
        "reservation",
        sa.Column(
            "made_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
    )
    op.add_column(
        "reservation", sa.Column("state", sa.Text(), nullable=False, server_default="requested")
    )
    op.create_index(
        op.f("ix_reservation_store_id_state_expires_at"),
        "reservation",
        ["store_id", "state", "expires_at"],
    )
    op.drop_column("store", "number")
