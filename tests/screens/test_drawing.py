"""What is drawn, and how little of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.geometry import Region

from config.themes import PALETTES
from pos.screens.keys import tolerate_malformed_keys
from pos.screens.widgets.basket_view import BasketView
from pos.screens.widgets.panel import Cells
from tests.screens.hands import at_work
from tests.screens.scenes import SCENES
from tests.screens.shop import BREAD, MILK, Shop


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Rows of the basket that were drawn since the list was cleared."""
    rows: list[int] = []
    draw = BasketView.row

    def counted(view: BasketView, y: int, width: int) -> Cells:
        rows.append(y)
        return draw(view, y, width)

    monkeypatch.setattr(BasketView, "row", counted)
    return rows


async def test_a_basket_of_a_thousand_lines_draws_only_its_window(drawn: list[int]) -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        for code in [BREAD, MILK] * 500:
            hands.app.session.scan(code)
        await hands.burst(f"{BREAD}\r")
        drawn.clear()
        await hands.burst(f"{MILK}\r")
        assert len(shop.desk.basket.lines) == 1002
        assert len(drawn) <= hands.app.sale_screen.basket.rows
        assert hands.reads("1002 Lait")


async def test_a_new_line_draws_two_rows_and_no_more(drawn: list[int]) -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r{MILK}\r")
        drawn.clear()
        await hands.burst(f"{BREAD}\r")
        assert sorted(set(drawn)) == [2, 3]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
async def test_no_row_is_wider_than_the_screen(size: tuple[int, int]) -> None:
    shop = Shop().opened()
    async with at_work(shop.app(shows_paper=True), size) as hands:
        await hands.burst(f"{BREAD}\r{MILK}\r")
        for keys in (["f8"], ["escape", "f1"], ["escape", "l"], ["escape", "f11"]):
            await hands.press(*keys)
            rows = hands.screen()
            assert len(rows) == size[1]
            assert max(map(len, rows)) <= size[0]
            assert hands.app.sale_screen.total.shown.amount == "€2.25"


@pytest.mark.parametrize("theme", PALETTES)
async def test_every_theme_draws_and_the_key_goes_round(theme: str) -> None:
    shop = Shop().opened()
    async with at_work(shop.app(theme=theme)) as hands:
        await hands.burst(f"{BREAD}\r")
        for _ in PALETTES:
            await hands.press("ctrl+t")
        assert hands.app.theme == f"till-{theme}"
        assert hands.reads("Baguette tradition")


async def test_paper_comes_out_beside_the_till_where_there_is_room() -> None:
    shop = Shop().opened()
    async with at_work(shop.app(shows_paper=True), (120, 40)) as hands:
        assert hands.reads("The paper comes out here.")
        shop.wire.paper(["Au coin", "TOTAL 2,25"])
        await hands.settle()
        assert hands.reads("TOTAL 2,25")
        await hands.pilot.resize_terminal(80, 24)
        await hands.settle()
        assert not hands.reads("TOTAL 2,25")


async def test_rows_are_as_wide_as_the_terminal_before_the_screen_has_heard_of_it() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        rows = hands.app.sale_screen.render_lines(Region(0, 0, 120, 40))
        assert [row.cell_length for row in rows] == [120] * 40


@pytest.mark.parametrize(
    "sequence", ["\x1b[97;2;9999999u", "\x1b[97:65;2;65u", "\x1b[9999999u", "\x1b[97;2;1114112u"]
)
def test_a_malformed_key_sequence_is_dropped_and_the_next_key_heard(sequence: str) -> None:
    tolerate_malformed_keys()
    parser = XTermParser(False)
    keys = [event.key for event in parser.feed(sequence + "7") if isinstance(event, events.Key)]
    assert keys[-1:] == ["7"]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_looks_as_it_was_approved(
    snap_compare: Callable[..., bool], language: str, size: tuple[int, int], scene: str
) -> None:
    shop = Shop(language=language)
    run_before = SCENES[scene](shop)
    app = shop.app(shows_paper=True)
    assert snap_compare(app, terminal_size=size, run_before=run_before)
