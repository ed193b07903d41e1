"""The printers' turns: each is handed one paper at a time, and a spare takes over when asked.

What never left may go elsewhere; what may have left stays where it is, and a person settles it.
"""

from __future__ import annotations

from pos.domain.errors import Refusal
from pos.domain.events import Event, PrintAsked, PrintFinished, PrintSending
from pos.ports import DeviceState, PrintEnded, PrintOutcome, StoreUnavailable
from pos.till.desk import LABELS, SPARE, Desk, PageMaker, WaitingPrint
from pos.till.desk import PRINTER as PRINTER
from pos.till.pages import labels_of
from pos.till.pickup.pages import BAG

ON_LABELS = frozenset({BAG})
"""The papers that a label printer prints, where there is one."""


def asked(
    desk: Desk, paper: str, document: str, copy_number: int, make: PageMaker
) -> tuple[WaitingPrint, list[Event]]:
    """Return a job for a paper and the events to record before it may begin.

    Its turn is now when its printer is free; its paper is made then, never before the record.
    """
    job = desk.ports.ids.token()
    printer = printer_of(desk, paper)
    is_next = _is_free(desk, printer) and not _queued(desk, printer)
    events: list[Event] = [
        PrintAsked(
            job=job,
            document=document,
            paper=paper,
            copy_number=copy_number,
            printer=printer,
            staff=desk.person.ref if desk.person else "",
        )
    ]
    if is_next:
        events.append(PrintSending(job=job))
    waiting = WaitingPrint(job, document, paper, copy_number, make, is_next, printer=printer)
    return waiting, events


def begin(desk: Desk, waiting: WaitingPrint) -> None:
    """Keep a recorded job until its end, and hand it over when its turn is now."""
    desk.prints[waiting.job] = waiting
    if waiting.sending:
        _hand_over(desk, waiting)


def _hand_over(desk: Desk, waiting: WaitingPrint) -> None:
    """Make the paper and give it to the printer; a page that cannot be made is a failed print.

    Neither a sale nor another paper may suffer from one page, so nothing is raised here: the
    failure is the job's end, which the journal keeps, and the paper can be asked for again.
    """
    try:
        _give(desk, waiting)
    except Exception:  # noqa: BLE001  whatever a plug-in or a translation did wrong
        _keep_end(desk, PrintEnded(waiting.job, PrintOutcome.FAILED))
        desk.ports.sound.play("attention")
        retry(desk)


def _give(desk: Desk, waiting: WaitingPrint) -> None:
    ports = desk.ports
    if waiting.printer == LABELS and ports.labels is not None:
        ports.labels.print_labels(waiting.job, labels_of(desk, waiting.paper, waiting.document))
        return
    printer = ports.spare if waiting.printer == SPARE else ports.printer
    if printer is not None:
        printer.print(waiting.job, waiting.make(waiting.copy_number))


def retry(desk: Desk) -> bool:
    """Write down what the disk refused earlier, and hand over the paper whose turn it is.

    Call it now and then, once a minute say. Returns False while the disk still refuses; what is
    not written then is kept, and nothing is raised.
    """
    try:
        desk.record()
        send_waiting(desk)
    except StoreUnavailable:
        return False
    return True


def send_waiting(desk: Desk) -> None:
    """Hand each printer the oldest paper that never left, unless it is at work on another.

    One at a time, so that a paper stays `queued` in the journal until it is truly its turn.
    """
    for printer in (PRINTER, SPARE, LABELS):
        queued = _queued(desk, printer)
        if queued and _is_free(desk, printer):
            first = queued[0]
            desk.record(PrintSending(job=first.job, printer=first.moved_to))
            first.sending = True
            _hand_over(desk, first)


def printer_of(desk: Desk, paper: str) -> str:
    """Return the name of the printer that a paper goes to now."""
    if paper in ON_LABELS and desk.ports.labels is not None:
        return LABELS
    return SPARE if desk.uses_spare and desk.ports.spare is not None else PRINTER


def stuck(desk: Desk) -> list[WaitingPrint]:
    """Return the papers that wait for the first printer while only the spare one is ready.

    Of a paper of which a byte left, nothing is known here until its printer says: it stays.
    """
    is_away = desk.ports.printer is not None and not _is_up(desk, PRINTER)
    if not is_away or desk.ports.spare is None or not _is_up(desk, SPARE):
        return []
    return [
        one
        for one in desk.prints.values()
        if one.printer == PRINTER and not one.unknown and not one.stays
    ]


def use_spare(desk: Desk) -> int:
    """Send what waits, and what is asked from now on, to the spare printer; return how many went.

    It serves until the first one is ready again. A paper of which a byte may have left stays where
    it is: whoever wants another asks for a counted copy. Raises Refusal `no_spare`, `spare_away`
    or `not_needed`.
    """
    if desk.ports.spare is None:
        raise Refusal("no_spare", "No spare printer is set up; add one in the settings.")
    if not _is_up(desk, SPARE):
        raise Refusal("spare_away", "The spare printer is not ready either; look at both.")
    if _is_up(desk, PRINTER):
        raise Refusal("not_needed", "The printer is ready; the spare one is not needed.")
    waiting = stuck(desk)
    moved = [one for one in waiting if not one.sending or _withdrawn(desk, one)]
    desk.uses_spare = True
    for one in waiting:
        one.stays = one not in moved
    for one in moved:
        one.sending, one.printer, one.moved_to = False, SPARE, SPARE
    send_waiting(desk)
    return len(moved)


def _withdrawn(desk: Desk, waiting: WaitingPrint) -> bool:
    return desk.ports.printer is not None and desk.ports.printer.withdraw(waiting.job)


def turned_ready(desk: Desk, device: str) -> None:
    """Go on with what waits for a printer; the first one takes its work back."""
    if device == PRINTER:
        desk.uses_spare = False
    if device in (PRINTER, SPARE, LABELS):
        send_waiting(desk)


def _queued(desk: Desk, printer: str) -> list[WaitingPrint]:
    return [
        one
        for one in desk.prints.values()
        if one.printer == printer and not one.sending and not one.unknown
    ]


def _is_up(desk: Desk, printer: str) -> bool:
    return desk.device_state(printer) in (DeviceState.READY, DeviceState.BUSY)


def _is_free(desk: Desk, printer: str) -> bool:
    """Tell whether a printer can take a paper now and holds none."""
    ports = {PRINTER: desk.ports.printer, SPARE: desk.ports.spare, LABELS: desk.ports.labels}
    at_work = any(
        one.printer == printer and one.sending and not one.unknown for one in desk.prints.values()
    )
    return ports[printer] is not None and _is_up(desk, printer) and not at_work


def ended(desk: Desk, event: PrintEnded) -> None:
    """Take a job's end; after one that went well the next may leave, else when it is ready."""
    waiting = desk.prints.get(event.job)
    if waiting is None or (waiting.unknown and event.outcome is PrintOutcome.UNKNOWN):
        return
    _keep_end(desk, event)
    desk.record()
    if event.outcome in (PrintOutcome.CONFIRMED, PrintOutcome.SENT):
        send_waiting(desk)


def _keep_end(desk: Desk, event: PrintEnded) -> None:
    """Remember a job's end, to be written with the next record at the latest."""
    desk.unwritten.append(PrintFinished(job=event.job, outcome=event.outcome.value))
    if event.outcome is PrintOutcome.UNKNOWN:
        desk.prints[event.job].unknown = True
        desk.ports.sound.play("attention")
    else:
        del desk.prints[event.job]
