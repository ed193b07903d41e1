"""A closing that goes wrong by an error of the program's stops no sale, and is not kept quiet."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pos.archive.audit import Audit
from pos.archive.findings import Finding
from pos.archive.writer import row_of
from pos.domain.closing import doubts
from pos.domain.errors import Refusal
from pos.domain.events import ClosingBegun, Figures, FiscalStamp, IntegrityDoubted, PeriodClosed
from pos.domain.words import Sentence
from pos.fiscal.france import FranceRules
from pos.fiscal.port import ChainHead, TotalToSign
from pos.papers.page import Block
from pos.ports import Signer
from pos.till import closing, reports, start
from tests.till.closing_days import (
    PARIS,
    closes,
    closings,
    keys,
    local,
    sells,
    till_at,
)
from tests.till.shop import BREAD, MANAGER, MILK, PLUG_INS, BrittleStore, Till

DAY_S = 86_400


class NoDays(FranceRules):
    """French rules that cannot sign the periods of a level."""

    fails = "day"

    def total(self, what: TotalToSign, head: ChainHead, signer: Signer) -> FiscalStamp:
        if what.level == self.fails:
            raise RuntimeError("no period can be signed")
        return super().total(what, head, signer)


class NoFigures(BrittleStore):
    """A store whose figures cannot be read."""

    def figures(self, since: int, until: int) -> Figures:
        raise LookupError(f"figures of {since} to {until}")


class NoRuns(BrittleStore):
    """A store that cannot say what closing was begun."""

    def unfinished(self) -> ClosingBegun | None:
        raise LookupError("closing_run")


BROKEN_STORES = (NoFigures, NoRuns)


def a_day_later(monkeypatch: pytest.MonkeyPatch, broken: object) -> Till:
    """Return a till that sold yesterday and whose closings fail from now on."""
    till = till_at("2026-11-24 10:00")
    sells(till, BREAD)
    till.clock.pass_s(DAY_S)
    if isinstance(broken, type) and issubclass(broken, BrittleStore):
        till.store.__class__ = broken
    else:
        monkeypatch.setitem(PLUG_INS, "france", NoDays)
        till.desk.ports.fiscal = NoDays()
    return till


def doubted(till: Till) -> Sequence[tuple[str, str]]:
    found = [event for event in till.store.events if isinstance(event, IntegrityDoubted)]
    return [(one.document, one.rule) for one in found]


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("broken", [NoDays, *BROKEN_STORES])
def test_a_till_that_cannot_close_sells_on_and_says_so_once_a_day(
    monkeypatch: pytest.MonkeyPatch, broken: object, restarts: bool
) -> None:
    till = a_day_later(monkeypatch, broken)
    told: list[Sentence] = []
    if restarts:
        till.desk = till.desk_on(till.store)
        told += start.start(till.desk)
        till.sign_in("10")
    assert sells(till, BREAD, MILK).business_day == "2026-11-25"
    for _ in range(3):
        told += closing.catch_up(till.desk)
        till.clock.pass_s(60)
    assert doubted(till) == [("2026-11-25", "not_closed")]
    assert [str(one).partition(";")[0].startswith("Closing failed (") for one in told] == [True]
    till.clock.pass_s(DAY_S)
    assert sells(till, BREAD).business_day == "2026-11-26"
    assert len(doubted(till)) == len(closing.catch_up(till.desk)) + 1 == 2
    assert not closings(till)


@pytest.mark.parametrize("broken", [NoDays, *BROKEN_STORES])
def test_what_could_not_be_closed_is_closed_once_the_till_was_looked_at(
    monkeypatch: pytest.MonkeyPatch, broken: object
) -> None:
    till = a_day_later(monkeypatch, broken)
    later = sells(till, MILK)
    monkeypatch.undo()
    till.store.__class__ = BrittleStore
    till.restart()
    assert keys(till) == ["2026-11-24"]
    (day,) = closings(till)
    assert day.figures.total == later.total + 110
    assert till.clock.at == local("2026-11-25 10:00").astimezone(PARIS)


def in_order(closed: list[PeriodClosed]) -> list[tuple[PeriodClosed, PeriodClosed | None]]:
    """Return each closing of a level with the one before it."""
    return list(zip(closed, [None, *closed], strict=False))


def audited(till: Till) -> list[Finding]:
    """Return what the verifier finds wrong in a till's journal."""
    audit = Audit(None)
    for ordinal, entry in enumerate(till.store.entries, 1):
        row = row_of(ordinal, entry)
        audit.take(row, row.name)
    audit.finish()
    return audit.findings.wrong


@pytest.mark.parametrize("level", ["day", "month", "year"])
def test_a_plug_in_that_fails_a_manager_leaves_a_sentence_and_a_closing_to_go_on_with(
    monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    till = till_at("2026-12-31 10:00")
    sells(till, BREAD)
    monkeypatch.setattr(NoDays, "fails", level)
    till.desk.ports.fiscal = NoDays()
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            closes(till)
        assert refused.value.slug == "not_closed"
        assert "no period can be signed" in str(refused.value)
    assert doubted(till) == [(till.desk.business_day().isoformat(), "not_closed")]
    assert len(till.events("closing.begun")) == 1
    assert not till.events("closing.finished")
    assert sells(till, MILK).total > 0
    till.desk.ports.fiscal = FranceRules()
    assert closes(till).key == "2026-12-31"
    assert [one.level for one in closings(till)] == ["day", "month", "year"]
    assert len(till.events("closing.begun")) == len(till.events("closing.finished")) == 1
    sells(till, BREAD)
    till.clock.at = local("2027-12-31 12:00")
    closes(till, confirm=True)
    assert [doubts(*pair) for pair in in_order(closings(till, "year"))] == [[], []]
    assert audited(till) == []


def test_a_plug_in_that_fails_on_a_forgotten_day_leaves_the_manager_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    till = a_day_later(monkeypatch, NoDays)
    with pytest.raises(Refusal) as refused:
        closes(till)
    assert refused.value.slug == "not_closed"
    till.desk.ports.fiscal = FranceRules()
    assert closes(till).key == "2026-11-25"
    assert keys(till) == ["2026-11-24", "2026-11-25"]


class NoPaper(FranceRules):
    """French rules that can sign a closing and not show it."""

    def closing_block(self, closed: PeriodClosed, copy_number: int) -> Sequence[Block]:
        raise RuntimeError("no paper")


def test_a_closing_whose_paper_cannot_be_made_is_closed_and_says_so() -> None:
    till = till_at("2026-11-24 10:00")
    sells(till, BREAD)
    till.desk.ports.fiscal = NoPaper()
    assert closes(till).label == "T01-K1-Z000001"
    assert [str(one) for one in closing.catch_up(till.desk)] == [
        "T01-K1-Z000001 is closed, but its paper could not be made (RuntimeError: no paper);"
        " ask for it again."
    ]
    assert till.events("closing.finished")
    till.desk.ports.fiscal = FranceRules()
    till.sign_in(MANAGER)
    assert reports.print_closing(till.desk, "T01-K1-Z000001") == 0


def test_a_closing_that_fails_is_told_on_a_disk_that_is_full_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    till = a_day_later(monkeypatch, NoRuns)
    till.store.writes_left = 0
    (note,) = closing.catch_up(till.desk)
    assert str(note).startswith("Closing failed (LookupError: ")
    assert not doubted(till)
