"""What must agree when the hour is over: the journal, and everybody else's own log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from devices.card.protocol import REFERENCE_LENGTH
from pos.ports import PrintOutcome
from tests.hour.bench import LabelJob
from tests.hour.evidence import Evidence
from tests.hour.purse import CASH
from tests.hour.reading import cents, printed


def judge(found: Evidence) -> None:
    """Hold the journal against what each device knows of itself; AssertionError where they part."""
    cards(found)
    papers(found)
    drawer(found)
    scans(found)
    lines(found)
    tenders(found)
    weights(found)
    labels(found)
    display(found)
    starts(found)


def cards(found: Evidence) -> None:
    """Every payment that the terminal did is in the journal once, to the cent, and no other."""
    amounts = {one["request"]: one["amount"] for one in found.journal["card.asked"]}
    ends = {one["request"]: one["outcome"] for one in found.journal["card.answered"]}
    assert ends.keys() == amounts.keys(), "a card request has no end"
    assert "unknown" not in ends.values()
    journal = {
        name[-REFERENCE_LENGTH:]: amounts[name] for name, end in ends.items() if end == "approved"
    }
    references = [one.reference for one in found.terminal]
    assert len(set(references)) == len(references), "the terminal did one request twice"
    terminal = {
        one.reference: one.amount for one in found.terminal if one.reference not in found.cancelled
    }
    assert journal == terminal, dict(journal.items() ^ terminal.items())
    sales = found.journal["sale.finished"]
    by_card = [one for sale in sales for one in sale["tenders"] if one["method"] == "card"]
    assert {one["reference"][-REFERENCE_LENGTH:]: one["amount"] for one in by_card} == terminal
    assert len(by_card) == len(terminal)


def papers(found: Evidence) -> None:
    """Each copy that the journal knows as printed lies once on one printer's paper."""
    asked = {one["job"]: one for one in found.journal["print.asked"]}
    ends = {one["job"]: one["outcome"] for one in found.journal["print.finished"]}
    endless = [one for job, one in asked.items() if job not in ends]
    assert not endless, endless
    assert not {"unknown"} & set(ends.values())
    causes(found)
    known = Counter(
        (one["document"], one["copy_number"])
        for job, one in asked.items()
        if one["paper"] == "ticket" and ends[job] != "failed"
    )
    heads = [one for sheets in found.paper.values() for one in printed(sheets)]
    lies = [one for one in heads if one.is_whole]
    paper = Counter((one.label, one.copy) for one in lies)
    assert paper == known, f"paper only: {paper - known}, journal only: {known - paper}"
    assert set(known.values()) <= {1}
    for one in lies:
        slip = found.slips[one.label]
        assert one.total == slip.total, one
        assert list(one.lines) == [line.printed for line in slip.lines], f"{one}, not {slip}"
    halves = Counter(one.label for one in heads if not one.is_whole)
    doubted = Counter(asked[job]["document"] for job in found.unknown if job in asked)
    assert halves <= doubted, f"half on paper: {halves}, unknown: {doubted}"


def causes(found: Evidence) -> None:
    """Nobody knows the end of a paper, or it failed, only where something explains that."""
    ends = found.journal["print.finished"]
    for outcome, known in (("unknown", found.unknown), ("failed", found.failed)):
        told = {
            one["job"] for one in ends if one["outcome"] == outcome and not one.get("settled_by")
        }
        assert all(known.get(job) for job in told), f"{outcome} for no cause: {told} {known}"
        assert all(known.values()), f"{outcome} for no cause: {known}"


def drawer(found: Evidence) -> None:
    """Every pulse has its entry, and every opening by key or force has its own."""
    pulses = found.pulses
    causes = Counter(one["cause"] for one in found.journal["drawer.opened"])
    told = dict(causes)
    forced = causes.pop("forced", 0)
    assert causes.pop("found_open", 0) <= pulses.noisy, "nobody left it open for a start"
    with_cash = sum(any(by == CASH for by, _ in slip.tenders) for slip in found.slips.values())
    assert causes == Counter(sale=with_cash, no_sale=pulses.by_hand), (causes, with_cash, pulses)
    assert pulses.forced <= forced <= pulses.forced + pulses.noisy, (told, pulses)
    assert causes.total() == pulses.kicked, (causes, pulses)
    assert pulses.came == pulses.kicked - pulses.missed, pulses


def scans(found: Evidence) -> None:
    """What a scanner sent came once and in its order, noise passed over."""
    for name, sent in found.sent.items():
        heard = [text for text in found.heard[name] if not _is_noise(found, text)]
        assert heard == sent, f"{name}: {_first_difference(sent, heard)}"


def _is_noise(found: Evidence, text: str) -> bool:
    return any(text in noise for noise in found.noise)


def _first_difference(sent: list[str], heard: list[str]) -> str:
    pairs = zip(sent, heard, strict=False)
    place = next((n for n, (one, other) in enumerate(pairs) if one != other), len(heard))
    return f"{len(sent)} sent, {len(heard)} heard, other from {place} on"


def lines(found: Evidence) -> None:
    """Each ticket has the lines that were brought to it, to the gram and to the cent."""
    sales = {one["label"]: one for one in found.journal["sale.finished"]}
    assert sales.keys() == found.slips.keys(), sales.keys() ^ found.slips.keys()
    for label, slip in found.slips.items():
        sold = [
            (one["code"].lstrip("0"), one["quantity"], one["total"])
            for one in sales[label]["lines"]
        ]
        assert sold == [line.sold for line in slip.lines], f"{label}: sold {sold}, noted {slip}"
        assert sales[label]["total"] == slip.total, f"{label}: {sales[label]}"


def tenders(found: Evidence) -> None:
    """Each ticket was paid as hands took it and gave it, its change to the cent."""
    for sale in found.journal["sale.finished"]:
        slip = found.slips[sale["label"]]
        paid = _by_method((one["method"], one["amount"]) for one in sale["tenders"])
        assert paid == _by_method(slip.tenders), f"{sale['label']}: paid {paid}, noted {slip}"
        assert sale["change"] == slip.change, f"{sale['label']}: {sale['change']}, noted {slip}"


def _by_method(tenders: Iterable[tuple[str, int]]) -> Counter[str]:
    """Sum tenders: cash goes back in several where another tender should have gone back."""
    sums: Counter[str] = Counter()
    for method, amount in tenders:
        sums[method] += amount
    return sums


def weights(found: Evidence) -> None:
    """Every weight that was sold off the scale is one that the scale gave, in that order."""
    sold = Counter(
        one["quantity"]
        for sale in found.journal["sale.finished"]
        for one in sale["lines"]
        if not one.get("returned") and (one.get("weighing") or {}).get("by") == "scale"
    )
    assert sold == Counter(found.weighed), sold - Counter(found.weighed)
    given = iter(found.told)
    assert all(grams in given for grams in found.weighed), "the scale never gave such a weight"


def labels(found: Evidence) -> None:
    """The labels lie there as they were asked for: all of a job, or its first where it was cut."""
    ends = {0}
    for job in found.asked_labels:
        ends = {
            start + count
            for start in ends
            for count in _counts(job)
            if tuple(found.labels[start : start + count]) == job.labels[:count]
        }
        assert ends, f"labels lack before {job}"
    assert len(found.labels) in ends, f"{len(found.labels)} labels, not {sorted(ends)}"


def _counts(job: LabelJob) -> range:
    """Return how many labels of a job may lie there, by what its printer said."""
    whole = len(job.labels)
    if job.outcome is PrintOutcome.FAILED:
        return range(1)
    is_sure = job.outcome is PrintOutcome.SENT and not job.may_lack
    return range(whole, whole + 1) if is_sure else range(whole + 1)


def display(found: Evidence) -> None:
    """A customer reads what was told last: the basket's total, or that of the ticket."""
    sales = {one["label"]: one for one in found.journal["sale.finished"]}
    for read in found.reads:
        assert read.lines == read.due, read
        if read.what == "basket":
            assert cents(read.lines[1]) == read.total, read
        elif read.what == "paid":
            sale = sales[read.label]
            back = -sum(one["amount"] for one in sale["tenders"] if one["amount"] < 0)
            assert cents(read.lines[0]) == read.total == sale["total"], read
            assert cents(read.lines[1]) == (back or sale["change"]), read


def starts(found: Evidence) -> None:
    """The journal knows which ends of the till were none in order."""
    began = Counter(one["clean"] for one in found.journal["till.started"][1:])
    stops = found.stops
    assert began[True] == stops["closed"] - 1, (began, stops)
    most = stops["dropped"] + stops["killed"]  # one was killed perhaps before it wrote anything
    assert stops["dropped"] <= began[False] <= most, (began, stops)
