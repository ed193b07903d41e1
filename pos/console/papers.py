"""The verbs of papers: print, see what came out, wait for the printer."""

from __future__ import annotations

from collections.abc import Callable

from pos.console.console import Console, Gesture, Unexpected
from pos.ports import DeviceState
from pos.till import tickets
from pos.till.desk import Loan

WAIT_MOST_S = 20.0
"""How long the console lets a device take, in seconds."""


def _print(console: Console, _: str) -> str:
    def again(loan: Loan | None) -> str:
        copy_number = tickets.print_ticket(console.desk, loan=loan)
        return f"DUPLICATA n°{copy_number}" if copy_number else "ORIGINAL"

    return console.guarded(again)


def _gift(console: Console, _: str) -> str:
    tickets.print_gift(console.desk)
    return "–"


def _came_out(console: Console, rest: str) -> str:
    lost = tickets.unknown_prints(console.desk)
    if not lost or rest not in ("yes", "no"):
        raise Unexpected("`came-out yes` or `came-out no` settles a paper; see `expect to-check`")
    tickets.settle_print(console.desk, lost[0].job, printed=rest == "yes")
    return lost[0].document


def _wait(console: Console, rest: str) -> str:
    if rest not in WAITS:
        raise Unexpected(f"“{rest}” is nothing to wait for; known are {', '.join(WAITS)}.")
    while not WAITS[rest](console):
        if not console.drain(WAIT_MOST_S):
            raise Unexpected(f"not {rest} within {WAIT_MOST_S:.0f} s")
    return f"{console.printed}"


WAITS: dict[str, Callable[[Console], bool]] = {
    "printed": lambda console: all(one.unknown for one in console.desk.prints.values()),
    "ready": lambda console: console.desk.device_state(tickets.PRINTER) is DeviceState.READY,
    "scanned": lambda console: bool(console.scanned),
}
"""What `wait` can wait for: papers at their end, the printer to be ready, a scanner's code."""

VERBS: dict[str, Gesture] = {
    "print": _print,
    "gift": _gift,
    "came-out": _came_out,
    "wait": _wait,
}
