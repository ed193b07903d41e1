"""Training on the screen: begun and ended on purpose, told on every screen, and never real."""

from __future__ import annotations

import pytest

from pos.domain.events import SaleFinished, TrainingSwitched
from pos.fiscal.none import NoRules
from pos.screens.dialogs.sign_in import PinPrompt
from tests.screens.hands import Hands, at_work
from tests.screens.shop import BREAD, Shop

MARK = "FACTICE – MODE ÉCOLE"
SWITCH = ("ctrl+p", *"training", "enter")
CASHIER = ("f12", "2", "enter", *"1357", "enter")
MANAGER = ("1", "enter", *"2468", "enter")


class SchoolRules(NoRules):
    """A country whose law says what a screen in training must say."""

    def training_mark(self) -> str:
        """Return the law's words."""
        return MARK


def at_school() -> Shop:
    return Shop(fiscal=SchoolRules()).opened()


async def test_training_begins_and_ends_by_a_choice_of_its_own() -> None:
    shop = at_school()
    async with at_work(shop.app()) as hands:
        assert not hands.reads(MARK)
        await hands.press(*SWITCH)
        assert hands.reads("Begin training? Nothing that is sold then counts.")
        await hands.press("enter")
        assert hands.reads("Choose yes or no.")
        await hands.press("2")
        assert not shop.desk.training
        await hands.press(*SWITCH, "1")
        assert hands.reads("Training begins: nothing that is sold counts.")
        await hands.press(*SWITCH)
        assert hands.reads("End training and sell for real?")
        await hands.press("1")
        assert hands.reads("Training is over: sales count again.")
        assert not hands.reads(MARK)
    switched = [one for one in shop.store.events if isinstance(one, TrainingSwitched)]
    assert [one.on for one in switched] == [True, False]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20), (40, 12)])
@pytest.mark.parametrize(
    "keys",
    [(), ("f1",), ("f8",), ("ctrl+r",), ("ctrl+x",), ("ctrl+x", "1"), ("f9",), ("f12",)],
)
async def test_the_laws_words_stand_on_every_screen_in_training(
    size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    shop = at_school()
    shop.desk.training = True
    async with at_work(shop.app(shows_paper=True), size) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press(*keys)
        stripe = hands.screen()[1]
        assert f" {MARK} " in stripe
        assert len(stripe) == size[0]
        assert set(stripe.replace(MARK, "")) == {"/", " "}


async def test_what_is_sold_in_training_is_numbered_apart_and_moves_no_drawer() -> None:
    shop = at_school()
    async with at_work(shop.app()) as hands:
        await hands.press(*SWITCH, "1")
        await hands.burst(f"{BREAD}\r")
        await hands.press("f9")
        assert hands.reads("Ticket T01-K1-X000001")
        await hands.press("ctrl+f", "6")
        assert hands.app.session.notice is not None
        assert hands.app.session.notice.is_bad
    assert shop.counter.opened == 0
    assert [one.training for one in shop.store.events if isinstance(one, SaleFinished)] == [True]


async def test_a_played_ticket_comes_back_in_training_and_a_real_one_does_not() -> None:
    shop = at_school()
    async with at_work(shop.app()) as hands:
        await _sold(hands)
        await hands.press(*SWITCH, "1")
        await _sold(hands)
        await hands.burst("T01-K1-000001\r")
        assert hands.app.session.prompt is None
        await hands.burst("T01-K1-X000001\r")
        assert hands.reads("Ticket T01-K1-X000001")
        await hands.press("escape", "ctrl+r")
        assert hands.reads("T01-K1-X000001  10:30")
        assert not hands.reads("T01-K1-000001  10:30")


async def _sold(hands: Hands) -> None:
    await hands.burst(f"{BREAD}\r")
    await hands.press("f9")


async def test_a_cashier_trains_with_a_managers_pin() -> None:
    shop = at_school()
    async with at_work(shop.app()) as hands:
        await hands.press(*CASHIER, *SWITCH, "1")
        assert isinstance(hands.app.session.prompt, PinPrompt)
        await hands.press(*MANAGER)
        assert hands.reads(MARK)


async def test_training_does_not_begin_over_an_open_basket() -> None:
    shop = at_school()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press(*SWITCH, "1")
        assert hands.reads("A basket is open or put aside")
        assert not hands.reads(MARK)


async def test_the_day_is_not_closed_in_training() -> None:
    shop = at_school()
    shop.desk.training = True
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+x", "1", "1")
        assert hands.reads("Training is on: end it before closing the day.")
