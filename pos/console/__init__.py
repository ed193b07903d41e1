"""The headless till: the same gestures as the screens, one a line in, one line out.

Tests, replays, demonstrations and scripts drive a desk through it. A line is a verb and its
words; `#` starts a comment. `expect …` checks what came of the gestures before; a refusal that
the next line does not expect is a failure.

    sign-in 1 2468          scan 3400949497706      quantity 3        weight 0.345
    price 2.50              age yes                 discount 10% soldes
    ticket-discount 1.00    void 2                  undo              take-back 1
    park                    recall                  abandon change d'avis
    cash 20                 card 12.50 approved     cheque            voucher 9.40
    print                   gift                    lend 9 1357       search pom golden
    choose golden           wait printed            wait ready        stock 3400949497706
    settle approved 391603  came-out yes            expect total 12.50
    terminal desk           card-receipt            expect refused unknown_code
    weigh                   put 0.345               put 0

`weigh` takes the scale's weight; `put` lays something on that of a demonstration.
`card` waits for a driven terminal, and says how the manual one answered. `settle` answers a card
payment that nobody knows the end of, `came-out` a paper of which nobody
knows whether it was printed. The verbs of each desk are in the module of its name: `refund`,
`cash`, `closing`.
"""

from collections.abc import Callable
from queue import Queue

from pos.console.console import Console, Said
from pos.console.gestures import VERBS
from pos.ports import DeviceEvent
from pos.till.desk import Desk

__all__ = ["Console", "Said", "console_on"]


def console_on(
    desk: Desk,
    events: Queue[DeviceEvent] | None = None,
    wire: Callable[[str], object] | None = None,
    pass_days: Callable[[int], object] | None = None,
    put: Callable[[int], object] | None = None,
) -> Console:
    """Return a console with every gesture; the rest as in `Console`."""
    return Console(desk, VERBS, events or Queue(), wire, pass_days, put)
