"""What is not settled when a day is closed: shown with what to do, and never in its way.

French law wants the day closed, its totals computed and signed; it makes none of these wait for
a person, so nothing here stops a closing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pos.domain.words import Sentence
from pos.till import tender
from pos.till.card_totals import uncompared
from pos.till.closing import clock_day, due_closings, is_doubtful
from pos.till.desk import Desk
from pos.till.earlier import unprinted
from pos.till.pickup.hand_over import unfinished
from pos.till.stock import below_zero

NAMED = 3
"""How many articles a matter names."""


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that is not settled: how many, and what to do. `blocks` only where a law says."""

    slug: str
    sentence: Sentence
    count: int
    what_to_do: Sentence
    blocks: bool = False


def matters(desk: Desk, notices_unread: int = 0) -> list[Matter]:
    """Return what a manager should look at before closing, what waits for a person first.

    `notices_unread` is how many of the till's notices the front end holds that nobody has read.
    """
    found = [*_money(desk), *_papers(desk), *_days(desk), *_machine(desk, notices_unread)]
    return [matter for matter in found if matter.count]


def _money(desk: Desk) -> Iterator[Matter]:
    cards = len(tender.unsettled(desk))
    yield Matter(
        "cards",
        Sentence("{count} card payment has no answer.", count=cards),
        cards,
        Sentence("Look at the terminal's slip, then settle it; until then it is told apart."),
    )
    terminals = uncompared(desk)
    yield Matter(
        "card_totals",
        Sentence("{count} card terminal is not compared with its own totals.", count=terminals),
        terminals,
        Sentence("Type what its slip adds up to, at the cash desk, now or tomorrow."),
    )
    opened = sum(bool(one.basket.lines) for one in desk.open.values())
    yield Matter(
        "baskets_open",
        Sentence("{count} basket is open.", count=opened),
        opened,
        Sentence("It is kept, and counts for the day on which it is paid."),
    )
    yield Matter(
        "baskets_parked",
        Sentence("{count} basket is put aside.", count=len(desk.parked)),
        len(desk.parked),
        Sentence("It is kept; take it up or abandon it when its customer does not come back."),
    )
    handing = len(unfinished(desk))
    yield Matter(
        "hand_overs",
        Sentence("{count} hand-over was begun and never ended.", count=handing),
        handing,
        Sentence("Ask who stood at the desk whether the goods left, then say so at the orders."),
    )
    yield from _drawers(desk)


def _drawers(desk: Desk) -> Iterator[Matter]:
    shifts = desk.ports.books.shifts()
    counted = sum(one.fresh_count is not None for one in shifts)
    stale = sum(bool(one.counts) for one in shifts) - counted
    uncounted = len(shifts) - counted - stale
    yield Matter(
        "shifts",
        Sentence("{count} drawer is not counted.", count=uncounted),
        uncounted,
        Sentence("Count it now or tomorrow: its shift goes on until then."),
    )
    yield Matter(
        "shifts_stale",
        Sentence("{count} drawer moved cash after its count.", count=stale),
        stale,
        Sentence("Count it again, now or tomorrow: its shift goes on until then."),
    )
    yield Matter(
        "shifts_counted",
        Sentence("{count} drawer is counted; its shift is still open.", count=counted),
        counted,
        Sentence("Close its shift at the cash desk, now or tomorrow."),
    )


def _papers(desk: Desk) -> Iterator[Matter]:
    closed = len(unprinted(desk)) if desk.ports.printer is not None else 0
    yield Matter(
        "closings_unprinted",
        Sentence("{count} Z that the till made by itself is not printed.", count=closed),
        closed,
        Sentence("It prints with the next closing, or now from the list of closings."),
    )
    unknown = len([one for one in desk.prints.values() if one.unknown])
    yield Matter(
        "prints_unknown",
        Sentence("{count} paper may not have been printed.", count=unknown),
        unknown,
        Sentence("Look whether it came out, then say so."),
    )
    waiting = len(desk.prints) - unknown
    yield Matter(
        "prints_waiting",
        Sentence("{count} paper waits for the printer.", count=waiting),
        waiting,
        Sentence("Look at the printer; they print when it is ready."),
    )


def _days(desk: Desk) -> Iterator[Matter]:
    due = due_closings(desk)
    doubtful = len(due) if is_doubtful(desk, due) else 0
    yield Matter(
        "days",
        Sentence("{count} day before today is not closed.", count=doubtful),
        doubtful,
        Sentence("Check the date of the till; closing the day then closes them all."),
    )
    today, closed = clock_day(desk), desk.closed_through
    yield Matter(
        "ahead",
        Sentence(
            "This till sells for {day} while its clock says {today}.",
            day=desk.business_day(),
            today=today,
        ),
        int(closed is not None and closed > today),
        Sentence(
            "Check the date of the till; if it is right, close no day before {day} has come.",
            day=desk.business_day(),
        ),
    )


def _machine(desk: Desk, notices_unread: int) -> Iterator[Matter]:
    yield Matter(
        "notices",
        Sentence("{count} notice of the till was not read.", count=notices_unread),
        notices_unread,
        Sentence("Read it and say so."),
    )
    behind = int(desk.ports.ledger.marker_behind)
    yield Matter(
        "marker",
        Sentence("The mark that tells a restored backup could not be written last."),
        behind,
        Sentence("Look whether the disk of the till's state is full; it is tried again."),
    )
    below = below_zero(desk)
    yield Matter(
        "below_zero",
        Sentence("{count} article was sold below zero today.", count=len(below)),
        len(below),
        Sentence("Count it: {articles}.", articles=", ".join(below[:NAMED])),
    )
    unsent = desk.ports.ledger.unsent()
    yield Matter(
        "unsent",
        Sentence("{count} entry is kept on this till alone.", count=unsent),
        unsent,
        Sentence("Nothing waits for it; keep a backup of the till's folder."),
    )
