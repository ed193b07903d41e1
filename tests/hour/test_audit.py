"""The audit of an hour can fail: whatever is changed in one log of a true hour, it sees."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from devices.scanner.driver import LinkScanner
from pos.ports import DeviceEvent, PrintOutcome, Scanned
from tests.e2e.home import make_shop
from tests.hour import audit, bench, selling
from tests.hour.actor import Actor
from tests.hour.counter import AtWork, HourClock
from tests.hour.demands import GESTURES, demand
from tests.hour.evidence import Evidence, gather
from tests.hour.reading import printed
from tests.hour.run import NOON, run
from tests.hour.wires import Wires

SEED = 11
BASKETS = 6


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """An hour whose logs agree, and in which everything happened that is changed below."""
    found = run(tmp_path_factory.mktemp("hour") / "home", SEED, GESTURES)
    demand(found, GESTURES)
    return found


def _ticket(found: Evidence) -> tuple[list[list[str]], int]:
    """Return a printer's sheets and the place of one that bears a whole ticket."""
    for sheets in found.paper.values():
        for place, sheet in enumerate(sheets):
            if any(one.is_whole for one in printed([sheet])):
                return sheets, place
    raise AssertionError("no ticket was printed")


def _lose_copy(found: Evidence) -> None:
    sheets, place = _ticket(found)
    del sheets[place]


def _print_twice(found: Evidence) -> None:
    sheets, place = _ticket(found)
    found.paper["spare"].append(sheets[place])


def _print_cent_more(found: Evidence) -> None:
    sheets, place = _ticket(found)
    at, line = next(
        (at, line) for at, line in enumerate(sheets[place]) if line.startswith("TOTAL ")
    )
    digit = max(n for n, letter in enumerate(line) if letter.isdigit())
    other = str((int(line[digit]) + 1) % 10)
    sheets[place][at] = line[:digit] + other + line[digit + 1 :]


def _keep_no_end(found: Evidence) -> None:
    job = found.journal["print.asked"][0]["job"]
    ends = found.journal["print.finished"]
    found.journal["print.finished"] = [one for one in ends if one["job"] != job]


def _pay_cent_more(found: Evidence) -> None:
    found.terminal[0] = replace(found.terminal[0], amount=found.terminal[0].amount + 1)


def _pay_twice(found: Evidence) -> None:
    found.terminal.append(found.terminal[0])


def _pay_unasked(found: Evidence) -> None:
    found.terminal.append(replace(found.terminal[0], reference="0000000000"))


def _sell_no_card(found: Evidence) -> None:
    sale = next(
        one
        for one in found.journal["sale.finished"]
        if any(tender["method"] == "card" for tender in one["tenders"])
    )
    sale["tenders"] = [one for one in sale["tenders"] if one["method"] != "card"]


def _double_scan(found: Evidence) -> None:
    name = next(name for name, sent in found.sent.items() if sent)
    found.heard[name].append(found.sent[name][-1])


def _lose_scan(found: Evidence) -> None:
    name = next(name for name, sent in found.sent.items() if sent)
    found.heard[name].remove(found.sent[name][0])


def _swap_scans(found: Evidence) -> None:
    name, place = next(
        (name, n)
        for name, sent in found.sent.items()
        for n in range(len(sent) - 1)
        if sent[n] != sent[n + 1]
    )
    sent = found.sent[name]
    sent[place], sent[place + 1] = sent[place + 1], sent[place]


def _lines(found: Evidence) -> list[dict[str, Any]]:
    sales = found.journal["sale.finished"]
    return next(one["lines"] for one in sales if found.slips[one["label"]].lines)


def _sell_line_twice(found: Evidence) -> None:
    _lines(found).append(_lines(found)[0])


def _sell_cent_dearer(found: Evidence) -> None:
    _lines(found)[0]["total"] += 1


def _tender(found: Evidence, method: str) -> dict[str, Any]:
    sales = found.journal["sale.finished"]
    tenders = [one for sale in sales for one in sale["tenders"]]
    return next(one for one in tenders if one["method"] == method)


def _book_as_cheque(found: Evidence) -> None:
    _tender(found, "cash")["method"] = "cheque"


def _give_more_change(found: Evidence) -> None:
    found.journal["sale.finished"][0]["change"] += 100


def _doubt_for_nothing(found: Evidence) -> None:
    found.unknown["any"] = ""


def _fail_for_nothing(found: Evidence) -> None:
    ends = found.journal["print.finished"]
    end = next(one for one in ends if one["job"] not in found.failed)
    ends.append({"job": end["job"], "outcome": "failed"})


def _print_half(found: Evidence) -> None:
    sheets, place = _ticket(found)
    sheets.append(sheets[place][:-4])


def _print_line_less(found: Evidence) -> None:
    sheets, place = _ticket(found)
    del sheets[place][next(at for at, line in enumerate(sheets[place]) if line.endswith(" C"))]


def _open_for_another_cause(found: Evidence) -> None:
    opened = found.journal["drawer.opened"]
    next(one for one in opened if one["cause"] == "sale")["cause"] = "no_sale"


def _weigh_gram_more(found: Evidence) -> None:
    found.weighed[0] += 1


def _sell_gram_more(found: Evidence) -> None:
    line = next(
        line
        for sale in found.journal["sale.finished"]
        for line in sale["lines"]
        if (line.get("weighing") or {}).get("by") == "scale"
    )
    line["quantity"] += 1


def _forget_weights(found: Evidence) -> None:
    found.told.clear()


def _pulse(found: Evidence) -> None:
    found.pulses.came += 1


def _open_untold(found: Evidence) -> None:
    found.journal["drawer.opened"].append({"cause": "no_sale"})


def _force(found: Evidence) -> None:
    found.pulses.forced += found.pulses.noisy + 1


def _forced_unseen(found: Evidence) -> None:
    allowed = found.pulses.noisy + 1
    found.journal["drawer.opened"] += [{"cause": "forced"}] * allowed


def _lose_label(found: Evidence) -> None:
    job = next(one for one in found.asked_labels if one.outcome is PrintOutcome.SENT)
    del found.labels[found.labels.index(job.labels[0])]


def _more_labels(found: Evidence) -> None:
    found.labels.append(("Nobody's", "", 0))


def _show_cent_more(found: Evidence) -> None:
    found.reads[0] = replace(found.reads[0], total=found.reads[0].total + 1)


def _show_old_lines(found: Evidence) -> None:
    found.reads[0] = replace(found.reads[0], lines=("", ""))


def _start_unseen(found: Evidence) -> None:
    starts = found.journal["till.started"]
    del starts[max(place for place, one in enumerate(starts) if one["clean"])]


CHANGES: dict[str, Callable[[Evidence], None]] = {
    "a copy is not on the paper": _lose_copy,
    "a copy came out twice": _print_twice,
    "a total is a cent off on the paper": _print_cent_more,
    "a paper has no end": _keep_no_end,
    "the terminal took a cent more": _pay_cent_more,
    "the terminal paid twice": _pay_twice,
    "the terminal paid what nobody asked": _pay_unasked,
    "a ticket does not show its card payment": _sell_no_card,
    "a scan came twice": _double_scan,
    "a scan never came": _lose_scan,
    "two scans changed places": _swap_scans,
    "a line was sold twice": _sell_line_twice,
    "a line is a cent dearer": _sell_cent_dearer,
    "cash was booked as a cheque": _book_as_cheque,
    "a customer got too much change": _give_more_change,
    "nobody knows of a paper for no cause": _doubt_for_nothing,
    "a paper failed for no cause": _fail_for_nothing,
    "half a ticket lies there": _print_half,
    "a line is not on the paper": _print_line_less,
    "the drawer opened for another cause": _open_for_another_cause,
    "a weight was taken that the scale never gave": _weigh_gram_more,
    "a gram more was sold than weighed": _sell_gram_more,
    "the scale gave no weight": _forget_weights,
    "the drawer had a pulse too many": _pulse,
    "the drawer was never told": _open_untold,
    "an opening by force is not written": _force,
    "an opening by force that none was": _forced_unseen,
    "a label lacks": _lose_label,
    "a label too many": _more_labels,
    "a customer reads a cent more": _show_cent_more,
    "a customer reads nothing": _show_old_lines,
    "a start is not written": _start_unseen,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_audit_sees_what_was_changed_in_one_log(
    hour: Evidence, change: Callable[[Evidence], None]
) -> None:
    tampered = deepcopy(hour)
    change(tampered)
    with pytest.raises(AssertionError):
        audit.judge(tampered)


def _bad(fault: str) -> type[LinkScanner]:
    """Return a scanner's driver that doubles or loses every fourth scan."""

    class Bad(LinkScanner):
        def __init__(self, name: str, url: str, sink: Callable[[DeviceEvent], None]) -> None:
            count = 0

            def sieve(event: DeviceEvent) -> None:
                nonlocal count
                count += isinstance(event, Scanned)
                is_hit = isinstance(event, Scanned) and count % 4 == 0
                for _ in range({"lost": 0, "doubled": 2}[fault] if is_hit else 1):
                    sink(event)

            super().__init__(name, url, sieve)

    return Bad


def _fill_and_judge(actor: Actor) -> None:
    for _ in range(BASKETS):
        actor.fill()
    audit.scans(gather(actor))


@pytest.mark.parametrize("fault", ["lost", "doubled"])
def test_a_scanners_driver_that_loses_or_doubles_scans_is_seen(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "LinkScanner", _bad(fault))
    monkeypatch.setattr(selling, "HEARD_S", 1.0)
    dice = Random(SEED)
    wires = Wires(dice)
    actor = Actor(AtWork(make_shop(tmp_path / "home", when=NOON), wires, HourClock(NOON)), dice)
    try:
        actor.begin()
        with pytest.raises(AssertionError, match="scan was lost" if fault == "lost" else "heard"):
            _fill_and_judge(actor)
    finally:
        actor.shift.till.let_go()
        wires.close()
