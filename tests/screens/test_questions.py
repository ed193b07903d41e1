"""Questions and lists: what answers them, what is refused, and that their keys are always told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos.doubles import MemoryCatalogue
from pos.ports import PrintEnded, PrintOutcome
from pos.screens.till_screen import TillScreen
from tests.screens.hands import at_work
from tests.screens.shop import ARTICLES, BREAD, WINE, Shop

SIZES = [(80, 24), (120, 40)]
LISTS = [["f8"], ["f10"], ["f11"], ["ctrl+n"]]


@pytest.mark.parametrize(
    ("keys", "is_sold"),
    [
        (["enter"], True),
        (["o"], True),
        (["Y"], True),
        (["n"], False),
        (["escape"], False),
        (["1", "7", "enter"], None),
        (["x", "enter", "enter"], True),
        (["asterisk", "enter"], None),
    ],
)
async def test_an_age_is_answered_by_yes_or_no_and_by_nothing_else(
    keys: list[str], is_sold: bool | None
) -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{WINE}\r")
        await hands.press(*keys)
        assert len(shop.desk.basket.lines) == (1 if is_sold else 0)
        assert hands.reads("is the buyer") is (is_sold is None)
        assert hands.app.sale_screen.entry.shown.text == ""
        assert is_sold is not None or hands.reads("is no answer: yes or no?")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("size", SIZES)
async def test_the_keys_that_answer_an_age_are_always_told(
    size: tuple[int, int], language: str
) -> None:
    shop = Shop(language=language).opened()
    async with at_work(shop.app(shows_paper=True), size) as hands:
        await hands.burst(f"{WINE}\r")
        shown = hands.app.sale_screen.entry.shown
        assert shown.hint
        assert hands.reads(f"{shown.question} ")
        assert hands.reads(shown.hint)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("gesture", "keys"),
    [
        ("refund", []),
        ("refund", ["enter"]),
        ("refund", ["enter", "a"]),
        ("refund", ["enter", "a", "1", "f11"]),
        ("refund", ["end", "enter"]),
        ("refund", ["end", "enter", *"pommes", "enter"]),
        ("cash_desk", []),
        ("cash_desk", ["2"]),
        ("cash_desk", ["2", "5", "enter"]),
        ("cash_desk", ["6"]),
        ("cash_desk", ["6", "end"]),
        ("cash_desk", ["6", "end", "enter"]),
        ("cash_desk", ["6", "end", "enter", "1"]),
        ("cash_desk", ["6", "end", "enter", "2"]),
        ("open_drawer", []),
        ("day", []),
        ("day", ["1"]),
        ("day", ["1", "1", "4"]),
        ("training", []),
        ("about", []),
    ],
)
async def test_what_the_keys_do_is_told_beside_every_question(
    gesture: str, keys: list[str], language: str
) -> None:
    shop = Shop(language=language).opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f9")
        hands.app.session.gesture(gesture)
        hands.app.show()
        await hands.press(*keys)
        screen = hands.app.screen
        assert isinstance(screen, TillScreen)
        shown = screen.entry.shown
        assert shown.question
        assert shown.hint
        assert hands.reads(shown.question)
        assert hands.reads(shown.hint)


async def test_keys_and_prices_of_a_list_stand_apart_from_the_names() -> None:
    shop = Shop().opened()
    bread = replace(ARTICLES[0], name="Baguette de tradition " * 8)
    shop.desk.ports.catalogue = MemoryCatalogue([bread])
    async with at_work(shop.app()) as hands:
        await hands.press(*"bag")
        assert hands.reads("…  €1.20")


@pytest.mark.parametrize("keys", LISTS)
async def test_a_digit_that_is_no_choice_is_refused_and_answers_nothing(keys: list[str]) -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press(*keys)
        asked = hands.app.session.prompt
        shop.counter.played.clear()
        await hands.press("9")
        assert hands.reads("There is no choice 9.")
        assert shop.counter.played == ["refused"]
        await hands.press("enter")
        assert hands.reads("There is no choice 9.")
        assert hands.app.session.prompt is asked
        assert hands.app.sale_screen.entry.shown.text == ""
        assert shop.desk.basket.total == 120


async def test_an_amount_typed_into_the_cash_list_leaves_no_digit_behind() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f8")
        await hands.press_fast("2", "0", "0")
        assert hands.reads("CHANGE")
        assert hands.app.session.text == ""
        await hands.press("5")
        assert hands.app.session.text == "5"


async def test_what_a_choice_refused_stays_said_after_a_needless_enter() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f11", "3", "enter")
        assert hands.reads("Type the amount first, then this key.")


async def test_a_card_question_has_no_answer_until_one_is_chosen() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f10", "enter")
        assert hands.reads("Choose what the terminal said.")
        await hands.press("down", "enter")
        assert hands.reads("PAID")


async def test_a_print_question_has_no_answer_until_one_is_chosen() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f9", "f7")
        assert hands.reads("F7 prints a counted copy.")
        shop.wire.report(PrintEnded(shop.counter.printed[0][0], PrintOutcome.UNKNOWN))
        await hands.settle()
        await hands.press("enter")
        assert hands.reads("Look at the printer, then choose what you see.")
        assert hands.reads("Did ticket T01-K1-000001 come out of the printer?")


async def test_an_empty_pin_is_no_try() -> None:
    shop = Shop()
    async with at_work(shop.app()) as hands:
        await hands.press("1", "enter", *["enter"] * 8, *"2468", "enter")
        assert shop.desk.person is not None


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("keys", [["f3"], ["f4"], ["1", "f4"], ["ctrl+e"], ["f10"]])
async def test_a_long_name_gives_way_to_what_the_keys_do(keys: list[str], language: str) -> None:
    shop = Shop(language=language).opened()
    bread = replace(ARTICLES[0], name="Baguette de tradition au levain et aux graines de lin")
    shop.desk.ports.catalogue = MemoryCatalogue([bread])
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press(*keys)
        shown = hands.app.sale_screen.entry.shown
        assert hands.reads(shown.question)
        assert hands.reads(shown.hint)
