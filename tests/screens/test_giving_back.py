"""Goods that come back, seen on the screen: found, given a reason, paid back, and how many keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pos.domain.events import PrintAsked, SaleFinished
from pos.screens.dialogs.sign_in import PinPrompt
from tests.screens.hands import Hands, at_work
from tests.screens.shop import APPLES, BREAD, GIFT, MILK, Shop

CASHIER = ("f12", "2", "enter", *"1357", "enter")
MANAGER = ("1", "enter", *"2468", "enter")
FIRST = "T01-K1-000001"
SIZES = [(80, 24), (120, 40)]


async def sold(hands: Hands, *codes: str, by: tuple[str, ...] = ("f9",)) -> None:
    """Sell a few articles; `by` are the keys that pay."""
    await hands.burst("".join(f"{code}\r" for code in codes))
    await hands.press(*by)


def sales(shop: Shop) -> list[SaleFinished]:
    return [event for event in shop.store.events if isinstance(event, SaleFinished)]


@contextmanager
def keys_at_most(hands: Hands, most: int) -> Iterator[None]:
    """Count the keys that are pressed meanwhile."""
    before = hands.pressed
    yield
    assert hands.pressed - before <= most


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("paid", "keys", "method"),
    [
        (("f9",), ("enter", "1", "f9"), "cash"),
        (("f9",), ("b", "1", "f9"), "cash"),
        (("f9",), ("c", "4", "f9"), "cash"),
        (("f9",), ("down", "enter", "1", "f9"), "cash"),
        (("f10", "1"), ("a", "1", "f10", "1"), "card"),
    ],
)
async def test_one_article_of_a_ticket_is_paid_back_four_keys_after_its_scan(
    size: tuple[int, int], paid: tuple[str, ...], keys: tuple[str, ...], method: str
) -> None:
    shop = Shop().opened()
    async with at_work(shop.app(), size) as hands:
        await sold(hands, BREAD, MILK, BREAD, by=paid)
        await hands.burst(f"{FIRST}\r")
        with keys_at_most(hands, 4):
            await hands.press(*keys)
        assert hands.reads("PAID BACK")
    back = sales(shop)[-1]
    assert (back.operation, len(back.lines)) == ("refund", 1)
    assert [one.method for one in back.tenders] == [method]
    assert back.lines[0].returned is not None
    sold_line = sales(shop)[0].lines[back.lines[0].returned.line - 1]
    assert (back.lines[0].sku, back.total) == (sold_line.sku, -sold_line.total)


async def test_an_article_scanned_over_its_open_ticket_comes_back_in_two_keys() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await sold(hands, BREAD, MILK)
        await hands.burst(f"{FIRST}\r{MILK}\r")
        assert hands.reads("Why does 1 × “Lait demi-écrémé 1 L” come back?")
        with keys_at_most(hands, 2):
            await hands.press("2", "f9")
    assert [line.sku for line in sales(shop)[-1].lines] == ["2"]


async def test_a_returned_line_is_told_by_a_word_and_a_sign_as_well_as_a_colour() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await sold(hands, MILK)
        await hands.burst(f"{FIRST}\r")
        await hands.press("a", "1")
        row = next(row for row in hands.screen() if "Return: Lait" in row)
        assert "-1 " in row
        assert "-1.05" in row
        assert hands.reads("TO PAY BACK")
        assert hands.reads("F9: Cash, €1.05")
        assert hands.reads(f"{FIRST} · Faulty or damaged")
        assert hands.app.sale_screen.total.shown.amount == "€1.05"


async def test_digits_before_the_letter_are_how_many_come_back() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("5", "asterisk")
        await sold(hands, BREAD)
        await hands.burst(f"{FIRST}\r")
        assert hands.reads("5 × Baguette tradition")
        await hands.press("3", "a", "1", "f9")
        assert sales(shop)[-1].total == -360
        await hands.burst(f"{FIRST}\r")
        assert hands.reads("2 × Baguette tradition")
        await hands.press("3", "a", "1")
        assert hands.reads("Only 2 of “Baguette tradition” can still come back")
        assert shop.desk.basket.is_empty


async def test_what_is_weighed_comes_back_whole_unless_a_weight_is_typed() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{APPLES}\r")
        await hands.press(*"500", "enter", "f9")
        await hands.burst(f"{FIRST}\r")
        await hands.press(*"200", "a", "1")
        await hands.burst(f"{FIRST}\r")
        await hands.press("a", "1")
        assert [line.quantity for line in shop.desk.basket.lines] == [-200, -300]
        assert shop.desk.basket.total == -sales(shop)[0].total


async def test_what_is_not_on_the_ticket_is_refused_and_never_sold_by_mistake() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await sold(hands, BREAD)
        await hands.burst(f"{FIRST}\r{MILK}\r")
        assert hands.reads(f"“Lait demi-écrémé 1 L” is not on ticket {FIRST}")
        await hands.press("a", "1", "f9")
        await hands.burst(f"{FIRST}\r{BREAD}\r")
        assert hands.reads("has come back already")
        assert shop.desk.basket.is_empty
    assert "refused" in shop.counter.played


async def test_an_exchange_is_one_basket_and_the_difference_is_paid() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await sold(hands, MILK)
        await hands.burst(f"{FIRST}\r")
        await hands.press("a", "1")
        await hands.burst(f"{BREAD}\r")
        assert hands.reads("TOTAL · 2 lines")
        assert hands.app.sale_screen.total.shown.amount == "€0.15"
        await hands.press("f9")
    assert (sales(shop)[-1].operation, sales(shop)[-1].total) == ("exchange", 15)


async def test_the_refund_key_lists_the_last_tickets_and_takes_a_number() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await sold(hands, BREAD)
        await sold(hands, MILK)
        await hands.press("ctrl+r")
        assert hands.reads("T01-K1-000002  10:30  Lait")
        await hands.press("down", "enter")
        assert hands.reads(f"Ticket {FIRST} · €1.20")
        await hands.press("escape", "ctrl+r", "2", "enter")
        assert hands.reads("Ticket T01-K1-000002 · €1.05")
        await hands.press("escape", "1", "ctrl+r")
        assert hands.reads(f"Ticket {FIRST} · €1.20")


@pytest.mark.parametrize("typed", ["9", "t01-k1-000009", "nothing"])
async def test_a_ticket_that_nobody_knows_is_asked_again(typed: str) -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await sold(hands, BREAD)
        await hands.press("ctrl+r", *typed, "enter")
        assert hands.app.session.notice is not None
        assert hands.app.session.notice.is_bad
        assert hands.reads("Number of the ticket")


async def test_an_unknown_tickets_code_is_refused_aloud_at_the_sale() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst("T01-K1-000077\r")
        assert hands.app.session.prompt is None
        assert shop.counter.played == ["refused"]
        await hands.burst(f"{BREAD}\r")
        assert shop.desk.basket.total == 120


async def test_goods_without_a_ticket_need_a_managers_pin() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press(*CASHIER, "ctrl+r", "end", "enter")
        assert hands.reads("Which article comes back?")
        await hands.burst(f"{MILK}\r")
        assert hands.reads("How many “Lait demi-écrémé 1 L” come back?")
        await hands.press("2", "enter", "1")
        assert isinstance(hands.app.session.prompt, PinPrompt)
        await hands.press(*MANAGER)
        assert shop.desk.basket.total == -210
        await hands.press("f9")
    assert sales(shop)[-1].operation == "refund"


async def test_an_article_scanned_where_a_ticket_is_asked_for_comes_back_without_one() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+r")
        await hands.burst(f"{MILK}\r")
        assert hands.reads("How many “Lait demi-écrémé 1 L” come back?")
        await hands.press("enter", "1")
        assert shop.desk.basket.total == -105


async def test_an_article_without_a_price_is_asked_what_was_paid_for_it() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+r", "end", "enter", *"bon", "enter", "enter")
        assert hands.reads("Price of “Bon d'achat”")
        await hands.press(*"25", "enter", "3")
        assert shop.desk.basket.total == -2500


async def test_a_weighed_article_without_a_ticket_is_asked_its_weight() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+r", "end", "enter")
        await hands.burst(f"{APPLES}\r")
        await hands.press("enter")
        assert hands.reads("Weight of “Pommes Golden” in grams")
        await hands.press(*"400", "enter", "1")
        assert shop.desk.basket.lines[0].quantity == -400


async def test_a_whole_sale_is_undone_with_its_reason() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await sold(hands, BREAD, MILK)
        await hands.burst(f"{FIRST}\r")
        assert hands.reads("Undo the whole sale")
        await hands.press("c", "1", "f9")
        assert hands.reads("PAID BACK")
    undone = sales(shop)[-1]
    assert (undone.operation, undone.total) == ("void", -225)


async def test_another_way_to_pay_back_needs_a_managers_pin() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press(*CASHIER)
        await sold(hands, BREAD, by=("f10", "1"))
        await hands.burst(f"{FIRST}\r")
        await hands.press("a", "1", "f11")
        assert hands.reads("another way")
        await hands.press("2")
        assert isinstance(hands.app.session.prompt, PinPrompt)
        await hands.press(*MANAGER)
        assert hands.reads("PAID BACK")
    assert [one.method for one in sales(shop)[-1].tenders] == ["cash"]


async def test_a_card_that_was_not_credited_pays_nothing_back() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await sold(hands, BREAD, by=("f10", "1"))
        await hands.burst(f"{FIRST}\r")
        await hands.press("a", "1", "f10")
        assert hands.reads("Pay €1.20 back by card: what does the terminal say?")
        await hands.press("2")
        assert hands.reads("Nothing was paid back; choose another way.")
        assert hands.reads("TO PAY BACK")


@pytest.mark.parametrize("list_key", ["f8", "f11"])
async def test_both_lists_of_tenders_pay_back_while_money_is_owed(list_key: str) -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await sold(hands, BREAD)
        await hands.burst(f"{FIRST}\r")
        await hands.press("a", "1", list_key, "1")
        assert hands.reads("PAID BACK")


@pytest.mark.parametrize(("keys", "paper"), [(["f7"], "ticket"), (["e"], "gift")])
async def test_an_open_ticket_prints_its_own_papers(keys: list[str], paper: str) -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await sold(hands, BREAD, MILK)
        await sold(hands, MILK)
        await hands.burst(f"{FIRST}\r")
        await hands.press(*keys)
        assert hands.reads("goes to the printer.")
        assert hands.reads("What comes back?")
    asked = [event for event in shop.store.events if isinstance(event, PrintAsked)]
    assert [(one.document, one.paper) for one in asked] == [(FIRST, paper)]


async def test_a_gift_receipt_of_the_last_sale_is_found_by_its_name() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await sold(hands, GIFT, by=(*"25", "enter", "f9"))
        await hands.press("ctrl+p", *"gift", "enter")
        assert hands.reads("The paper goes to the printer.")


async def test_a_letter_that_is_no_row_is_refused_and_an_article_key_types_nothing() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await sold(hands, BREAD)
        await hands.burst(f"{FIRST}\r")
        await hands.press("z")
        assert hands.reads("There is no choice z.")
        assert hands.app.sale_screen.entry.shown.text == ""
