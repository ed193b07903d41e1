"""The customers' screen: what is told is read from afar at any size, and forgotten in time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from textual.pilot import Pilot

from config.themes import PALETTES
from config.words import words_for
from pos.papers.customer import CustomerLine, CustomerView
from pos.screens.customer.app import CustomerApp, Take
from pos.screens.themes import Palette
from pos.screens.widgets.figures import big
from pos.screens.widgets.letters import lettered, lettered_lines
from tests.screens.hands import Eyes

SIZES = [(80, 24), (40, 12), (160, 50), (20, 5)]
LINES = tuple(
    CustomerLine(f"Article {n}", "1", f"{n},00 €", "Promo −1,00 €" if n == 3 else "")
    for n in range(1, 31)
)
BASKET = CustomerView("basket", shop="Au coin", lines=LINES[:3], label="TOTAL", amount="5,00 €",
                      second=("Payé", "1,00 €"), notes=("Remise −1,00 €",), keep_s=60)  # fmt: skip
PAID = CustomerView("paid", shop="Au coin", label="À RENDRE", amount="2,50 €",
                    second=("TOTAL", "7,50 €"), notes=("Merci",), keep_s=30)  # fmt: skip
VIEWS = {
    "welcome": CustomerView("welcome", shop="Au coin", welcome="Bienvenue"),
    "basket": BASKET,
    "long": replace(BASKET, lines=LINES),
    "paid": PAID,
    "weighing": CustomerView("weighing", shop="Au coin", label="Pommes", amount="0,345 kg"),
    "called": CustomerView("called", shop="Au coin", label="C’est à vous", number="B1-42"),
    "training": replace(BASKET, mark="FACTICE – MODE ÉCOLE"),
    "odd": replace(PAID, amount="¤ ∞", label="", notes=("",) * 30),
}


@dataclass
class Seen(Eyes):
    app: CustomerApp
    take: Take

    async def tell(self, view: CustomerView | None) -> None:
        self.take(view)
        await self.pilot.pause()
        await self.pilot.pause()


@asynccontextmanager
async def watched(size: tuple[int, int] = (80, 24)) -> AsyncIterator[Seen]:
    takers: list[Take] = []
    palette = Palette.of(PALETTES["dark"])
    app = CustomerApp(words_for("fr", "EUR"), "dark", palette, "Au coin", takers.append)
    async with app.run_test(size=size) as pilot:
        while not takers:
            await pilot.pause()
        yield Seen(app, pilot, takers[0])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", VIEWS)
async def test_every_view_fits_every_screen(name: str, size: tuple[int, int]) -> None:
    async with watched(size) as seen:
        await seen.tell(VIEWS[name])
        shown = seen.screen()
        assert len(shown) == size[1]
        assert all(len(row) <= size[0] for row in shown)
        assert "Au coin" in shown[0]


@pytest.mark.parametrize("size", SIZES[:2])
@pytest.mark.parametrize("name", ["long", "paid", "called"])
def test_the_customers_screen_looks_as_it_was_approved(
    snap_compare: Callable[..., bool], name: str, size: tuple[int, int]
) -> None:
    palette = Palette.of(PALETTES["dark"])
    app = CustomerApp(words_for("fr", "EUR"), "dark", palette, "Au coin", lambda _take: None)

    async def run(pilot: Pilot[None]) -> None:
        await pilot.pause()
        app.board.show(VIEWS[name])
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=run)


async def test_the_lines_their_promotions_and_what_is_due_are_read() -> None:
    async with watched() as seen:
        await seen.tell(BASKET)
        for text in ("Article 3", "Promo −1,00 €", "TOTAL", "Payé 1,00 €", "Remise −1,00 €"):
            assert seen.reads(text)
        assert seen.reads(big("5,00 €", tall=False)[0].strip())


async def test_of_a_long_basket_the_last_lines_stay_in_sight() -> None:
    async with watched() as seen:
        await seen.tell(VIEWS["long"])
        assert seen.reads("Article 30")
        assert not seen.reads("Article 1 ")


async def test_the_change_a_weight_and_a_number_are_huge() -> None:
    async with watched() as seen:
        await seen.tell(PAID)
        assert seen.reads(big("2,50 €", tall=True)[1].strip())
        await seen.tell(VIEWS["weighing"])
        assert seen.reads((lettered("0,345 kg") or [""])[1].strip())
        await seen.tell(VIEWS["called"])
        assert seen.reads((lettered("B1-42") or [""])[1].strip())


async def test_a_view_whose_time_is_over_is_forgotten() -> None:
    async with watched() as seen:
        await seen.tell(replace(PAID, keep_s=0))
        seen.app.forget()
        assert seen.reads("TOTAL 7,50 €"), "0 is for ever"
        await seen.tell(PAID)
        seen.app._forget_at = 0.0
        seen.app.forget()
        await seen.pilot.pause()
        assert not seen.reads("7,50")
        assert seen.reads(((lettered_lines("Bienvenue", 76) or [[""]])[0])[1].strip())


async def test_a_lost_till_leaves_nothing_to_read() -> None:
    async with watched() as seen:
        await seen.tell(BASKET)
        await seen.tell(None)
        assert not seen.reads("Article")


async def test_no_key_of_a_customer_does_anything() -> None:
    async with watched() as seen:
        await seen.tell(BASKET)
        before = seen.screen()
        for key in ("f1", "ctrl+p", "escape", "tab", "enter", "q"):
            await seen.pilot.press(key)
        assert seen.screen() == before
        assert seen.app.is_running
