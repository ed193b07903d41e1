"""Where the fiscal chains of an epoch stand: the last record of each, by its name."""

from __future__ import annotations

from sqlalchemy import Connection

from pos.domain import events
from pos.domain.facts import ChainHead
from pos.journal.canonical import read_facts

Heads = dict[str, ChainHead]

_CHAINS = """
WITH RECURSIVE each (chain) AS (
    SELECT min(chain) FROM fiscal_record WHERE epoch = ?1
    UNION ALL
    SELECT (SELECT min(chain) FROM fiscal_record WHERE epoch = ?1 AND chain > each.chain)
    FROM each WHERE each.chain IS NOT NULL
)
SELECT chain FROM each WHERE chain IS NOT NULL
"""
_HEAD = """
SELECT number, signature FROM fiscal_record
WHERE epoch = ?1 AND chain = ?2 AND ?3 IN ('', plugin) ORDER BY number DESC LIMIT 1
"""
# "+epoch" keeps SQLite from sorting an epoch's sales: the last one is found from the end.
_OF_TICKETS = """
SELECT fiscal_chain, fiscal_number, fiscal_signature FROM sale
WHERE training = {training} AND +epoch = ?1 AND ?2 IN ('', fiscal_plugin)
ORDER BY entry DESC LIMIT 1
"""
_OF_TOTALS = """
SELECT gt_chain, gt_number, gt_signature FROM sale
WHERE training = 0 AND gt_number IS NOT NULL AND +epoch = ?1 AND ?2 IN ('', fiscal_plugin)
ORDER BY entry DESC LIMIT 1
"""


def record_heads(connection: Connection, epoch: str, plugin: str) -> Heads:
    """Return the heads of the chains of records that are no tickets'; `plugin` "" is any."""
    heads: Heads = {}
    for (chain,) in connection.exec_driver_sql(_CHAINS, (epoch,)).all():
        found = connection.exec_driver_sql(_HEAD, (epoch, chain, plugin)).first()
        if found is not None:
            heads[chain] = ChainHead(*found)
    return heads


def ticket_heads(connection: Connection, epoch: str, plugin: str) -> Heads:
    """Return the heads of the chains that tickets bear themselves."""
    heads = _kept_heads(connection, epoch, plugin)
    statements = [*(_OF_TICKETS.format(training=training) for training in (0, 1)), _OF_TOTALS]
    for statement in statements:
        found = connection.exec_driver_sql(statement, (epoch, plugin)).first()
        if found is not None:
            heads[found[0]] = ChainHead(*found[1:])
    return heads


def _kept_heads(connection: Connection, epoch: str, plugin: str) -> Heads:
    """Return those of the last sales that a purge left behind."""
    rows = connection.exec_driver_sql(
        "SELECT version, body FROM last_sale WHERE epoch = ? ORDER BY entry", (epoch,)
    )
    heads: Heads = {}
    for version, body in rows.all():
        sale = events.read("sale.finished", version, read_facts(body))
        assert isinstance(sale, events.SaleFinished)
        for stamp in (sale.fiscal, sale.grand_total):
            if stamp is not None and plugin in ("", stamp.plugin):
                heads[stamp.chain] = ChainHead(stamp.number, stamp.signature)
    return heads
