"""The fiscal chains: each record against the one before it and against its entry's facts."""

from __future__ import annotations

from collections import deque
from typing import Any

from pos.archive.findings import Findings
from pos.archive.records import Due, is_signed_as, witnessed
from pos.archive.rows import Row, encode
from pos.archive.summary import Summary
from pos.archive.walk import Keys, raw_signature

WAITING_MAX = 1000
"""The most records about entries that may wait for the `fiscal.signed` that holds them."""

FRANCE, UNSIGNED = "france", "none"
"""The plug-in whose signed texts are known here, and the one that signs nothing."""

EXTRACT = (3, 7, 13, 19)
"""Which characters of a signature, from 1, a paper shows."""


class Chains:
    """The records so far: the head of each chain, and the records that entries still wait for.

    A chain is a register's and a plug-in's, and begins again with each epoch of the till's file.
    `wants` tells whether the rules of the last record want every real ticket's total signed.
    """

    def __init__(self, keys: Keys, findings: Findings, summary: Summary, *, is_whole: bool) -> None:
        self._keys = keys
        self._findings = findings
        self._summary = summary
        self._heads: dict[tuple[str, str], tuple[int, str]] = {}
        self._due: deque[tuple[int, str, Due]] = deque(maxlen=WAITING_MAX)
        self._count = 0
        self._plugin = ""
        self.wants = False
        self._is_whole = is_whole
        self._is_told = True

    def begin_epoch(self) -> None:
        """Every chain begins again."""
        self._heads.clear()
        self._is_whole = True

    def forget(self) -> None:
        """After a break nothing is known: what follows is taken as it is."""
        self._heads.clear()
        self._due.clear()
        self._is_whole = self._is_told = False

    def expect(self, row: Row, facts: Any) -> None:
        """Remember the records that an entry wants of the next `fiscal.signed`."""
        self._count += 1
        for due in witnessed(row, facts):
            self._due.append((self._count, f"{row.name} {due.subject}", due))

    def judge_all(self, row: Row, records: Any) -> None:
        """Judge a `fiscal.signed`: it holds every record that is due, in order, and no other.

        Where it is not known since when the country wants them, only those about the entries of
        its own transaction are due.
        """
        self._count += 1
        is_told, self._is_told = self._is_told, True
        if not is_told:
            first = self._count - max(record["back"] for record in records)
            while self._due and self._due[0][0] < first:
                self._due.popleft()
        for record in records:
            name, stamp = f"{row.name} {record['subject']}", record["stamp"]
            due = self._match(self._count - record["back"], stamp["chain"])
            if (due is None and is_told) or (due and due.subject != record["subject"]):
                self._findings.add("inserted", name, stamp["chain"])
            self.judge(row, name, stamp, due and due._replace(at=row.at))
        self._miss(len(self._due))

    def _match(self, count: int, chain: str) -> Due | None:
        """Return what is due about an entry; what is due before it is missing."""
        while self._due and self._due[0][0] <= count:
            at, _, due = self._due[0]
            if (at, due.chain) == (count, chain):
                self._due.popleft()
                return due
            self._miss(1)
        return None

    def _miss(self, times: int) -> None:
        for _ in range(times):
            _, name, due = self._due.popleft()
            self._findings.add("unrecorded", name, due.chain)

    def judge(self, row: Row, name: str, stamp: Any, due: Due | None) -> None:
        """Judge one record against its chain and what its entry wants (None: nothing)."""
        chain, number, previous = stamp["chain"], stamp["number"], stamp["previous"]
        self._follow(stamp["plugin"], stamp["fiscal_version"], name)
        start = (0, "") if self._is_whole else (number - 1, previous)
        last, signature = self._heads.get((self._plugin, chain), start)
        in_chain = due is None or due.chain == chain
        if not in_chain or (number, previous) != (last + 1, signature):
            self._findings.add("chain", name, f"{chain} {number}, {last + 1}")
        self._heads[self._plugin, chain] = number, stamp["signature"]
        self._summary.take_record(f"{row.register}/{chain}", stamp)
        if not self._is_signed_as(stamp, due):
            self._findings.add("payload", name, chain)
        elif self._plugin != UNSIGNED:
            raw = raw_signature(stamp["signature"])
            wrong = self._keys.judge(stamp["key_id"], raw, encode(stamp["payload"]))
            if wrong:
                self._findings.add(wrong, name, chain)

    def _follow(self, plugin: str, version: str, name: str) -> None:
        """Under another plug-in, or before fiscal version 2, other records are due or none."""
        if self._plugin and plugin != self._plugin:
            self._findings.add("rules", name, f"{self._plugin}, {plugin}")
        wants = plugin == FRANCE and not version.startswith("1.")
        if (plugin, wants) != (self._plugin, self.wants) and self._plugin:
            self._is_told = False
        self._plugin, self.wants = plugin, wants

    def _is_signed_as(self, stamp: Any, due: Due | None) -> bool:
        """Tell whether a stamp's text and extract are what they must be."""
        signature = stamp["signature"]
        if self._plugin == UNSIGNED:
            return not (stamp["payload"] or signature or stamp["algorithm"])
        shown = "".join(signature[place - 1] for place in EXTRACT)
        if (stamp["algorithm"], stamp["extract"]) != ("Ed25519", shown):
            return False
        if due is None or self._plugin != FRANCE:
            return True
        return is_signed_as(stamp["payload"], due, stamp["number"], stamp["previous"])

    def finish(self) -> None:
        """Judge the end: no entry still waits for its records."""
        if self.wants and self._is_told:
            self._miss(len(self._due))
