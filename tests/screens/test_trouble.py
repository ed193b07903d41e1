"""Full disks, broken parts and tiny terminals: the screen stays, and says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from config.settings import load
from pos.domain.events import CardAnswered
from pos.domain.words import Sentence
from pos.ports import (
    DeviceEvent,
    DeviceState,
    DrawerMoved,
    PrintEnded,
    PrintOutcome,
    Scanned,
    StatusChanged,
    StoreUnavailable,
)
from pos.screens.dialogs.card import CardPrompt
from pos.screens.dialogs.count import CountPrompt
from pos.screens.dialogs.counted import CountedPrompt
from pos.screens.dialogs.day import ClosePrompt
from pos.screens.dialogs.ticket import TicketPrompt
from pos.screens.gestures import GESTURES
from pos.screens.options import ScreenOptions
from pos.screens.session import Session
from pos.screens.wedge import Typed
from tests.screens.hands import at_work
from tests.screens.shop import APPLES, BREAD, WINE, Shop

FULL = StoreUnavailable("disk_full", "The disk is full; make room, then try again.")
ERRORS = [FULL, RuntimeError("broken on purpose")]
PORTS = [
    "ledger",
    "drafts",
    "past",
    "books",
    "people",
    "catalogue",
    "sound",
    "printer",
    "drawer",
    "display",
]


class Broken:
    """A port of which nothing works any more."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> object:
        raise self.error


class NoFront:
    """A screen of which a session asks nothing here."""

    def show(self) -> None: ...

    def next_theme(self) -> None: ...

    def next_language(self) -> None: ...

    def leave(self) -> None: ...


def session_of(shop: Shop, *, alarms: tuple[Sentence, ...] = ()) -> Session:
    def log(doing: str, error: BaseException) -> None:
        shop.logged.append(repr(error))
        raise OSError("the log is on the full disk too")

    session = Session(
        shop.desk, load(None, {}).keys, ScreenOptions(notes=alarms, log=log), NoFront()
    )
    session.begin()
    return session


def nobody() -> Session:
    return session_of(Shop())


def empty() -> Session:
    return session_of(Shop().opened())


def one_line() -> Session:
    session = empty()
    session.scan(BREAD)
    return session


def card_asked() -> Session:
    session = one_line()
    session.gesture("card")
    return session


def age_asked() -> Session:
    session = one_line()
    session.scan(WINE)
    return session


def palette_over_weight() -> Session:
    session = one_line()
    session.scan(APPLES)
    session.gesture("commands")
    return session


def printing() -> Session:
    session = one_line()
    session.gesture("cash")
    session.gesture("print")
    return session


def ticket_open() -> Session:
    session = one_line()
    session.gesture("cash")
    session.scan("T01-K1-000001")
    assert isinstance(session.prompt, TicketPrompt)
    return session


def owed() -> Session:
    session = ticket_open()
    session.key(Typed("a", "a"))
    session.key(Typed("1", "1"))
    assert session.desk.basket.due < 0
    return session


def counting() -> Session:
    session = one_line()
    session.gesture("cash")
    session.gesture("cash_desk")
    session.pick(5)
    assert isinstance(session.prompt, CountPrompt)
    return session


def counted() -> Session:
    session = counting()
    session.key(Typed("end"))
    session.key(Typed("enter"))
    assert isinstance(session.prompt, CountedPrompt)
    return session


def at_the_day() -> Session:
    session = one_line()
    session.gesture("cash")
    session.gesture("day")
    return session


def asked_to_close() -> Session:
    session = at_the_day()
    session.pick(0)
    assert isinstance(session.prompt, ClosePrompt)
    return session


def alarmed() -> Session:
    return session_of(Shop().opened(), alarms=(Sentence("The backup is old."),))


SCENES = [
    nobody,
    empty,
    one_line,
    card_asked,
    age_asked,
    palette_over_weight,
    printing,
    ticket_open,
    owed,
    counting,
    counted,
    at_the_day,
    asked_to_close,
    alarmed,
]
KEYS = [Typed("1", "1"), Typed("b", "b"), Typed("*", "*")] + [
    Typed(key) for key in ("enter", "escape", "backspace", "delete", "up", "end", "f13")
]


def reports(session: Session) -> list[DeviceEvent]:
    jobs = list(session.desk.prints) or ["no such job"]
    return [
        Scanned("scanner", BREAD, 0),
        StatusChanged("printer", DeviceState.READY),
        StatusChanged("drawer", DeviceState.OFFLINE, "gone"),
        DrawerMoved("drawer", True),
        *(PrintEnded(jobs[0], outcome) for outcome in PrintOutcome),
    ]


def doors(session: Session) -> list[Callable[[], object]]:
    """Return every way into a session."""
    return [
        *(lambda name=name: session.gesture(name) for name in GESTURES),
        lambda: session.do("cash"),
        *(lambda typed=typed: session.key(typed) for typed in KEYS),
        *(lambda event=event: session.device(event) for event in reports(session)),
        lambda: session.scan(BREAD),
        lambda: session.scan("nonsense"),
        lambda: session.pick(0),
        session.tick,
        session.refresh,
        session.settle,
        session.begin,
    ]


@pytest.mark.parametrize("port", PORTS)
@pytest.mark.parametrize("scene", SCENES)
def test_nothing_that_breaks_behind_the_till_raises_out_of_any_door(
    scene: Callable[[], Session], port: str
) -> None:
    for place in range(len(doors(scene()))):
        session = scene()
        error = ERRORS[(place + PORTS.index(port)) % len(ERRORS)]
        setattr(session.desk.ports, port, Broken(error))
        doors(session)[place]()


async def test_a_full_disk_under_a_card_question_leaves_the_question_and_the_till() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f10")
        shop.store.fails_with = FULL
        for key in ("f6", "escape", "f12", "1"):
            await hands.press(key)
            assert hands.reads("The disk is full")
            assert isinstance(hands.app.session.prompt, CardPrompt)
        shop.store.fails_with = None
        await hands.press("escape")
        assert hands.reads("stays open")
    answers = [event for event in shop.store.events if isinstance(event, CardAnswered)]
    assert [answer.outcome for answer in answers] == ["unknown"]


async def test_a_screen_that_cannot_be_drawn_once_is_drawn_the_next_time() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        words, shop.desk.words = shop.desk.words, Broken(RuntimeError("no words"))  # type: ignore[assignment]
        await hands.press("f8")
        shop.desk.words = words
        await hands.burst(f"{BREAD}\r")
        assert hands.reads("Baguette tradition")


TINY = [(1, 1), (2, 1), (1, 2), (3, 3), (10, 5), (20, 8), (40, 3), (200, 2), (5, 60)]
SIZES = [(80, 24), *TINY, (120, 40), (60, 20), (80, 24)]


@pytest.mark.parametrize("keys", [[], ["f1"], ["f8"], ["l"], ["f12"], ["f10"], ["f10", "escape"]])
async def test_a_terminal_of_any_size_is_drawn_while_the_till_runs(keys: list[str]) -> None:
    shop = Shop().opened()
    async with at_work(shop.app(shows_paper=True)) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press(*keys)
        for size in SIZES:
            await hands.pilot.resize_terminal(*size)
            await hands.settle()
            rows = hands.screen()
            assert len(rows) == size[1]
            assert max(map(len, rows)) <= size[0]
        assert hands.reads("Baguette tradition")
        assert not shop.logged


@pytest.mark.parametrize("size", TINY)
async def test_a_till_starts_on_a_terminal_of_any_size(size: tuple[int, int]) -> None:
    shop = Shop()
    async with at_work(shop.app(notes=[Sentence("The backup is old.")]), size) as hands:
        await hands.press("1", "enter", *"2468", "enter", "enter")
        await hands.burst(f"{BREAD}\r")
        assert shop.desk.basket.total == 120
        assert not shop.logged


async def test_a_long_refusal_is_read_whole_on_a_small_screen() -> None:
    shop = Shop(language="fr").opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("1", "2", "enter")
        said = " ".join(row.strip() for row in hands.screen()[-6:-3])
        assert "Scannez-le de nouveau" in said
        assert hands.reads("Baguette tradition")
        await hands.burst(f"{BREAD}\r")
        assert not hands.reads("Scannez-le")
