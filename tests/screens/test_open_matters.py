"""What a till still has open: alarms to read, cards and prints to settle, lights to look at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos.domain.events import CardAnswered, NoticeAcknowledged
from pos.domain.tender import TenderRules
from pos.domain.words import Sentence
from pos.ports import DeviceState, PrintEnded, PrintOutcome, StatusChanged, StoreUnavailable
from tests.screens.hands import at_work
from tests.screens.shop import APPLES, BREAD, GIFT, MILK, WINE, Shop

BACKUP = Sentence("This file is a restored backup of {day}.", day="yesterday")
CUT = Sentence("A basket could be read only up to its step {step}.", step=3)
HINT = Sentence("Demonstration: 1 is Camille.")
SIGN_IN = ("1", "enter", *"2468", "enter")


def read(shop: Shop) -> list[str]:
    return [one.notice for one in shop.store.events if isinstance(one, NoticeAcknowledged)]


async def test_every_alarm_stays_until_someone_who_signed_in_has_read_it() -> None:
    shop = Shop()
    async with at_work(shop.app(notes=(BACKUP, CUT), hints=(HINT,))) as hands:
        assert hands.reads("2 notice")
        assert hands.reads("Demonstration: 1 is Camille.")
        await hands.press(*SIGN_IN)
        assert hands.reads("This file is a restored backup of yesterday.")
        await hands.press("f9", "escape", "7", "x")
        assert hands.reads("This file is a restored backup of yesterday.")
        assert read(shop) == []
        await hands.press("enter")
        assert hands.reads("A basket could be read only up to its step 3.")
        await hands.press("enter")
        assert not hands.reads("to read")
    assert read(shop) == [BACKUP.template, CUT.template]


async def test_a_hint_is_said_between_two_baskets_only() -> None:
    shop = Shop()
    async with at_work(shop.app(hints=(HINT,))) as hands:
        await hands.press("1", "enter", "2")
        assert hands.reads("Demonstration: 1 is Camille.")
        await hands.press("4", "6", "8", "enter", "down")
        await hands.burst(f"{BREAD}\r")
        assert not hands.reads("Demonstration")
        await hands.press("f9")
        assert not hands.reads("Demonstration")
    assert read(shop) == []


async def test_a_scan_waits_while_an_alarm_is_read() -> None:
    shop = Shop()
    async with at_work(shop.app(notes=(BACKUP, CUT))) as hands:
        await hands.press(*SIGN_IN)
        await hands.burst(f"{BREAD}\r{MILK}\r")
        assert shop.desk.basket.is_empty
        await hands.press("enter", "enter")
        assert [line.sku for line in shop.desk.basket.lines] == ["1", "2"]


async def test_an_alarm_whose_reading_cannot_be_written_stays() -> None:
    shop = Shop()
    async with at_work(shop.app(notes=(BACKUP,))) as hands:
        await hands.press(*SIGN_IN)
        shop.store.fails_with = StoreUnavailable("disk_full", "The disk is full.")
        await hands.press("enter")
        assert hands.reads("The disk is full.")
        assert hands.reads("restored backup")
        shop.store.fails_with = None
        await hands.press("enter")
        assert not hands.reads("restored backup")


async def test_a_cashier_reads_alarms_without_a_manager_and_goes_on() -> None:
    shop = Shop()
    async with at_work(shop.app(notes=(BACKUP,))) as hands:
        await hands.press("2", "enter", *"1357", "enter", "enter")
        await hands.burst(f"{BREAD}\r")
        assert shop.desk.basket.total == 120
    assert [one.staff for one in shop.store.events if isinstance(one, NoticeAcknowledged)] == [
        "staff-2"
    ]


async def test_a_long_alarm_is_read_whole_on_a_small_screen() -> None:
    shop = Shop()
    words = " ".join(f"word{n}" for n in range(30))
    async with at_work(shop.app(notes=(Sentence(words),)), (60, 20)) as hands:
        await hands.press(*SIGN_IN)
        assert all(hands.reads(word) for word in words.split())


async def test_every_unsettled_card_is_seen_by_everyone_and_settled_from_the_palette() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f10", "4")
        await hands.press("f12", "2", "enter", *"1357", "enter")
        assert hands.reads("1 card to settle")
        await hands.burst(f"{MILK}\r")
        await hands.press("ctrl+p", *"settle", "enter")
        assert hands.reads("Card payment of €1.20")
        assert hands.reads("Camille")
        await hands.press("1")
        assert hands.reads("Card €1.20: what does the terminal say?")
        await hands.press("1")
        assert hands.reads("The card payment is settled.")
        assert not hands.reads("to settle")
        assert [line.sku for line in shop.desk.basket.lines] == ["2"]
        await hands.press("f12", "1", "enter", *"2468", "enter")
        assert shop.desk.basket.due == 0
    answers = [event for event in shop.store.events if isinstance(event, CardAnswered)]
    assert [(one.outcome, one.settled_by) for one in answers] == [
        ("unknown", "staff-1"),
        ("approved", "staff-2"),
    ]


async def test_a_card_left_open_is_asked_when_its_cashier_signs_in_after_the_alarms() -> None:
    shop = Shop().opened()
    async with at_work(shop.app(notes=(BACKUP,))) as hands:
        await hands.press("enter")
        await hands.burst(f"{BREAD}\r")
        await hands.press("f10", "4", "f12", *SIGN_IN)
        assert hands.reads("Card €1.20: what does the terminal say?")
        await hands.press("escape")
        assert hands.reads("1 card to settle")


async def test_prints_are_settled_from_the_same_list() -> None:
    shop = Shop().opened()
    async with at_work(shop.app(), (100, 30)) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f9", "f7")
        await hands.burst(f"{MILK}\r")
        await hands.press("f10", "4")
        shop.wire.report(PrintEnded(shop.counter.printed[0][0], PrintOutcome.UNKNOWN))
        await hands.settle()
        assert hands.reads("1 card to settle · 1 print to check")
        hands.app.session.gesture("settle")
        await hands.press("2")
        assert hands.reads("Did ticket T01-K1-000001 come out of the printer?")
        await hands.press("1")
        assert not hands.reads("to check")


async def test_with_nothing_open_the_list_says_so() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+p", *"settle", "enter")
        assert hands.reads("Nothing waits to be settled.")


@pytest.mark.parametrize("aside", ["f1", "ctrl+p"])
async def test_help_over_an_article_question_gives_the_question_back(aside: str) -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{WINE}\r")
        await hands.press(aside)
        assert not hands.reads("is the buyer")
        await hands.press("ctrl+p", "f1", aside)
        await hands.burst(f"{MILK}\r")
        assert hands.reads("is the buyer 18 or older?")
        await hands.press(aside, "escape")
        assert hands.reads("is the buyer 18 or older?")
        await hands.press("enter")
        assert [line.sku for line in shop.desk.basket.lines] == ["3", "2"]


async def test_a_gesture_of_the_palette_leaves_the_search_it_was_opened_over() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("l", "ctrl+p", *"aside", "enter")
        assert len(shop.desk.parked) == 1
        assert hands.app.session.prompt is None


@pytest.mark.parametrize("code", [WINE, APPLES, GIFT])
async def test_no_gesture_leaves_a_question_about_an_article(code: str) -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r{code}\r{MILK}\r")
        asked = hands.app.session.prompt
        for key in ("f2", "f5", "f8", "f9", "f10", "f11", "f12", "ctrl+n", "ctrl+z", "ctrl+e"):
            shop.counter.played.clear()
            await hands.press(key)
            assert hands.reads("Answer this first.")
            assert shop.counter.played == ["refused"]
        await hands.press("ctrl+p", *"aside", "enter")
        assert hands.reads("Answer this first.")
        await hands.press("ctrl+t", "ctrl+l")
        assert hands.app.session.prompt is asked
        assert [line.sku for line in shop.desk.basket.lines] == ["1"]
        await hands.press("escape")
        assert [line.sku for line in shop.desk.basket.lines] == ["1", "2"]


async def test_help_is_there_before_anyone_signs_in() -> None:
    shop = Shop()
    async with at_work(shop.app()) as hands:
        await hands.press("f1")
        assert hands.reads("Every key")
        await hands.press("escape", *SIGN_IN)
        assert shop.desk.person is not None


@pytest.mark.parametrize("away", ["printer", "drawer"])
@pytest.mark.parametrize("keys", [["f9"], ["ctrl+o", "1"]])
async def test_a_drawer_that_may_not_have_opened_is_said(keys: list[str], away: str) -> None:
    shop = Shop().opened()
    shop.desk.devices[away] = StatusChanged(away, DeviceState.OFFLINE)
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press(*keys)
        assert hands.reads("The drawer may not have opened: the printer does not answer.")


async def test_a_drawer_that_answers_late_takes_its_own_notice_back() -> None:
    shop = Shop().opened()
    async with at_work(shop.app(lights=("printer", "drawer"))) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f9")
        shop.wire.report(StatusChanged("drawer", DeviceState.OFFLINE, "not opened"))
        await hands.settle()
        assert hands.reads("The drawer may not have opened")
        assert hands.reads("✖ Drawer not opened")
        shop.wire.report(StatusChanged("drawer", DeviceState.READY))
        await hands.settle()
        assert not hands.reads("The drawer may not have opened")


async def test_a_card_sale_says_nothing_of_the_drawer() -> None:
    shop = Shop().opened()
    shop.desk.devices["printer"] = StatusChanged("printer", DeviceState.OFFLINE)
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f10", "1")
        assert hands.reads("PAID")
        assert not hands.reads("drawer may")


async def test_a_marker_that_is_not_written_is_a_warning() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        assert not hands.reads("marker not written")
        shop.store.marker_behind = True
        hands.app.session.tick()
        await hands.press("up")
        assert hands.reads("marker not written")


async def test_a_ready_printer_with_something_to_say_calls_for_a_look() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        shop.wire.report(StatusChanged("printer", DeviceState.READY, "paper low"))
        await hands.settle()
        assert hands.reads("▲ Printer paper low")


async def test_a_till_with_no_scanner_of_its_own_shows_the_keyboards() -> None:
    shop = Shop().opened()
    shop.desk.ports.scanners.clear()
    async with at_work(shop.app(lights=("printer",))) as hands:
        assert hands.reads("● Keyboard scanner")


async def test_warnings_never_hide_the_time_on_a_small_screen() -> None:
    shop = Shop().opened()
    shop.desk.training = True
    async with at_work(shop.app(notes=(BACKUP, CUT)), (60, 20)) as hands:
        shop.store.marker_behind = True
        hands.app.session.tick()
        await hands.press("up")
        assert hands.reads("2 notices to read · +1")
        assert hands.reads("10:30")


async def test_cash_from_abroad_is_not_offered_where_no_cash_is_taken() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f11")
        assert hands.reads("lives abroad")
        cashless = TenderRules(accepted=frozenset({"card", "cheque"}))
        shop.desk.rules = replace(shop.desk.rules, tenders=cashless)
        await hands.press("escape", "f11")
        assert hands.reads("Cheque")
        assert not hands.reads("lives abroad")


@pytest.mark.parametrize("keys", [["1", "f3"], ["f3", "1", "enter"], ["asterisk", "1", "enter"]])
async def test_fewer_pieces_under_a_large_discount_ask_for_a_pin(keys: list[str]) -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("f12", "2", "enter", *"1357", "enter")
        await hands.press(*"20", "asterisk")
        await hands.burst(f"{BREAD}\r")
        await hands.press("f4", *"2,00", "enter", "1", "enter")
        await hands.press(*keys)
        assert hands.reads("Who allows a large discount?")
        await hands.press("1", "enter", *"2468", "enter")
        assert shop.desk.basket.line(1).quantity == 1000


async def test_a_line_taken_out_under_a_large_ticket_discount_asks_for_a_pin() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("f12", "2", "enter", *"1357", "enter")
        await hands.press(*"20", "asterisk")
        await hands.burst(f"{BREAD}\r{MILK}\r")
        await hands.press("ctrl+d", *"2,00", "enter", "1", "enter")
        await hands.press("up", "delete")
        assert hands.reads("Who allows a large discount?")
        await hands.press("1", "enter", *"2468", "enter")
        assert [line.sku for line in shop.desk.basket.lines] == ["2"]
        assert hands.reads("is taken out.")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("device", "state", "detail"),
    [
        ("printer", DeviceState.READY, "paper low"),
        ("drawer", DeviceState.OFFLINE, "no answer from the printer that opens it"),
    ],
)
async def test_on_a_small_screen_every_light_keeps_four_letters_of_its_name(
    language: str, device: str, state: DeviceState, detail: str
) -> None:
    shop = Shop(language=language).opened()
    async with at_work(shop.app(lights=("printer", "scanner", "drawer"))) as hands:
        shop.wire.report(StatusChanged(device, state, detail))
        await hands.settle()
        for light in hands.app.sale_screen.status.shown.lights:
            assert hands.reads(f" {light.name[:4]}")
        assert hands.reads("10:30")


async def test_a_low_roll_is_told_even_beside_a_warning_on_a_small_screen() -> None:
    shop = Shop().opened()
    async with at_work(shop.app(lights=("printer", "scanner", "drawer"))) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f10", "4")
        shop.wire.report(StatusChanged("printer", DeviceState.READY, "paper low"))
        await hands.settle()
        assert hands.reads("▲ Printer paper low")
        assert hands.reads("1 card to settle")


@pytest.mark.parametrize(
    ("printer", "light"), [(DeviceState.READY, "● Drawer"), (DeviceState.OFFLINE, "✖ Drawer")]
)
async def test_a_drawer_that_was_never_opened_is_as_near_as_its_printer(
    printer: DeviceState, light: str
) -> None:
    shop = Shop().opened()
    shop.desk.devices["printer"] = StatusChanged("printer", printer)
    async with at_work(shop.app(lights=("printer", "drawer"))) as hands:
        assert hands.reads(light)
