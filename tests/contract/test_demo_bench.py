"""The demonstration's hands: every machine and its troubles can be reached, and mended again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass

import pytest

from devices.card.emulator import Behaviour, EmulatedTerminal
from devices.display.emulator import EmulatedDisplay
from devices.label.emulator import EmulatedLabelPrinter
from devices.link import open_link
from devices.printer.emulator import EmulatedPrinter
from devices.probing import Answered, probe
from devices.scale.emulator import EmulatedScale
from devices.scanner.emulator import EmulatedScanner
from pos.main.demo import scan_keys
from pos.main.demo_bench import (
    AT_THE_TERMINAL,
    WEIGHTS,
    card_keys,
    display_keys,
    label_keys,
    printer_keys,
    scale_keys,
    scanner_keys,
    spare_keys,
)


@dataclass
class Bench:
    """The demonstration's machines, its commands by what they say, and what they let be seen."""

    printer: EmulatedPrinter
    labels: EmulatedLabelPrinter
    display: EmulatedDisplay
    scale: EmulatedScale
    card: EmulatedTerminal
    seen: list[str]

    def __post_init__(self) -> None:
        scanner, spare = EmulatedScanner(), EmulatedPrinter("spare")
        self.others = (scanner, spare)
        extras = (
            *scan_keys(scanner),
            *scanner_keys(scanner),
            *printer_keys(self.printer),
            *spare_keys(spare),
            *label_keys(self.labels, self.seen.extend),
            *display_keys(self.display, self.seen.extend),
            *scale_keys(self.scale),
            *card_keys(self.card),
        )
        self.names = [extra.name for extra in extras]
        self.does = {extra.text.template: extra.action for extra in extras}

    def close(self) -> None:
        for device in self.others:
            device.close()


@pytest.fixture
def bench() -> Iterator[Bench]:
    with ExitStack() as plugged:
        made = Bench(
            plugged.enter_context(closing(EmulatedPrinter())),
            plugged.enter_context(closing(EmulatedLabelPrinter())),
            plugged.enter_context(closing(EmulatedDisplay())),
            plugged.enter_context(closing(EmulatedScale())),
            plugged.enter_context(closing(EmulatedTerminal("card", "concert-e+"))),
            [],
        )
        yield plugged.enter_context(closing(made))


def test_each_command_has_a_name_of_its_own_and_said_twice_mends_what_it_broke(
    bench: Bench,
) -> None:
    assert len(set(bench.names)) == len(bench.names)
    for text, act in bench.does.items():
        act()
        if ", or " in text:
            act()
    assert probe(bench.printer.url) == Answered("printer", "EMULATOR", bench.printer.url)
    assert probe(bench.labels.url) == Answered("label", "zpl", bench.labels.url)
    assert probe(bench.scale.url) == Answered("scale", "toledo", bench.scale.url)
    assert not bench.display.stalled


def test_goods_lie_on_the_scale_tremble_and_are_too_heavy(bench: Bench) -> None:
    put = bench.does["Put something on the scale, or take it off"]
    put()
    assert bench.scale.shown == WEIGHTS[0]
    put()
    assert bench.scale.shown == 0
    bench.does["The scale: what lies there trembles, or stands still"]()
    bench.scale.change(lambda pan: bench.seen.append(str(pan.moving)))
    bench.does["The scale: more on it than it weighs, or nothing"]()
    bench.scale.change(lambda pan: bench.seen.append(str(pan.is_over)))
    assert bench.seen == ["True", "True"]


def test_what_the_display_and_the_label_printer_show_is_seen(bench: Bench) -> None:
    bench.does["The display: look at it"]()
    assert [len(line) for line in bench.seen] == [22] * 4
    bench.seen.clear()
    with closing(open_link(bench.labels.url)) as link:
        link.write(b"^XA^FO10,20^FDBread^FS^XZ~HS", 1.0)
        assert link.read(5.0)
    bench.does["The label printer: look at its last label"]()
    assert bench.seen == ["Bread"]


def test_all_that_may_happen_at_a_card_terminal_can_be_chosen(bench: Bench) -> None:
    assert set(AT_THE_TERMINAL) == set(Behaviour)
    for behaviour, text in AT_THE_TERMINAL.items():
        bench.does[text.template]()
        assert bench.card.behaviour is behaviour
