"""Every check of the entries of a journal: the journal itself, its fiscal records, its totals."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from pos.archive.chains import Chains
from pos.archive.findings import Findings
from pos.archive.numbers import Numbers
from pos.archive.records import of_archive, of_sale, of_total
from pos.archive.rows import GENESIS, Row
from pos.archive.summary import Summary
from pos.archive.totals import Totals
from pos.archive.walk import Keys, Walk

START: dict[str, Any] = {"ordinal": 0, "entry": "", "hash": GENESIS, "closed": []}
"""What lies before the first entry of all."""

STATED = {"running", "grand_total"}
"""What every real ticket states since fiscal version 2."""

NONSENSE = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)
"""What a body that no till wrote may raise, wherever it is read."""


class Known(NamedTuple):
    """What is known of a journal from elsewhere: an entry that must be met, by name and hash.

    `first` is the name of the first entry to come, "?" when that is not known.
    """

    last: str
    hash: str
    first: str = "?"


class Audit:
    """Judges the entries of a journal in its order; memory does not grow with the journal.

    `keys` are the raw public keys to trust, None to check no signature. `before` is what came
    before the first entry: `ordinal`, name (`entry`) and `hash` of the last one, and the levels
    that it `closed`. `known` is what is remembered elsewhere of the journal.
    """

    def __init__(
        self,
        keys: Iterable[bytes] | None,
        before: Any = START,
        known: Known | None = None,
    ) -> None:
        is_whole = before["ordinal"] == 0
        self.findings = Findings()
        self.summary = Summary()
        trusted = Keys(keys)
        self._walk = Walk(before, trusted, self.findings, known.first if known else "?")
        self._totals = Totals(self.findings, closed=before["closed"], is_whole=is_whole)
        self._chains = Chains(trusted, self.findings, self.summary, is_whole=is_whole)
        self._numbers = Numbers(self.findings, is_whole=is_whole)
        self._known = known

    def take(self, row: Row | None, where: str) -> Any:
        """Judge the next entry, None for a line that is none; return its facts, None for none."""
        self.findings.where = where
        place = self._walk.place
        goes_on = self._walk.take(row)
        if not goes_on:
            self._totals.forget()
            self._numbers.forget()
            self._chains.forget()
        if row is None:
            return None
        if goes_on and self._walk.place != place:
            self._chains.begin_epoch()
            self._numbers.begin_epoch()
        if self._known and row.name == self._known.last:
            self._meet(row)
        self.summary.take(row)
        try:
            facts = json.loads(row.body)
            if goes_on:
                self._judge(row, facts)
        except NONSENSE:
            self.findings.add("unreadable", row.name)
            return None
        return facts

    def finish(self) -> None:
        """Judge the end of the journal: nothing is due any more, and what is known was met."""
        if self._known is not None:
            self.findings.add("truncated", self._walk.due, self._known.last)
        else:
            self._chains.finish()

    def _meet(self, row: Row) -> None:
        if self._known and row.hash != self._known.hash:
            self.findings.add("altered", row.name)
        self._known = None

    def _judge(self, row: Row, facts: Any) -> None:
        """Judge what an entry says: its own records, its totals, and the records it wants."""
        if row.kind == "fiscal.signed":
            self._chains.judge_all(row, facts["records"])
            return
        self._chains.expect(row, facts)
        name = f"{row.name} {facts.get('label', '')}".strip()
        if row.kind == "sale.finished":
            self._chains.judge(row, name, facts["fiscal"], of_sale(row, facts))
            self._numbers.take(name, row.register, facts)
            if self._chains.wants and not facts["training"] and not facts.keys() >= STATED:
                self.findings.add("unrecorded", name, "gt_ticket")
            if "grand_total" in facts:
                due = of_total("ticket", facts["label"], facts, facts)
                self._chains.judge(row, name, facts["grand_total"], due)
            self._totals.take_sale(name, facts)
            self.summary.take_sale(facts)
        elif row.kind == "period.closed":
            due = of_total(facts["level"], facts["key"], facts["figures"], facts)
            self._chains.judge(row, name, facts["fiscal"], due)
            self._totals.take_closing(name, facts)
            self._numbers.take_closing(facts)
            self.summary.take_closing(facts)
        elif row.kind == "archive.made":
            self._chains.judge(row, name, facts["fiscal"], of_archive(row, facts))
