"""What a cashier's keys do, seen on the screen."""

from __future__ import annotations

import pytest

from config.keymap import GESTURES
from pos.domain.events import CardAnswered, PermissionUsed, SaleFinished
from pos.ports import DeviceState, PrintEnded, PrintOutcome, Scanned, StatusChanged
from pos.screens.dialogs.commands import TEXTS
from tests.screens.hands import at_work
from tests.screens.shop import APPLES, BREAD, GIFT, MILK, WINE, Shop

SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize("size", SIZES)
async def test_three_scans_and_exact_cash_take_one_key(size: tuple[int, int]) -> None:
    shop = Shop().opened()
    async with at_work(shop.app(), size) as hands:
        await hands.burst(f"{BREAD}\r{MILK}\r{BREAD}\r")
        await hands.press("f9")
        assert hands.reads("PAID")
        assert hands.reads("Total €3.45")
        assert hands.reads("Ticket? F7 prints it.")
    assert shop.counter.opened == 1
    assert shop.counter.printed == []


async def test_ten_codes_with_no_pause_all_arrive() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r{MILK}\r" * 5)
        assert [line.name for line in shop.desk.basket.lines] == [
            "Baguette tradition",
            "Lait demi-écrémé 1 L",
        ] * 5
        assert hands.reads("10 lines")


async def test_a_scan_never_types_into_a_quantity() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f3")
        assert hands.reads("Quantity of “Baguette tradition”")
        await hands.burst(f"{MILK}\r{MILK}\r")
        assert hands.reads("2 scans wait; answer this first.")
        assert len(shop.desk.basket.lines) == 1
        await hands.press("3", "enter")
        assert [line.quantity for line in shop.desk.basket.lines] == [3000, 1000, 1000]
    assert "attention" in shop.counter.played


async def test_a_scan_during_a_search_is_taken_at_once() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press(*"bag")
        assert hands.reads("Baguette tradition")
        await hands.burst(f"{MILK}\r")
        assert [line.sku for line in shop.desk.basket.lines] == ["2"]
        assert not hands.reads("Baguette")


async def test_an_article_is_found_by_its_name_and_added_with_enter() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press(*"lait")
        await hands.press("enter")
        assert [line.sku for line in shop.desk.basket.lines] == ["2"]


@pytest.mark.parametrize("multiply", ["asterisk", "multiply"])
async def test_a_quantity_typed_before_a_scan_is_the_next_lines(multiply: str) -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{MILK}\r")
        await hands.press("4", multiply)
        assert hands.reads("4 ×")
        await hands.burst(f"{BREAD}\r")
        assert [line.quantity for line in shop.desk.basket.lines] == [1000, 4000]


async def test_change_is_big_until_the_next_scan() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press(*"20", "f9")
        assert hands.reads("CHANGE")
        assert hands.app.sale_screen.total.shown.amount == "€18.80"
        await hands.burst(f"{MILK}\r")
        assert not hands.reads("CHANGE")
        assert hands.app.sale_screen.total.shown.amount == "€1.05"


async def test_quick_cash_is_one_digit() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f8")
        assert hands.reads("change €0.80")
        await hands.press("2")
        assert hands.reads("CHANGE")


async def test_an_unknown_code_is_refused_aloud_and_typed_nowhere() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst("3017620422003\r")
        assert hands.reads("No article has the code 3017620422003")
        assert shop.desk.basket.is_empty
        assert hands.app.session.text == ""
    assert shop.counter.played.count("refused") == 1


async def test_an_age_is_asked_and_scans_wait_for_the_answer() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{WINE}\r{BREAD}\r")
        assert hands.reads("“Vin rouge 75 cl”: is the buyer 18 or older?")
        assert shop.desk.basket.is_empty
        await hands.press("enter")
        assert [line.sku for line in shop.desk.basket.lines] == ["3", "1"]


async def test_a_no_to_the_age_leaves_the_article_out_and_says_so() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{WINE}\r")
        await hands.press("escape")
        assert hands.reads("“Vin rouge 75 cl” was not added.")
        assert shop.desk.basket.is_empty


@pytest.mark.parametrize(("typed", "grams"), [("345", 345), ("0,345", 345), ("1.2", 1200)])
async def test_a_weight_is_typed_in_grams_or_kilograms(typed: str, grams: int) -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{APPLES}\r")
        await hands.press(*typed, "enter")
        assert [line.quantity for line in shop.desk.basket.lines] == [grams]


async def test_an_open_price_is_asked_and_a_wrong_one_asked_again() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{GIFT}\r")
        await hands.press(*"1,2,3", "enter")
        assert hands.reads("“1,2,3” is not an amount")
        await hands.press(*["backspace"] * 5, *"25", "enter")
        assert shop.desk.basket.total == 2500


async def test_park_and_recall_are_one_key_each() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f5")
        assert shop.desk.basket.is_empty
        assert hands.reads("Recall (1)")
        await hands.press("f6")
        assert shop.desk.basket.total == 120


async def test_with_two_baskets_put_aside_a_digit_chooses_one() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        for code in (BREAD, MILK):
            await hands.burst(f"{code}\r")
            await hands.press("f5")
        await hands.press("f6")
        assert hands.reads("1 line: Lait demi-écrémé 1 L")
        await hands.press("2")
        assert shop.desk.basket.total == 105


async def test_delete_takes_the_chosen_line_out_and_undo_brings_it_back() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r{MILK}\r")
        await hands.press("up", "delete")
        assert [line.sku for line in shop.desk.basket.lines] == ["2"]
        await hands.press("ctrl+z")
        assert [line.sku for line in shop.desk.basket.lines] == ["1", "2"]


async def test_a_discount_asks_why() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f4", *"10%", "enter")
        assert hands.reads("Why this discount?")
        await hands.press("2", "enter")
        line = shop.desk.basket.line(1)
        assert (line.discount_amount, line.discount and line.discount.reason) == (
            12,
            "Damaged article",
        )


async def test_a_manager_lends_a_permission_by_pin_for_one_gesture() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("f12", "2", "enter", *"1357", "enter")
        assert hands.reads("Sacha")
        await hands.burst(f"{BREAD}\r")
        await hands.press("1", "ctrl+e")
        assert hands.reads("Who allows another price?")
        await hands.press("1", "enter", *"0000", "enter")
        assert hands.reads("This PIN does not fit")
        await hands.press(*"2468", "enter")
        assert shop.desk.basket.total == 100
    used = [event for event in shop.store.events if isinstance(event, PermissionUsed)]
    assert used[-1].lender == "staff-1"


async def test_a_pin_is_never_on_the_screen() -> None:
    shop = Shop()
    async with at_work(shop.app()) as hands:
        await hands.press("1", "enter", *"2468")
        assert hands.reads("••••")
        assert not hands.reads("2468")


async def test_nobody_sells_before_signing_in() -> None:
    shop = Shop()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f9")
        assert hands.reads("Answer this first.")
        await hands.press("1", "enter", *"2468", "enter")
        assert shop.desk.basket.is_empty
        await hands.burst(f"{BREAD}\r")
        assert shop.desk.basket.total == 120


async def test_a_quick_switch_keeps_each_ones_basket() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f12", "2", "enter", *"1357", "enter")
        assert shop.desk.basket.is_empty
        await hands.press("f12", "1", "enter", *"2468", "enter")
        assert shop.desk.basket.total == 120


@pytest.mark.parametrize(
    ("digit", "outcome", "text"),
    [
        ("1", "approved", "PAID"),
        ("2", "declined", "The card was not charged"),
        ("4", "unknown", "stays open"),
    ],
)
async def test_a_card_payment_ends_as_the_terminal_says(
    digit: str, outcome: str, text: str
) -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f10")
        assert hands.reads("Card €1.20: what does the terminal say?")
        await hands.press(digit)
        assert hands.reads(text)
    answered = [event for event in shop.store.events if isinstance(event, CardAnswered)]
    assert answered[-1].outcome == outcome


async def test_a_card_payment_that_nobody_knows_is_settled_with_the_same_key() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f10", "escape", "f10", "1")
        assert hands.reads("PAID")
    assert len([event for event in shop.store.events if isinstance(event, SaleFinished)]) == 1


async def test_other_payments_are_a_list_and_can_be_given_back() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("1", "f11", "1")
        assert hands.reads("STILL DUE")
        assert shop.desk.basket.due == 20
        await hands.press("f11", "4")
        assert shop.desk.basket.due == 120


async def test_the_last_ticket_is_printed_with_one_key() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f9", "f7")
        assert hands.reads("The ticket goes to the printer.")
        assert len(shop.counter.printed) == 1
        await hands.press("f7")
        assert hands.reads("Duplicata number 1 goes to the printer.")


async def test_a_print_whose_end_nobody_knows_is_asked_about() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f9", "f7")
        shop.wire.report(PrintEnded(shop.counter.printed[0][0], PrintOutcome.UNKNOWN))
        await hands.settle()
        assert hands.reads("Did ticket T01-K1-000001 come out of the printer?")
        await hands.burst(f"{MILK}\r")
        assert shop.desk.basket.total == 105
        await hands.press("f9")
        await hands.press("2")
        assert len(shop.counter.printed) == 2


async def test_devices_report_from_their_own_threads_on_the_status_line() -> None:
    shop = Shop().opened()
    shop.wire.report(Scanned("scanner", BREAD, 0))
    async with at_work(shop.app()) as hands:
        await hands.settle()
        assert shop.desk.basket.total == 120
        shop.wire.report(StatusChanged("printer", DeviceState.OFFLINE, "not connected"))
        await hands.settle()
        assert hands.reads("✖ Printer not connected")


async def test_what_should_not_happen_is_one_sentence_and_the_till_goes_on() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        shop.store.fails_with = ZeroDivisionError("broken on purpose")
        await hands.burst(f"{BREAD}\r")
        assert hands.reads("the till goes on")
        assert not hands.reads("ZeroDivision")
        shop.store.fails_with = None
        await hands.burst(f"{BREAD}\r")
        assert shop.desk.basket.total == 120
    assert "ZeroDivisionError" in shop.logged[0]


async def test_the_language_changes_at_run_time() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        assert hands.reads("Article")
        await hands.press("ctrl+l")
        assert hands.reads("Espèces")
        assert hands.app.sale_screen.total.shown.amount == "1,20\u00a0€"


async def test_every_gesture_is_found_by_its_words_in_the_palette() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("ctrl+p", *"aside")
        assert hands.reads("Put the basket aside")
        await hands.press("enter")
        assert len(shop.desk.parked) == 1


def test_help_and_the_palette_list_every_gesture_that_may_have_a_key() -> None:
    assert set(TEXTS) == set(GESTURES)


async def test_help_shows_every_key() -> None:
    shop = Shop().opened()
    async with at_work(shop.app(), (80, 60)) as hands:
        await hands.press("f1")
        for text in ("Search an article by name", "Ctrl+Z", "Del", "Ctrl+R", "Close the till"):
            assert hands.reads(text), hands.screen()


async def test_a_touch_chooses_a_line_a_key_and_a_row() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r{MILK}\r")
        await hands.pilot.click(offset=(10, 2))
        assert hands.app.session.cursor == 1
        await hands.pilot.click(offset=(30, 23))
        await hands.settle()
        assert hands.app.session.prompt is not None or shop.desk.just_sold


async def test_the_drawer_opens_for_a_reason_and_it_is_said() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+o")
        assert shop.counter.opened == 0
        await hands.press("1")
        assert hands.reads("The drawer was told to open.")
    assert shop.counter.opened == 1


async def test_a_basket_is_abandoned_for_a_reason() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("ctrl+n", "1", "enter")
        assert hands.reads("The basket is ended, with no sale.")
        assert shop.desk.basket.is_empty
