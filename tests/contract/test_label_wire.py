"""The label printer's driver against an emulated one on a real wire, with what happens there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from devices.counter import Counter
from devices.label.driver import ZplPrinter
from devices.label.emulator import EmulatedLabelPrinter
from devices.label.protocol import LabelStatus, StatusParser, answer
from devices.label.reader import Reader
from devices.label.zpl import LabelSize, zpl
from devices.printer.emulator import EmulatedPrinter
from devices.printer.jobs import JOBS_MAX
from devices.printer.profile import PROFILES
from pos.papers.label import Label
from pos.ports import DeviceState, PrintEnded, PrintOutcome
from tests.contract.printer_shop import Post

EAN = "3017620422003"
SHELF = Label(
    "shelf", "Comté 12 mois ^XZ~JA", ("Au coin",), "24,90 €", "24,90 €/kg", barcode=EAN, copies=2
)
BAG = Label("bag", "W1042", ("Étagère A3", "Sac 1 sur 2"), qr="BAG/01JD7Z4QFS3WZ8E3Y6M5K0T2RB/1")
SIZE = LabelSize()


@dataclass
class Shop:
    """One emulated label printer and its driver."""

    emulator: EmulatedLabelPrinter
    driver: ZplPrinter
    post: Post


@pytest.fixture(params=[False, True], ids=["serial", "network"])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    post = Post()
    with closing(EmulatedLabelPrinter(tcp=request.param)) as emulator:
        driver = ZplPrinter(
            "labels", emulator.url, SIZE, post, answer_s=0.3, stall_s=1.0, heartbeat_s=0.2
        )
        with closing(driver):
            post.state(DeviceState.READY, device="labels")
            yield Shop(emulator, driver, post)


def codes(shop: Shop) -> set[str]:
    return {code.text for code in zxingcpp.read_barcodes(shop.emulator.picture())}


def test_a_shelf_label_says_name_and_prices_and_its_code_can_be_scanned(shop: Shop) -> None:
    shop.driver.print_labels("1", [SHELF])
    assert shop.post.end("1") is PrintOutcome.SENT
    first, second = shop.emulator.printed
    texts = [field.data for field in first.fields]
    assert texts == ["Comté 12 mois ^XZ~JA", "24,90 €", "24,90 €/kg", "Au coin", EAN]
    assert first == second
    assert codes(shop) == {EAN}
    assert shop.emulator.errors == []


def test_a_bag_label_can_be_scanned(shop: Shop) -> None:
    shop.driver.print_labels("1", [BAG])
    assert shop.post.end("1") is PrintOutcome.SENT
    assert codes(shop) == {BAG.qr}


Deed = Callable[[EmulatedLabelPrinter], None]
TROUBLES: list[tuple[str, Deed, Deed]] = [
    ("no labels", lambda e: e.run_out(1), lambda e: e.load()),
    ("head open", lambda e: e.open_head(), lambda e: e.open_head(False)),
    ("paused: press its pause button", lambda e: e.pause(), lambda e: e.pause(False)),
]


@pytest.mark.parametrize(("said", "trouble", "relief"), TROUBLES, ids=[one[0] for one in TROUBLES])
def test_a_label_printer_in_trouble_says_why_and_goes_on_when_it_is_over(
    shop: Shop, said: str, trouble: Deed, relief: Deed
) -> None:
    trouble(shop.emulator)
    shop.driver.print_labels("1", [SHELF])
    shop.post.state(DeviceState.ATTENTION, said, "labels")
    relief(shop.emulator)
    assert shop.post.end("1") is PrintOutcome.SENT
    assert len(shop.emulator.printed) == 2


def test_a_cable_pulled_while_labels_wait_in_the_printer_leaves_them_unknown(shop: Shop) -> None:
    shop.emulator.run_out(1)
    shop.driver.print_labels("1", [SHELF])
    shop.post.state(DeviceState.ATTENTION, "no labels", "labels")
    shop.emulator.unplug()
    assert shop.post.end("1") is PrintOutcome.UNKNOWN
    shop.emulator.replug()
    shop.emulator.load()
    shop.driver.print_labels("2", [BAG])
    assert shop.post.end("2") is PrintOutcome.SENT
    assert len(shop.emulator.printed) == 3


@pytest.mark.parametrize("fault", ["mute", "halves", "garbage"])
def test_a_printer_that_cannot_be_understood_gets_nothing_and_the_labels_wait(
    shop: Shop, fault: str
) -> None:
    setattr(shop.emulator, fault, True)
    shop.post.state(DeviceState.OFFLINE, "does not answer", "labels")
    shop.driver.print_labels("1", [BAG])
    assert shop.emulator.printed == []
    setattr(shop.emulator, fault, False)
    assert shop.post.end("1") is PrintOutcome.SENT
    assert len(shop.emulator.printed) == 1


def test_a_slow_label_printer_is_waited_for(shop: Shop) -> None:
    shop.emulator.bytes_per_s = 3000
    shop.driver.print_labels("1", [BAG] * 3)
    assert shop.post.end("1") is PrintOutcome.SENT
    assert len(shop.emulator.printed) == 3


def test_labels_that_never_left_have_failed_when_the_till_closes(shop: Shop) -> None:
    shop.emulator.unplug()
    shop.post.state(DeviceState.OFFLINE, "not connected", "labels")
    shop.driver.print_labels("1", [BAG])
    shop.driver.close()
    assert shop.post.end("1") is PrintOutcome.FAILED


def test_labels_come_out_of_a_receipt_printer_as_well() -> None:
    post = Post()
    with closing(EmulatedPrinter()) as emulator, closing(Counter(post)) as counter:
        printer = counter.open_paper_labels("labels", emulator.url, PROFILES["epson-80"])
        printer.print_labels("1", [SHELF, BAG])
        assert post.end("1") is PrintOutcome.CONFIRMED
        text = emulator.text()
        assert text.count("24,90 €/kg") == 2
        found = {code.text for code in zxingcpp.read_barcodes(emulator.picture())}
        assert found == {EAN, BAG.qr}


STATUSES = st.builds(
    LabelStatus, st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 999)
)


@given(STATUSES, st.binary(max_size=60))
def test_an_answer_is_understood_byte_by_byte_and_after_noise(
    status: LabelStatus, noise: bytes
) -> None:
    parser = StatusParser()
    assert [e for byte in answer(status) for e in parser.receive(bytes([byte]))] == [status]
    parser.receive(noise + b"\x02\x03")
    assert parser.receive(answer(status))[-1] == status


@given(st.lists(st.binary(max_size=60)))
def test_no_bytes_crash_or_hang_the_emulated_label_printer(chunks: list[bytes]) -> None:
    split, whole = Reader(), Reader()
    for chunk in chunks:
        split.receive(chunk)
    whole.receive(b"".join(chunks))
    assert split.printed == whole.printed


TEXTS = st.text(max_size=60) | st.sampled_from(["^XZ^XA~JA", "~HS", "_5E", "\\&", "^FD", "a\x1bp"])


@given(TEXTS, TEXTS, TEXTS)
def test_no_text_of_a_label_is_ever_a_command(title: str, line: str, qr: str) -> None:
    printer = Reader()
    said = printer.receive(zpl(Label("bag", title, (line,), qr=qr), SIZE))
    assert said == b""
    assert printer.errors == []
    assert len(printer.printed) == 1


def test_a_driver_that_fails_while_labels_print_never_prints_them_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as failing:
        failing.setattr(shop.driver, "_wait_until_out", lambda *_: [][0])
        shop.driver.print_labels("1", [BAG])
        assert shop.post.end("1") is PrintOutcome.UNKNOWN
        shop.post.state(DeviceState.OFFLINE, "not connected", "labels")
    shop.driver.print_labels("2", [BAG])
    assert shop.post.end("2") is PrintOutcome.SENT
    assert len(shop.emulator.printed) == 2


def test_too_many_jobs_are_refused_at_once(shop: Shop) -> None:
    shop.emulator.unplug()
    shop.post.state(DeviceState.OFFLINE, "not connected", "labels")
    for number in range(JOBS_MAX + 1):
        shop.driver.print_labels(str(number), [BAG])
    refused = shop.post.until(lambda event: isinstance(event, PrintEnded))
    assert isinstance(refused, PrintEnded)
    assert (refused.job, refused.outcome) == (str(JOBS_MAX), PrintOutcome.FAILED)
    assert "device-labels" in {thread.name for thread in threading.enumerate()}
