"""The manager's day in words, figures and plots: what `pos.till` counted, and no sum besides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pos.domain.events import Figures, RunningTotals
from pos.domain.facts import Tally
from pos.domain.words import Sentence
from pos.papers.report import COUNTER_NAMES, card_terminals
from pos.screens.day import Day
from pos.screens.dialogs.day import ACTIONS, period
from pos.screens.dialogs.tenders import METHODS
from pos.screens.face import Face
from pos.screens.widgets.board import WHOLE, Block, Item
from pos.screens.widgets.key_bar import Cap

WEEK = timedelta(days=7)
BEST_MOST = 8
"""How many best sellers are plotted."""


def title(day: Day, face: Face) -> str:
    """Return which day, or which closing, is shown."""
    if day.closed is None:
        return face.say(Sentence("The day {day}, open", day=day.desk.business_day()))
    return face.say(
        Sentence("{period}, closed: {label}", period=period(day.closed), label=day.closed.label)
    )


def caps(face: Face) -> list[Cap]:
    """Return the keys of the screen."""
    actions = [Cap(str(n), face.say(text), str(n)) for n, text in enumerate(ACTIONS, start=1)]
    return [
        *actions,
        Cap("← →", face.say("Page"), "right"),
        Cap("Esc", face.say("Back"), "escape"),
    ]


def blocks(day: Day, face: Face) -> list[Block]:
    """Return the groups of figures and plots, those that hold nothing left out."""
    found = [
        _done(day, face),
        _figures(day.figures, face),
        _hours(day, face),
        _matters(day, face),
        _comparison(day, face),
        _tenders(day.figures, face),
        _cards(day.figures, face),
        _vat(day.figures, face),
        _best(day.figures, face),
        _drawers(day, face),
        _departments(day.figures, face),
        _events(day.figures, face),
        _running(day.running, face),
    ]
    return [block for block in found if block.items]


def _done(day: Day, face: Face) -> Block:
    return Block(face.say("Done"), [Item(face.say(one), is_strong=True) for one in day.done])


def _figures(figures: Figures, face: Face) -> Block:
    discounts = next((one for one in figures.counters if one.name == "discounts"), Tally(name=""))
    counts = (
        (Sentence("Tickets"), figures.tickets),
        (Sentence("Refunds"), figures.refunds),
        (Sentence("Sales undone"), figures.voids),
    )
    amounts = (
        (Sentence("Average ticket"), figures.average),
        (Sentence("Sold"), figures.sold),
        (Sentence("Given back"), figures.returned),
        (Sentence("Discounts"), discounts.amount),
    )
    return Block(
        face.say("Figures"),
        [
            Item(face.say("TOTAL"), face.amount(figures.total), is_strong=True),
            *(Item(face.say(text), str(count)) for text, count in counts),
            *(Item(face.say(text), face.amount(amount)) for text, amount in amounts),
        ],
    )


def _hours(day: Day, face: Face) -> Block:
    """A bar an hour, those between the first and the last too; a mark is the same weekday's."""
    week_ago = day.comparison.last_week if day.closed is None else None
    sold = _by_hour(day.figures)
    before = _by_hour(week_ago) if week_ago is not None else {}
    if not sold and not before:
        return Block("", ())
    opens = day.desk.rules.cut_off_hour
    places = [(hour - opens) % 24 for hour in {*sold, *before}]
    hours = [(place + opens) % 24 for place in range(min(places), max(places) + 1)]
    most = max(*sold.values(), *before.values(), 1)
    items = [
        Item(
            f"{hour:02d} h",
            face.amount(sold.get(hour, 0)),
            bar=_share(sold.get(hour, 0), most),
            mark=_share(before[hour], most) if hour in before else -1,
        )
        for hour in hours
    ]
    if not before:
        return Block(face.say("Sales by hour"), items)
    return Block(face.say(Sentence("Sales by hour · │ a week ago")), items)


def _by_hour(figures: Figures) -> dict[int, int]:
    return {int(one.name): one.amount for one in figures.hours}


def _share(amount: int, most: int) -> int:
    return max(0, amount * WHOLE // most)


def _bars(title: str, named: Sequence[tuple[str, int]], face: Face) -> Block:
    """Return amounts as bars, the longest as wide as there is room for."""
    most = max((abs(amount) for _, amount in named), default=0) or 1
    items = [Item(name, face.amount(amount), _share(amount, most)) for name, amount in named]
    return Block(title, items)


def _matters(day: Day, face: Face) -> Block:
    """What is not settled, each with what to do; an earlier closing has none."""
    if day.closed is not None:
        return Block("", ())
    items = [
        item
        for one in day.matters
        for item in (Item(face.say(one.sentence), is_strong=True), Item(face.say(one.what_to_do)))
    ]
    return Block(face.say("Still open"), items)


def _comparison(day: Day, face: Face) -> Block:
    compared = day.comparison
    if day.closed is not None or (compared.last_week is None and compared.mean is None):
        return Block("", ())
    rows = [(face.say("Today"), compared.today.total)]
    if compared.last_week is not None:
        rows.append((face.words.day(day.desk.business_day() - WEEK), compared.last_week.total))
    if compared.mean is not None and compared.mean.days > 1:
        mean = Sentence("Mean of {count} week", count=compared.mean.days)
        rows.append((face.say(mean), compared.mean.total))
    return _bars(face.say("The same weekday"), rows, face)


def _tenders(figures: Figures, face: Face) -> Block:
    rows = [(f"{_method(one.name, face)} × {one.count}", one.amount) for one in figures.tenders]
    return _bars(face.say("Tenders"), rows, face)


def _cards(figures: Figures, face: Face) -> Block:
    rows = [
        (f"{name} × {one.count}", one.amount) for name, one in card_terminals(figures, face.words)
    ]
    return _bars(face.say("Card terminals"), rows, face)


def _method(name: str, face: Face) -> str:
    return face.say(METHODS[name]) if name in METHODS else name


def _vat(figures: Figures, face: Face) -> Block:
    items = [
        item
        for row in figures.vat
        for item in (
            Item(face.words.rate(row.rate), face.amount(row.gross), is_strong=True),
            Item(f"  {face.say('Net')}", face.amount(row.net)),
            Item(f"  {face.say('Tax')}", face.amount(row.tax)),
        )
    ]
    return Block(face.say("VAT"), items)


def _best(figures: Figures, face: Face) -> Block:
    rows = [
        (f"{face.quantity(one.quantity, 'piece')} × {one.name}", one.amount)
        for one in figures.articles[:BEST_MOST]
    ]
    return _bars(face.say("Best sellers"), rows, face)


def _drawers(day: Day, face: Face) -> Block:
    """The drawers of the open day; what should lie in one is told once it was counted."""
    if day.closed is not None:
        return Block("", ())
    items: list[Item] = []
    for one in day.drawers:
        items.append(Item(face.say(Sentence("Shift {shift}", shift=one.label)), one.owner or " "))
        items.append(Item(face.say("Float"), face.amount(one.float_amount)))
        if one.counted is not None and one.expected is not None:
            items.append(Item(face.say("Counted"), face.amount(one.counted)))
            items.append(Item(face.say("Expected"), face.amount(one.expected)))
    return Block(face.say("Cash"), items)


def _departments(figures: Figures, face: Face) -> Block:
    """Return the departments; a shop that has none is not told so."""
    if [one.name for one in figures.departments] == [""]:
        return Block("", ())
    rows = [(one.name or face.say("No department"), one.amount) for one in figures.departments]
    return _bars(face.say("Departments"), rows, face)


def _running(running: RunningTotals, face: Face) -> Block:
    """The totals that never go back: BOI-TVA-DECLA-30-10-30 § 170."""
    amounts = (
        (Sentence("Total of the fiscal year"), running.period),
        (Sentence("Perpetual total"), running.perpetual),
        (Sentence("Perpetual absolute total"), running.perpetual_abs),
    )
    items = [Item(face.say(text), face.amount(amount)) for text, amount in amounts]
    return Block(face.say("Running totals"), items)


def _events(figures: Figures, face: Face) -> Block:
    items = [
        Item(
            f"{face.say(COUNTER_NAMES[one.name])} × {one.count}",
            face.amount(one.amount) if one.amount else " ",
        )
        for one in figures.counters
        if one.count or one.amount
    ]
    return Block(face.say("Events"), items)
