"""Papers: asked for, counted, printed once; what the printer did not confirm, a person settles.

A job is an entry before it is bytes. It is handed to the printer only when the printer is ready
and holds no other, so that a job that never left may still be sent after a restart, and one that
may have left is `unknown` until a person has looked. Nothing is sent twice silently.
The printers and their turns are in `pos.till.printing`.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

from pos.domain.errors import Refusal
from pos.domain.events import (
    Event,
    LineFacts,
    PrintFinished,
    SaleFinished,
)
from pos.domain.facts import COUNTED_COPIES
from pos.domain.staff import Permission
from pos.ports import (
    DeviceEvent,
    DeviceState,
    DrawerMoved,
    PrintEnded,
    StatusChanged,
    Weighed,
    WeightSeen,
)
from pos.till.desk import Desk, Loan, PageMaker, WaitingPrint
from pos.till.drawer import DRAWER, drawer_moved, pulse_ended
from pos.till.pages import maker_of, page_of_gift
from pos.till.pages import page_of as page_of
from pos.till.printing import PRINTER as PRINTER
from pos.till.printing import asked as asked
from pos.till.printing import begin as begin
from pos.till.printing import ended, printer_of, send_waiting, turned_ready
from pos.till.printing import retry as retry
from pos.till.weighing import on_scale

WAITING_MOST = 50
"""The most papers that wait for a printer."""


def print_ticket(desk: Desk, sale: SaleFinished | None = None, loan: Loan | None = None) -> int:
    """Print a sale's ticket (None: the last one); return 0 for the original, or the copy's number.

    Raises Refusal when nothing was sold yet or no printer is set up; every print after the first
    is a counted duplicata (permission `duplicate`).
    """
    what = _sold(desk, sale)
    return print_paper(desk, "ticket", what.label, partial(page_of, desk, what), loan)


def print_gift(desk: Desk, sale: SaleFinished | None = None) -> int:
    """Print a sale's gift receipt, without prices (None: of the last sale); see `print_ticket`.

    Anyone may; it is counted apart from the ticket's copies. Raises Refusal `no_gift` for a ticket
    on which nothing was bought.
    """
    what = _sold(desk, sale)
    if all(line.returned for line in what.lines):
        raise Refusal(
            "no_gift",
            "Nothing was bought on ticket {ticket}; there is no gift receipt of it.",
            ticket=what.label,
        )
    return print_paper(desk, "gift", what.label, lambda _copy: page_of_gift(desk, what))


def _sold(desk: Desk, sale: SaleFinished | None) -> SaleFinished:
    what = sale or desk.last_sale
    if what is None:
        raise Refusal("nothing_sold", "Nothing was sold yet; there is no ticket to print.")
    return what


def print_paper(
    desk: Desk,
    paper: str,
    document: str,
    make: PageMaker,
    loan: Loan | None = None,
    *,
    permission: Permission | None = None,
) -> int:
    """Print a paper (`ticket`, `gift`, `closing`, `report` or `cash`) of a document.

    Returns 0 for the original, or the copy's number: copies are counted by paper, and those of a
    ticket or a closing are duplicatas. Those need the permission `duplicate`; where `permission`
    names another, original and copies need that one alone. Raises Refusal `no_printer`, or
    `printer_behind` when too many wait.
    """
    if desk.ports.printer is None:
        raise Refusal("no_printer", "No printer is set up; add one in the settings.")
    if len(desk.prints) >= WAITING_MOST:
        raise Refusal(
            "printer_behind",
            "{most} papers wait for the printer already; look at it first.",
            most=WAITING_MOST,
        )
    desk.record()  # an end that was not written down yet may free a copy number
    copy_number = desk.ports.past.copies(document, paper)
    make(copy_number)  # one that cannot be made is not counted
    is_duplicata = copy_number > 0 and paper in COUNTED_COPIES
    needed = permission or (Permission.DUPLICATE if is_duplicata else None)
    used = desk.permit(needed, loan) if needed else None
    waiting, events = asked(desk, paper, document, copy_number, make)
    if used is None:
        desk.record(*events)
    else:
        desk.record_permitted(used, loan, *events)
    begin(desk, waiting)
    return copy_number


def unasked(desk: Desk, sale: SaleFinished) -> tuple[WaitingPrint | None, list[Event]]:
    """Return the job that prints unasked, and the events to record together with the sale.

    What the country and the shop print unasked; a till with no printer goes on: no job then.
    What comes back is neither guaranteed nor weighed for the customer, and prints when asked for.
    """
    rules = desk.rules.printing
    wanted = (
        not rules.ask
        or (rules.guarantee and desk.ports.fiscal.prints_unasked(sale))
        or (rules.weighed and any(_is_weighed(line) for line in sale.lines))
    )
    if not wanted or desk.ports.printer is None:
        return None, []
    return asked(desk, "ticket", sale.label, 0, partial(page_of, desk, sale))


def _is_weighed(line: LineFacts) -> bool:
    return line.unit == "kg" and line.returned is None


def on_device(desk: Desk, event: DeviceEvent) -> None:
    """Take what a device reported (scans excepted, see `pos.till.sell.scan`).

    Raises StoreUnavailable when the disk does not take it; it is kept and written later then, see
    `retry`.
    """
    if isinstance(event, StatusChanged):
        desk.devices[event.device] = event
        if event.device == PRINTER and event.state is DeviceState.READY:
            _forget_missed_pulse(desk)
        if event.device == DRAWER and event.state in (DeviceState.READY, DeviceState.OFFLINE):
            pulse_ended(desk, went=event.state is DeviceState.READY)
        if event.state is DeviceState.READY:
            turned_ready(desk, event.device)
        elif event.device == DRAWER and event.state is DeviceState.ATTENTION:
            desk.ports.sound.play("attention")
    elif isinstance(event, PrintEnded):
        ended(desk, event)
    elif isinstance(event, WeightSeen | Weighed):
        on_scale(desk, event)
    elif isinstance(event, DrawerMoved):
        drawer_moved(desk, event.is_open, at_first=event.at_first)


def _forget_missed_pulse(desk: Desk) -> None:
    """A drawer that missed its pulse while its printer was away works again with it."""
    known = desk.devices.get(DRAWER)
    if known is not None and known.state is DeviceState.OFFLINE:
        del desk.devices[DRAWER]


def unknown_prints(desk: Desk) -> list[WaitingPrint]:
    """Return the papers of which nobody knows whether they were printed."""
    return [waiting for waiting in desk.prints.values() if waiting.unknown]


def settle_print(desk: Desk, job: str, *, printed: bool) -> None:
    """Write down what a person saw: the paper came out, or it did not.

    When it did not, it is asked for again, a ticket as a counted duplicata.
    Raises Refusal `no_print` for a paper that nobody has to settle.
    """
    waiting = desk.prints.get(job)
    if waiting is None or not waiting.unknown:
        raise Refusal("no_print", "This paper was settled already.")
    outcome: Literal["confirmed", "failed"] = "confirmed" if printed else "failed"
    desk.record(PrintFinished(job=job, outcome=outcome, settled_by=desk.signed_in.ref))
    del desk.prints[job]


def restore_prints(desk: Desk) -> None:
    """After a restart: what never left waits again, what may have left is unknown.

    A paper that the journal cannot make again (a look at the open day) has failed.
    """
    lost: list[Event] = []
    for trouble in desk.ports.past.open_prints():
        make = maker_of(desk, trouble.paper, trouble.document)
        if make is None:
            lost.append(PrintFinished(job=trouble.job, outcome="failed"))
            continue
        desk.prints[trouble.job] = WaitingPrint(
            trouble.job,
            trouble.document,
            trouble.paper,
            trouble.copy_number,
            make,
            unknown=trouble.sending,
            printer=printer_of(desk, trouble.paper),
        )
        if trouble.sending:
            lost.append(PrintFinished(job=trouble.job, outcome="unknown"))
    desk.record(*lost)
    send_waiting(desk)
