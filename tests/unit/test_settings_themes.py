"""Every palette is readable, and the screens can take it as it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import get_args

import pytest
from rich.style import Style

from config.sections import Till
from config.themes import PALETTES, is_dark, palette
from pos.domain.errors import Refusal
from pos.screens.themes import Look, Palette, textual_theme


def luminance(red: int, green: int, blue: int) -> float:
    def linear(share: float) -> float:
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(red / 255) + 0.7152 * linear(green / 255) + 0.0722 * linear(blue / 255)


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Return the contrast of two colours in hundredths to 1 (WCAG 2.2, "contrast ratio")."""
    dark, light = sorted((luminance(*one), luminance(*other)))
    return int(100 * (light + 0.05) / (dark + 0.05))


def inked(style: Style) -> int:
    assert style.color
    assert style.bgcolor
    return contrast(style.color.get_truecolor(), style.bgcolor.get_truecolor())


@pytest.mark.parametrize("name", PALETTES)
def test_everything_drawn_on_the_screen_is_readable(name: str) -> None:
    least = 700 if name == "high-contrast" else 450
    look = Look.of(Palette.of(palette(name)))
    styles = {field: getattr(look, field) for field in look.__slots__}
    assert not {field: inked(style) for field, style in styles.items() if inked(style) < least}


@pytest.mark.parametrize("name", PALETTES)
def test_a_palette_gives_the_screens_every_colour_they_name(name: str) -> None:
    found = palette(name)
    assert asdict(Palette.of(found)) == found
    assert textual_theme(name, Palette.of(found)).to_color_system().generate()


def test_a_known_contrast_is_computed_as_the_standard_does() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == 2100
    assert contrast((0x76, 0x76, 0x76), (255, 255, 255)) == 454
    assert contrast((0x77, 0x77, 0x77), (255, 255, 255)) == 447


def test_the_settings_offer_exactly_the_palettes_there_are() -> None:
    assert get_args(Till.model_fields["theme"].annotation) == tuple(PALETTES)
    assert [name for name in PALETTES if is_dark(name)] == ["dark", "high-contrast"]


def test_a_theme_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Refusal, match="no theme sepia"):
        palette("sepia")
