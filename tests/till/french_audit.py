"""A journal's French records, judged anew by what `docs/fiscal.md` says, not by the plug-in."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pos.doubles import HashSigner
from pos.journal.entry import Entry

PARIS = ZoneInfo("Europe/Paris")
TYPES = {"sale": "VENTE", "refund": "RETOUR", "exchange": "ECHANGE", "void": "ANNULATION"}
COVERED = (
    *("lines", "tenders", "ticket_discount", "voided", "returned_tenders"),
    *("change", "rounding", "label", "operation", "running", "shift"),
)
NUMBERED = {
    "260": ("till.installed",),
    "80": ("till.started", "staff.signed_in"),
    "40": ("till.stopped", "staff.signed_out"),
    "320": ("basket.abandoned",),
    "170": ("shift.counted", "shift.closed"),
    "90": ("epoch.opened", "integrity.doubted"),
    "240": ("settings.changed",),
    "20": ("archive.made",),
}
ALWAYS = {kind: code for code, kinds in NUMBERED.items() for kind in kinds}
OWN = (
    *("training.switched", "clock.jumped", "basket.cut", "notice.acknowledged"),
    *("catalogue.imported", "staff.added", "staff.pin_changed", "staff.removed"),
    *("archive.verified", "journal.purged", "export.made"),
)
LEVELS = ("day", "month", "year")

Facts = dict[str, Any]


def canonical(facts: object) -> bytes:
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def hashed(payload: bytes, signature: bytes) -> bool:
    """Tell whether the signer that needs no key signed this."""
    return signature == HashSigner().sign(payload)


class Audit:
    """Judges entries one by one; an assertion fails at the first record that is not right."""

    def __init__(self, is_signed: Callable[[bytes, bytes], bool] = hashed) -> None:
        self.is_signed = is_signed
        self.heads: dict[tuple[str, str], tuple[int, str]] = {}
        self.running = [0, 0, 0]
        self.sums: dict[str, Counter[int]] = {level: Counter() for level in LEVELS}
        self.due: list[tuple[int, str, Facts, str]] = []
        self.codes: Counter[str] = Counter()
        self.chains: Counter[str] = Counter()

    def judge(self, entries: Sequence[Entry]) -> Audit:
        """Judge a whole journal: nothing may be due at its end."""
        for place, entry in enumerate(entries):
            self._take(place, entry, json.loads(entry.body))
        assert not self.due
        return self

    def _take(self, place: int, entry: Entry, facts: Facts) -> None:
        if entry.kind == "fiscal.signed":
            self._records(place, entry, facts["records"])
            return
        self.due += [(place, *wanted) for wanted in technical(entry.kind, facts, entry.body)]
        if entry.kind == "sale.finished":
            self._sale(entry, facts)
        elif entry.kind == "period.closed":
            self._closing(entry, facts)

    def _sale(self, entry: Entry, facts: Facts) -> None:
        covered = {name: facts[name] for name in COVERED if name in facts}
        self._stamp(
            entry,
            "training" if facts["training"] else "ticket",
            facts["fiscal"],
            vat(facts["vat"]),
            facts["total"],
            *(local(facts["at"]), register(entry), "#", TYPES[facts["operation"]]),
            sha256(canonical(covered)),
        )
        if facts["training"]:
            assert "running" not in facts
            assert "grand_total" not in facts
            return
        self._grow(facts["total"])
        for level in self.sums:
            self.sums[level].update({row["rate"]: row["gross"] for row in facts["vat"]})
        self._totals(entry, "ticket", facts["label"], facts, facts["grand_total"])

    def _grow(self, total: int) -> None:
        period, perpetual, absolute = self.running
        self.running = [period + total, perpetual + total, absolute + abs(total)]

    def _closing(self, entry: Entry, facts: Facts) -> None:
        level, figures = facts["level"], facts["figures"]
        assert {row["rate"]: row["gross"] for row in figures["vat"]} == dict(self.sums[level])
        assert figures["total"] == sum(self.sums[level].values())
        held = {**facts, "vat": figures["vat"], "total": figures["total"]}
        self._totals(entry, level, facts["key"], held, facts["fiscal"])
        self.sums[level] = Counter()
        if level == "year":
            self.running[0] = 0

    def _totals(self, entry: Entry, level: str, key: str, facts: Facts, stamp: Facts) -> None:
        running = [facts["running"][name] for name in ("period", "perpetual", "perpetual_abs")]
        assert running == self.running
        at = local(facts["at"])
        self._stamp(
            entry,
            f"gt_{level}",
            stamp,
            vat(facts["vat"]),
            facts["total"],
            *running,
            *(at, f"{level}:{key}", "#"),
        )

    def _records(self, place: int, entry: Entry, records: Sequence[Facts]) -> None:
        assert len(records) == len(self.due) > 0
        for record, (of, code, facts, info) in zip(records, self.due, strict=True):
            assert record["back"] == place - of
            by = facts.get("staff", "")
            if code == "DUPLICATE":
                till, _, number = facts["document"].rpartition("-")
                paper = {"ticket": "TICKET", "closing": "CLOTURE"}[facts["paper"]]
                fields = [register(entry), "#", paper, facts["copy_number"], by, local(entry.at)]
                self._stamp(entry, "duplicate", record["stamp"], *fields, till, number)
            else:
                fields = ["#", code, info, local(entry.at), by, register(entry)]
                self._stamp(entry, "jet", record["stamp"], *fields)
                self.codes[code] += 1
        self.due.clear()

    def _stamp(self, entry: Entry, chain: str, stamp: Facts, *fields: object) -> None:
        """Check a stamp: its chain, its signature, and its payload from the entry's own facts."""
        number, previous = self.heads.get((entry.place.epoch, chain), (0, ""))
        texts = [str(number + 1 if field == "#" else field) for field in fields]
        assert stamp["payload"] == ",".join([*texts, "Y" if number else "N", previous])
        assert (stamp["chain"], stamp["number"]) == (chain, number + 1)
        assert stamp["previous"] == previous
        signature = base64.urlsafe_b64decode(stamp["signature"] + "==")
        assert self.is_signed(stamp["payload"].encode(), signature)
        assert stamp["extract"] == "".join(stamp["signature"][n - 1] for n in (3, 7, 13, 19))
        self.heads[entry.place.epoch, chain] = (number + 1, stamp["signature"])
        self.chains[chain] += 1


def technical(kind: str, facts: Facts, body: bytes) -> Iterator[tuple[str, Facts, str]]:
    """Yield the code, the facts and the info's digest of each record that an entry wants."""
    info = sha256(body)
    if kind == "print.asked" and facts["copy_number"] and facts["paper"] in ("ticket", "closing"):
        yield "DUPLICATE", facts, ""
        yield kind, facts, info
    elif kind == "sale.finished" and not facts["training"]:
        yield from _of_lines(facts)
    elif kind == "period.closed":
        yield "60" if facts["level"] == "year" else "50", facts, info
    elif (
        (kind == "permission.used" and ("lender" in facts or facts["permission"] == "big_discount"))
        or (kind == "drawer.opened" and facts["cause"] in ("no_sale", "forced"))
        or kind in (*ALWAYS, *OWN)
    ):
        yield ALWAYS.get(kind, kind), facts, info


def _of_lines(facts: Facts) -> Iterator[tuple[str, Facts, str]]:
    back = [line for line in facts["lines"] if "returned" in line]
    dear = [line for line in facts["lines"] if "price_before" in line and line not in back]
    groups = {"190": back, "line.voided": facts["voided"], "price.changed": dear}
    for code, lines in groups.items():
        yield from ((code, facts, sha256(canonical(line))) for line in lines)


def register(entry: Entry) -> str:
    return f"{entry.place.till}-{entry.place.epoch}"


def local(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone(PARIS):%Y%m%d%H%M%S}"


def vat(rows: Sequence[Facts]) -> str:
    ordered = sorted(rows, key=lambda row: -row["rate"])
    return "|".join(f"{row['rate']:04d}:{row['gross']}" for row in ordered)
