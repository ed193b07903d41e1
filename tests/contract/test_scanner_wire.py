"""The scanner's driver against a real terminal: scans, unplugging, refusal."""

from __future__ import annotations

import os
import queue
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.link import LinkLost, open_link
from devices.scanner.driver import LinkScanner
from devices.scanner.emulator import EmulatedScanner
from devices.scanner.protocol import SCAN_MAX
from devices.scanner.wedge import EVENT
from pos.domain.errors import Refusal
from pos.ports import DeviceEvent, DeviceState, Scanned, StatusChanged

EAN = "3017620422003"


class Post:
    """What the till's sink received, in order."""

    def __init__(self) -> None:
        self.events: queue.Queue[DeviceEvent] = queue.Queue()

    def __call__(self, event: DeviceEvent) -> None:
        self.events.put(event)

    def scan(self) -> str:
        while True:
            event = self.events.get(timeout=10)
            if isinstance(event, Scanned):
                return event.text

    def state(self, state: DeviceState) -> None:
        while True:
            event = self.events.get(timeout=10)
            if isinstance(event, StatusChanged) and event.state is state:
                return


@pytest.fixture
def emulator() -> Iterator[EmulatedScanner]:
    scanner = EmulatedScanner()
    yield scanner
    scanner.close()


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def driver(emulator: EmulatedScanner, post: Post) -> Iterator[LinkScanner]:
    scanner = LinkScanner("scanner", emulator.url, post, not_on_file=b"FE")
    post.state(DeviceState.READY)
    yield scanner
    scanner.close()


def test_ten_codes_with_no_pause_between_them_all_arrive(
    driver: LinkScanner, emulator: EmulatedScanner, post: Post
) -> None:
    codes = [f"{n:013d}" for n in range(10)]
    assert emulator.send("".join(code + "\r" for code in codes).encode())
    assert [post.scan() for _ in codes] == codes


def test_a_scan_without_suffix_arrives_after_its_silence(
    driver: LinkScanner, emulator: EmulatedScanner, post: Post
) -> None:
    emulator.scan(EAN, suffix="")
    assert post.scan() == EAN


def test_an_unplugged_scanner_says_so_and_comes_back_by_itself(
    driver: LinkScanner, emulator: EmulatedScanner, post: Post
) -> None:
    for _ in range(2):
        emulator.unplug()
        assert not emulator.scan(EAN)
        post.state(DeviceState.OFFLINE)
        emulator.replug()
        post.state(DeviceState.READY)
        emulator.scan(EAN)
        assert post.scan() == EAN


def test_a_scanner_pulled_in_the_middle_of_a_code_gives_no_half_code(
    driver: LinkScanner,
    emulator: EmulatedScanner,
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("devices.scanner.driver.READ_SCAN_S", 30.0)  # no silence ends it here
    emulator.scan("96385074")
    assert post.scan() == "96385074"
    assert emulator.send(EAN[:8].encode())
    emulator.unplug()
    post.state(DeviceState.OFFLINE)
    emulator.replug()
    post.state(DeviceState.READY)
    emulator.scan(EAN[8:])
    assert post.scan() == EAN[8:]
    emulator.scan(EAN)
    assert post.scan() == EAN


def test_a_code_that_comes_a_byte_at_a_time_is_one_code(
    driver: LinkScanner,
    emulator: EmulatedScanner,
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("devices.scanner.driver.READ_SCAN_S", 30.0)
    for character in f"{EAN}\r\n":
        emulator.send(character.encode())
        threading.Event().wait(0.005)
    assert post.scan() == EAN


def test_noise_between_two_codes_costs_neither_and_is_no_code_that_is_sold(
    driver: LinkScanner, emulator: EmulatedScanner, post: Post
) -> None:
    noise = b"\x00\xff\x80\x11\x13\x7f\xfe"
    emulator.send(b"96385074\r" + noise + b"\r\n" + EAN.encode() + b"\r")
    assert [post.scan(), post.scan(), post.scan()] == ["96385074", noise.decode("latin-1"), EAN]
    emulator.send(b"9" * (SCAN_MAX + 1) + b"\r" + EAN.encode() + b"\r")
    assert post.scan() == EAN


def test_a_refused_code_sounds_in_the_scanner_itself(
    driver: LinkScanner, emulator: EmulatedScanner
) -> None:
    driver.refuse()
    assert emulator.heard(10) == b"FE"


def test_a_scanner_that_is_not_there_at_the_start_is_waited_for(
    emulator: EmulatedScanner, post: Post
) -> None:
    emulator.unplug()
    scanner = LinkScanner("scanner", emulator.url, post)
    post.state(DeviceState.OFFLINE)
    assert scanner.worker.problem is not None
    assert "No such file or directory" in str(scanner.worker.problem)
    emulator.replug()
    post.state(DeviceState.READY)
    emulator.scan(EAN)
    assert post.scan() == EAN
    scanner.close()


def test_a_closed_scanner_leaves_no_thread_behind(emulator: EmulatedScanner, post: Post) -> None:
    scanner = LinkScanner("shut-scanner", emulator.url, post)
    post.state(DeviceState.READY)
    assert scanner.worker.close()
    assert "device-shut-scanner" not in {t.name for t in threading.enumerate()}


def test_one_scanner_is_not_opened_twice(driver: LinkScanner, emulator: EmulatedScanner) -> None:
    with pytest.raises(LinkLost, match="does not open"):
        open_link(emulator.url)


def test_a_keyboard_scanner_is_read_from_its_input_events(tmp_path: Path, post: Post) -> None:
    path = tmp_path / "event-kbd"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)
    scanner = LinkScanner("scanner", f"evdev://{path}", post)
    post.state(DeviceState.READY)
    for code in (4, 11, 2, 8, 28):
        os.write(writer, EVENT.pack(0, 0, 1, code, 1) + EVENT.pack(0, 0, 1, code, 0))
    assert post.scan() == "3017"
    scanner.close()
    os.close(writer)


@pytest.mark.parametrize("scheme", ["tcp", "socket"])
def test_a_scanner_behind_the_network_is_read(scheme: str, post: Post) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        scanner = LinkScanner("s", f"{scheme}://127.0.0.1:{server.getsockname()[1]}", post)
        far, _ = server.accept()
        post.state(DeviceState.READY)
        far.sendall(f"{EAN}\r\n".encode())
        assert post.scan() == EAN
        far.close()
        post.state(DeviceState.OFFLINE)
        scanner.close()


def test_a_full_cable_takes_what_it_can_and_gives_up_in_time(emulator: EmulatedScanner) -> None:
    link = open_link(emulator.url)
    assert 0 < link.write(b"x" * 1_000_000, 0.05) < 1_000_000
    link.close()
    link.close()


def test_a_wrong_address_is_refused_before_any_thread_starts(post: Post) -> None:
    with pytest.raises(Refusal):
        LinkScanner("scanner", "ttyUSB0", post)


def test_a_scanner_in_hid_pos_mode_is_read_from_its_reports(tmp_path: Path, post: Post) -> None:
    path = tmp_path / "hidraw0"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)
    scanner = LinkScanner("scanner", f"hidraw://{path}", post)
    post.state(DeviceState.READY)
    os.write(writer, bytes((2, 13)) + b"]E0" + EAN.encode().ljust(58, b"\0") + b"\0")
    assert post.scan() == f"]E0{EAN}"
    scanner.close()
    os.close(writer)


def test_scans_of_two_scanners_at_once_all_arrive_under_their_names(post: Post) -> None:
    near, far = EmulatedScanner("near"), EmulatedScanner("far")
    drivers = [LinkScanner(one, cable.url, post) for one, cable in (("near", near), ("far", far))]
    for _ in drivers:
        post.state(DeviceState.READY)
    codes = [f"{n:013d}" for n in range(50)]
    sending = [
        threading.Thread(target=lambda one=cable: [one.scan(code) for code in codes])
        for cable in (near, far)
    ]
    for thread in sending:
        thread.start()
    heard: dict[str, list[str]] = {"near": [], "far": []}
    while sum(map(len, heard.values())) < 2 * len(codes):
        event = post.events.get(timeout=10)
        if isinstance(event, Scanned):
            heard[event.device].append(event.text)
    assert heard == {"near": codes, "far": codes}
    for thread in sending:
        thread.join()
    for scanner in drivers:
        scanner.close()
    for cable in (near, far):
        cable.close()


def test_a_scanner_that_is_pulled_leaves_the_other_one_at_work(post: Post) -> None:
    near, far = EmulatedScanner("near"), EmulatedScanner("far")
    drivers = [LinkScanner(one, cable.url, post) for one, cable in (("near", near), ("far", far))]
    for _ in drivers:
        post.state(DeviceState.READY)
    near.unplug()
    post.state(DeviceState.OFFLINE)
    assert far.scan(EAN)
    assert post.scan() == EAN
    near.replug()
    post.state(DeviceState.READY)
    assert near.scan("96385074")
    assert post.scan() == "96385074"
    for scanner in drivers:
        scanner.close()
    for cable in (near, far):
        cable.close()


def test_two_scans_twenty_milliseconds_apart_both_arrive(
    driver: LinkScanner, emulator: EmulatedScanner, post: Post
) -> None:
    for code in ("96385074", EAN):
        emulator.scan(code)
        threading.Event().wait(0.02)
    assert [post.scan(), post.scan()] == ["96385074", EAN]
