"""What the till tells its customers' screen arrives whole, in time, and hangs nobody."""

from __future__ import annotations

import json
import queue
import socket
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.screen.feed import SCREENS_MOST, ScreenFeed, near
from devices.screen.protocol import VIEW_BYTES_MAX, Views, encode
from devices.screen.viewer import ScreenViewer
from pos.papers.customer import LINES_MOST, CustomerLine, CustomerView

BASKET = CustomerView(
    "basket",
    shop="Au coin",
    lines=(CustomerLine("Crème brûlée", "2", "3,60 €", "Promo −0,40 €"),),
    label="TOTAL",
    amount="3,60 €",
    second=("Payé", "1,00 €"),
    notes=("a", "b"),
    keep_s=600,
)
WELCOME = CustomerView("welcome", shop="Au coin", welcome="Bienvenue")
LONG = "a folder whose name is longer than what any system takes for the address of a socket"

Heard = queue.Queue[CustomerView | None]


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[ScreenFeed]:
    made = ScreenFeed(tmp_path / "screen")
    yield made
    made.close()


def watching(path: Path) -> tuple[ScreenViewer, Heard]:
    heard: Heard = queue.Queue()
    return ScreenViewer(path, heard.put), heard


def test_every_view_arrives_on_every_screen_and_the_last_one_on_a_new_one(
    feed: ScreenFeed, tmp_path: Path
) -> None:
    one, heard = watching(tmp_path / "screen")
    feed.show(WELCOME)
    assert heard.get(timeout=10) == WELCOME
    feed.show(BASKET)
    while heard.get(timeout=10) != BASKET:
        pass
    two, late = watching(tmp_path / "screen")
    assert late.get(timeout=10) == BASKET
    one.close()
    two.close()


def test_a_screen_that_was_there_first_waits_for_the_till_and_for_the_next_one(
    tmp_path: Path,
) -> None:
    viewer, heard = watching(tmp_path / "screen")
    for view in (BASKET, WELCOME):
        feed = ScreenFeed(tmp_path / "screen")
        feed.show(view)
        assert heard.get(timeout=10) == view
        feed.close()
        while heard.get(timeout=10) is not None:  # what was shown goes with the till
            pass
    viewer.close()
    assert not (tmp_path / "screen").exists()


def test_a_view_whose_time_is_over_is_told_to_no_new_screen(
    feed: ScreenFeed, tmp_path: Path
) -> None:
    feed.show(replace(BASKET, keep_s=1))
    feed._shown_at -= 2
    viewer, heard = watching(tmp_path / "screen")
    feed.show(WELCOME)
    assert heard.get(timeout=10) == WELCOME
    viewer.close()


def test_only_its_own_user_may_listen(feed: ScreenFeed, tmp_path: Path) -> None:
    mode = (tmp_path / "screen").stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert not mode & 0o077
    feed.show(WELCOME)


def test_a_folder_however_deep_has_room_for_a_screen(tmp_path: Path) -> None:
    deep = tmp_path / LONG / LONG
    deep.mkdir(parents=True)
    feed = ScreenFeed(deep / "screen")
    viewer, heard = watching(deep / "screen")
    feed.show(BASKET)
    assert heard.get(timeout=10) == BASKET
    viewer.close()
    feed.close()


def test_what_a_killed_till_left_behind_is_taken_away(tmp_path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    with near(tmp_path / "screen") as address:
        left.bind(address)
    left.close()
    ScreenFeed(tmp_path / "screen").close()


def test_a_screen_that_never_reads_is_let_go_and_stops_nothing(
    feed: ScreenFeed, tmp_path: Path
) -> None:
    deaf = socket.socket(socket.AF_UNIX)
    with near(tmp_path / "screen") as address:
        deaf.connect(address)
    viewer, heard = watching(tmp_path / "screen")
    many = replace(BASKET, lines=BASKET.lines * LINES_MOST)
    feed.show(many)
    assert heard.get(timeout=10) == many
    for n in range(300):
        feed.show(replace(many, label=str(n)))
    last = heard.get(timeout=10)
    while last != replace(many, label="299"):
        last = heard.get(timeout=10)
    deaf.close()
    viewer.close()


def test_no_more_screens_are_fed_than_a_counter_has(feed: ScreenFeed, tmp_path: Path) -> None:
    feed.show(WELCOME)
    ends = []
    for _ in range(SCREENS_MOST + 1):
        ends.append(socket.socket(socket.AF_UNIX))
        ends[-1].settimeout(10)
        with near(tmp_path / "screen") as address:
            ends[-1].connect(address)
    heard = [end.recv(65_536) for end in ends]
    assert [bool(one) for one in heard] == [True] * SCREENS_MOST + [False]
    ends[0].send(b"an order of a customer")
    feed.show(BASKET)
    assert ends[0].recv(65_536) == encode(BASKET)
    for end in ends:
        end.close()


def test_a_view_is_the_same_however_it_is_cut() -> None:
    views = Views()
    data = encode(BASKET) + b"no view\n" + encode(WELCOME)
    assert [one for byte in data for one in views.receive(bytes([byte]))] == [BASKET, WELCOME]


def test_a_line_that_never_ends_is_dropped_and_the_next_view_is_read() -> None:
    views = Views()
    assert views.receive(b"x" * VIEW_BYTES_MAX * 2) == []
    assert views.receive(b"\n" + encode(BASKET)) == [BASKET]


WRONG: list[tuple[str, object]] = [
    ("kind", "toast"),
    ("keep_s", -1),
    ("keep_s", True),
    ("lines", "abc"),
    ("lines", [{"name": 1}]),
    ("lines", {}),
    ("second", ["a"]),
    ("shop", 7),
    ("notes", None),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_what_is_no_view_is_passed_over(name: str, value: object) -> None:
    told = {**json.loads(encode(BASKET)), name: value}
    assert Views().receive(json.dumps(told).encode() + b"\n") == []


@given(st.binary(max_size=400))
def test_no_bytes_crash_a_screen(data: bytes) -> None:
    assert Views().receive(data + b"\n" + encode(WELCOME))[-1] == WELCOME


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_shown_on_one_line(name: str, label: str) -> None:
    view = replace(BASKET, lines=(CustomerLine(name, "", ""),), label=label)
    (shown,) = Views().receive(encode(view))
    assert "\n" not in shown.label + shown.lines[0].name
    assert "\x1b" not in shown.label + shown.lines[0].name


def test_a_screen_that_dies_as_a_view_is_shown_leaves_the_feed_to_the_others(
    feed: ScreenFeed, tmp_path: Path
) -> None:
    """The feed is held up while a second screen comes, so that it hears of both at once."""
    feed.show(WELCOME)
    dying, other = (socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(2))
    with dying, other:
        dying.connect(str(tmp_path / "screen"))
        assert dying.recv(65_536)
        with feed._lock:
            other.connect(str(tmp_path / "screen"))
            threading.Event().wait(0.1)
            feed._wake()
            dying.close()
        three, heard = watching(tmp_path / "screen")
        assert heard.get(timeout=10) == WELCOME
        three.close()
