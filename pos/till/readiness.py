"""How ready the till is to lose the network: the courier's state, what is unsent, how old all is.

Nothing here waits for the network. A till without a centre works alone, and is told so calmly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pos.domain.shift import instant
from pos.domain.words import Sentence
from pos.ports import DeviceState
from pos.ports.centre import CourierReport, CourierState
from pos.till.desk import Desk

NETWORK = "network"
"""The name of the network among the till's devices."""


@dataclass(frozen=True, slots=True)
class Words:
    """A state of the courier: how it looks, in three words at most, and what to do."""

    light: DeviceState
    brief: Sentence
    page: Sentence


WORDS: Mapping[CourierState, Words] = {
    CourierState.CONNECTING: Words(
        DeviceState.BUSY,
        Sentence("connecting"),
        Sentence("The centre is asked and has not answered yet; selling does not wait for it."),
    ),
    CourierState.CONNECTED: Words(
        DeviceState.READY,
        Sentence("connected"),
        Sentence("The centre answers; what is sold is sent at once."),
    ),
    CourierState.SENDING: Words(
        DeviceState.BUSY,
        Sentence("catching up"),
        Sentence("The centre answers and receives what was sold without it. Nothing to do."),
    ),
    CourierState.LOADING: Words(
        DeviceState.BUSY,
        Sentence("articles arrive"),
        Sentence("The centre's articles are on their way; they are sold when all are here."),
    ),
    CourierState.NO_NETWORK: Words(
        DeviceState.OFFLINE,
        Sentence("no network"),
        Sentence("This machine has no way to the centre: look at the cable or the router."),
    ),
    CourierState.NAME_NOT_FOUND: Words(
        DeviceState.OFFLINE,
        Sentence("name not found"),
        Sentence("The network does not know the centre's name: look at the line to the internet."),
    ),
    CourierState.NO_ANSWER: Words(
        DeviceState.OFFLINE,
        Sentence("nobody answers"),
        Sentence("The centre's machine is there and its program is not. It comes back by itself."),
    ),
    CourierState.NOT_TRUSTED: Words(
        DeviceState.OFFLINE,
        Sentence("centre not trusted"),
        Sentence(
            "Somebody answers with a certificate that is not the centre's; nothing is sent. Log in"
            " to the network if it wants that, check the date, or call support."
        ),
    ),
    CourierState.LOGIN_PAGE: Words(
        DeviceState.OFFLINE,
        Sentence("log in first"),
        Sentence(
            "Something else answers in the centre's place: open a browser on this network and log"
            " in, or check the centre's address in the settings."
        ),
    ),
    CourierState.PROXY_ERROR: Words(
        DeviceState.OFFLINE,
        Sentence("proxy refuses"),
        Sentence(
            "The company's proxy does not answer, or lets nothing through: look at its address,"
            " name and password in the settings."
        ),
    ),
    CourierState.SERVER_ERROR: Words(
        DeviceState.ATTENTION,
        Sentence("centre in trouble"),
        Sentence("The centre answers that it cannot now. It is asked again, less often."),
    ),
    CourierState.HALF_ANSWER: Words(
        DeviceState.ATTENTION,
        Sentence("answers are cut"),
        Sentence("Answers arrive in part: the line is bad. Smaller messages are tried."),
    ),
    CourierState.TOO_SLOW: Words(
        DeviceState.ATTENTION,
        Sentence("line too slow"),
        Sentence("Answers do not arrive in time. Smaller messages are tried."),
    ),
    CourierState.CLOCK_WRONG: Words(
        DeviceState.ATTENTION,
        Sentence("clock is wrong"),
        Sentence("This machine's clock and the centre's differ by minutes: set the right time."),
    ),
    CourierState.NOT_ENROLLED: Words(
        DeviceState.ABSENT,
        Sentence("no centre"),
        Sentence("This till belongs to no centre: it works alone. To change that: comptoir enrol."),
    ),
    CourierState.REVOKED: Words(
        DeviceState.OFFLINE,
        Sentence("till locked out"),
        Sentence(
            "The centre lets this till in no more. Selling goes on; ask for a new code and run:"
            " comptoir enrol."
        ),
    ),
    CourierState.TOO_OLD: Words(
        DeviceState.ATTENTION,
        Sentence("update needed"),
        Sentence("The centre does not understand this version any more: install the new one."),
    ),
    CourierState.REJECTED: Words(
        DeviceState.ATTENTION,
        Sentence("message refused"),
        Sentence("The centre refuses what this till sends. Selling goes on; call support."),
    ),
    CourierState.FORKED: Words(
        DeviceState.ATTENTION,
        Sentence("two histories"),
        Sentence(
            "The centre holds other entries under this till's numbers: a copy of this machine was"
            " used. A new epoch begins, and nothing is lost."
        ),
    ),
    CourierState.UNOPENED: Words(
        DeviceState.ATTENTION,
        Sentence("open the till"),
        Sentence(
            "The till's file was put back or copied since the till last ran; nothing is sent"
            " before the till has been opened once."
        ),
    ),
    CourierState.MISSING: Words(
        DeviceState.ATTENTION,
        Sentence("archive needed"),
        Sentence(
            "The centre lacks entries that were purged here. The office brings their archive in"
            " with “comptoir-central journal import”; then this till goes on by itself."
        ),
    ),
    CourierState.DISK: Words(
        DeviceState.ATTENTION,
        Sentence("disk refuses"),
        Sentence("What the centre says cannot be written here: free some space on the disk."),
    ),
    CourierState.STOPPED: Words(
        DeviceState.OFFLINE,
        Sentence("courier stopped"),
        Sentence("The program that speaks with the centre does not run. It is started again."),
    ),
}
"""Every state of the courier in words."""

ANSWERS = (CourierState.CONNECTING, CourierState.CONNECTED, CourierState.SENDING)
"""The states of the courier in which a question may be answered within seconds."""

CATALOGUE, PRICES, STORE = "catalogue", "prices", "store"
"""How the names of the scopes begin that this till reads."""

BAR_CELLS = 20
"""How wide a progress bar is."""


@dataclass(frozen=True, slots=True)
class Age:
    """How old what the till knows of something is, in seconds; None: it was never read.

    `coming` is how much of what is new is here, in thousandths; None when nothing is on its way.
    `count` is how many of them this till holds, None where they are not counted.
    """

    what: Sentence
    seconds: int | None
    coming: int | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """What the till has when the network goes: `unsent_s` is how long the oldest entry waits."""

    state: CourierState
    words: Words
    unsent: int
    unsent_s: int | None
    heard_s: int | None
    ages: Sequence[Age]
    offset_s: int = 0


def readiness(desk: Desk) -> Readiness:
    """Return how the till stands with its centre."""
    centre, unsent = desk.ports.centre, desk.ports.ledger.unsent()
    if centre is None or not centre.enrolled():
        state = CourierState.NOT_ENROLLED
        return Readiness(state, WORDS[state], unsent, None, None, ())
    report, now = centre.report(), desk.ports.clock.now()
    return Readiness(
        report.state,
        WORDS[report.state],
        unsent,
        _seconds(centre.unsent_since(), now) if unsent else None,
        _seconds(report.heard_at, now),
        _ages(desk, report, now),
        report.offset_s,
    )


def _ages(desk: Desk, report: CourierReport, now: datetime) -> list[Age]:
    """Return a row for each thing the till needs without a network; a scope may hold several.

    What comes together shares a row, so that the smallest screen shows all: stock and staff, and
    the shops' names with the keys of the passes.
    """
    orders = desk.ports.orders
    read = {scope.partition(":")[0]: at for scope, at in sorted(report.read_at.items())}
    coming = {scope.partition(":")[0]: share for scope, share in report.coming.items()}
    rows: list[tuple[str, Sentence, int | None]] = [
        (CATALOGUE, Sentence("Articles"), None),
        (PRICES, Sentence("Prices"), None),
        (STORE, Sentence("Stock and staff"), None),
    ]
    if orders is not None:
        rows += [
            (STORE, Sentence("Orders"), len(orders.all())),
            (CATALOGUE, Sentence("Keys of pickup passes"), len(orders.pass_keys())),
        ]
    return [
        Age(what, _seconds(read.get(scope, ""), now), coming.get(scope), count)
        for scope, what, count in rows
    ]


def sentences(ready: Readiness) -> list[Sentence]:
    """Return the readiness for a person, a sentence a row, the gravest first."""
    told = [ready.words.page]
    if ready.state is not CourierState.NOT_ENROLLED:
        told.append(_heard(ready.heard_s))
    if not ready.unsent:
        told.append(Sentence("The centre holds everything that was done here."))
    elif ready.unsent_s is None:
        told.append(Sentence("{count} entry is kept on this till alone.", count=ready.unsent))
    else:
        told.append(
            Sentence(
                "{count} entry waits to be sent, the oldest for {age}.",
                count=ready.unsent,
                age=age(ready.unsent_s),
            )
        )
    return told + [_aged(one) for one in ready.ages]


def age(seconds: int) -> Sentence:
    """Return a time span in the unit that says enough.

    >>> str(age(40)), str(age(7_300)), str(age(200_000))
    ('40 s', '2 h', '2 days')
    """
    if seconds < 120:
        return Sentence("{count} s", count=seconds)
    if seconds < 2 * 3600:
        return Sentence("{count} min", count=seconds // 60)
    if seconds < 48 * 3600:
        return Sentence("{count} h", count=seconds // 3600)
    return Sentence("{count} days", count=seconds // 86_400)


def _aged(one: Age) -> Sentence:
    if one.coming is not None:
        full = one.coming * BAR_CELLS // 1_000
        bar = "█" * full + "░" * (BAR_CELLS - full)
        return Sentence("{what}: {bar} {percent} %", what=one.what, bar=bar,
                        percent=one.coming // 10)  # fmt: skip
    if one.seconds is None:
        return Sentence("{what}: not read yet.", what=one.what)
    if one.count is not None:
        return Sentence("{what}: {count} here, {age} old.", what=one.what, count=one.count,
                        age=age(one.seconds))  # fmt: skip
    return Sentence("{what}: {age} old.", what=one.what, age=age(one.seconds))


def _heard(seconds: int | None) -> Sentence:
    if seconds is None:
        return Sentence("The centre was never heard.")
    return Sentence("The centre was last heard {age} ago.", age=age(seconds))


def _seconds(at: str, now: datetime) -> int | None:
    return max(0, int((now - instant(at)).total_seconds())) if at else None
