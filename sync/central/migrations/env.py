"""Where the steps run: on the connection that `Centre.migrate` hands in, in its transaction."""

from __future__ import annotations

from alembic import context

from sync.central.order_tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
