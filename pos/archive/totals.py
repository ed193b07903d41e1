"""The running totals, and the closings against the tickets they hold.

BOI-TVA-DECLA-30-10-30 § 170: the total of each period, and the perpetual one that nothing resets.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from pos.archive.findings import Findings
from pos.archive.records import running_of

PARENT = {"day": "month", "month": "year", "year": ""}
"""What a closing of each level adds to."""

SUMS = ("total", "sold", "returned", "rounding", "tickets", "refunds", "voids")
"""The plain sums of a closing's figures."""


def sums_of_sale(facts: Any) -> Counter[str]:
    """Return what a ticket adds to the figures of its day."""
    operation = facts.get("operation", "sale")
    back = sum(line["total"] for line in facts["lines"] if "returned" in line)
    sums = Counter(
        total=facts["total"],
        sold=facts["total"] - back,
        returned=back,
        rounding=facts["rounding"],
        tickets=1,
        refunds=int(operation in ("refund", "exchange")),
        voids=int(operation == "void"),
    )
    return _with_rates(sums, facts["vat"], ((t["method"], t["amount"]) for t in facts["tenders"]))


def sums_of_figures(figures: Any) -> Counter[str]:
    """Return the figures of a closing under the same names."""
    sums = Counter({name: figures[name] for name in SUMS})
    tenders = ((tally["name"], tally["amount"]) for tally in figures["tenders"])
    return _with_rates(sums, figures["vat"], tenders)


def _with_rates(sums: Counter[str], vat: Any, tenders: Any) -> Counter[str]:
    for row in vat:
        for amount in ("gross", "net", "tax"):
            sums[f"{amount} {row['rate']}"] += row[amount]
    for method, amount in tenders:
        sums[f"tender {method}"] += amount
    return sums


def difference(due: Counter[str], found: Counter[str]) -> str:
    """Return the first figure that differs, or "".

    >>> difference(Counter(total=12, sold=12), Counter(total=10, sold=12))
    'total 10, 12'
    """
    for name in sorted({*due, *found}):
        if due[name] != found[name]:
            return f"{name} {found[name]}, {due[name]}"
    return ""


class Totals:
    """The running totals and the sums of what is not closed yet; None or absent: not known.

    `closed` names the levels whose last closing lies right before the first entry.
    """

    def __init__(self, findings: Findings, *, closed: Any, is_whole: bool) -> None:
        self._findings = findings
        self.running: list[int] | None = [0, 0, 0] if is_whole else None
        self.closed_running = self.running
        self.sums = {level: Counter[str]() for level in PARENT if is_whole or level in closed}
        self.number: dict[str, int] = dict.fromkeys(PARENT, 0) if is_whole else {}
        self._why_unknown = "begun_before"

    def forget(self) -> None:
        """After a break nothing is known: what follows is taken as it is."""
        self.running = self.closed_running = None
        self.sums.clear()
        self.number.clear()
        self._why_unknown = "unsummed"

    def take_sale(self, name: str, facts: Any) -> None:
        """Judge a ticket: it adds up, and its running totals grow by it. Training changes none."""
        total = facts["total"]
        parts = (
            sum(line["total"] for line in facts["lines"]),
            sum(rate["gross"] for rate in facts["vat"]),
            sum(tender["amount"] for tender in facts["tenders"]) - facts["rounding"],
        )
        if set(parts) != {total}:
            self._findings.add("total", name)
        if facts["training"]:
            if "running" in facts or "grand_total" in facts:
                self._findings.add("total", name, "training")
            return
        self._run(name, running_of(facts) if "running" in facts else None, total)
        if "day" in self.sums:
            self.sums["day"].update(sums_of_sale(facts))

    def _run(self, name: str, now: list[int] | None, total: int) -> None:
        """Judge the totals after a document; fiscal version 1.0 did not state them (None)."""
        due = now
        if self.running is not None:
            period, perpetual, absolute = self.running
            due = [period + total, perpetual + total, absolute + abs(total)]
        if now not in (None, due):
            self._findings.add("total", name, f"running {now}, {due}")
        self.running = now or due

    def take_closing(self, name: str, facts: Any) -> None:
        """Judge a closing: its figures are the sums of its parts, its totals those at its end.

        A month and a year end where their last day does.
        """
        level, now = facts["level"], running_of(facts)
        if level == "day":
            self._run(name, now, 0)
            self.closed_running = now
        elif self.closed_running not in (None, now):
            self._findings.add("total", name, f"running {now}, {self.closed_running}")
        own = sums_of_figures(facts["figures"])
        wrong = difference(self.sums[level], own) if level in self.sums else ""
        if wrong:
            self._findings.add("total", name, wrong)
        if level not in self.sums:
            self._findings.add(self._why_unknown, name)
        if self.number.get(level, facts["number"] - 1) != facts["number"] - 1:
            self._findings.add("missing", name, f"{facts['number']}, {self.number[level] + 1}")
        self._turn(level, own, facts["number"])
        if level == "year" and self.running is not None:
            self.running = [self.running[1] - now[1], *self.running[1:]]

    def _turn(self, level: str, own: Counter[str], number: int) -> None:
        """Begin the next period of a level; what was closed adds to the level above."""
        self.sums[level], self.number[level] = Counter(), number
        if PARENT[level] in self.sums:
            self.sums[PARENT[level]].update(own)
