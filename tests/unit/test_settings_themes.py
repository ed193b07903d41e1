"""Every palette is readable, and the screens can take it as it is."""

from __future__ import annotations

from typing import get_args

import pytest
from textual.theme import Theme

from config.sections import Till
from config.themes import PALETTES, Palette, contrast, palette
from pos.domain.errors import Refusal

INKS = ("foreground", "primary", "secondary", "accent", "success", "warning", "error")
PAPERS = ("background", "surface", "panel")


def least(name: str) -> int:
    return 700 if name == "high-contrast" else 450


@pytest.mark.parametrize("name", PALETTES)
def test_every_ink_is_readable_on_every_paper(name: str) -> None:
    found = dict(palette(name).items())
    poor = [
        f"{ink} on {paper}: {contrast(str(found[ink]), str(found[paper]))}"
        for ink in INKS
        for paper in PAPERS
        if contrast(str(found[ink]), str(found[paper])) < least(name)
    ]
    assert not poor


@pytest.mark.parametrize("name", PALETTES)
def test_a_screen_takes_a_palette_as_it_is(name: str) -> None:
    theme = Theme(**palette(name))
    assert (theme.name, theme.dark) == (name, name != "light")
    assert theme.to_color_system().generate()


def test_a_known_contrast_is_computed_as_the_standard_does() -> None:
    assert contrast("#767676", "#ffffff") == 454  # WCAG's own example of a grey that just passes
    assert contrast("#777777", "#ffffff") == 448


def test_the_settings_offer_exactly_the_palettes_there_are() -> None:
    assert get_args(Till.model_fields["theme"].annotation) == tuple(PALETTES)
    assert set(Palette.__annotations__) >= set(INKS + PAPERS)


def test_a_theme_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Refusal, match="no theme sepia"):
        palette("sepia")
