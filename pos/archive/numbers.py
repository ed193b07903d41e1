"""The numbers of tickets, dense in each series of a register, and the days they count for."""

from __future__ import annotations

from datetime import date
from typing import Any

from pos.archive.findings import Findings


class Numbers:
    """The last ticket of each series, real and training; a series begins again with each epoch."""

    def __init__(self, findings: Findings, *, is_whole: bool) -> None:
        self._findings = findings
        self._last: dict[bool, int] = {False: 0, True: 0} if is_whole else {}
        self._closed = date.min
        self._seller = ""

    def begin_epoch(self) -> None:
        """Every series begins again."""
        self._last = {False: 0, True: 0}

    def forget(self) -> None:
        """After a break nothing is known: what follows is taken as it is."""
        self._last, self._closed, self._seller = {}, date.min, ""

    def take(self, name: str, register: str, facts: Any) -> None:
        """Judge a ticket: its number is the next one, and its day is not one that is closed."""
        ticket, training = facts["ticket"], facts["training"]
        label = f"{register}-{'X' if training else ''}{ticket:06d}"
        due = self._last.get(training, ticket - 1) + 1
        if facts["label"] != label or ticket != due:
            self._findings.add("chain", name, f"{ticket}, {due}")
        self._last[training] = ticket
        if date.fromisoformat(facts["business_day"]) <= self._closed:
            self._findings.add("total", name, f"{facts['business_day']}, {self._closed}")
        seller = f"{facts['seller']['siret']} {facts['seller']['company']}"
        if self._seller not in ("", seller):
            self._findings.add("seller", name, f"{self._seller}, {seller}")
        self._seller = seller

    def take_closing(self, facts: Any) -> None:
        """Remember the last day that is closed."""
        if facts["level"] == "day":
            self._closed = date.fromisoformat(facts["key"])
