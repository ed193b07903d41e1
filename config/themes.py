"""The palettes of the screens, as plain data: light, dark and high contrast.

The names of the colours are those of a Textual theme, `Theme(**palette("dark"))`. Text is readable
on every surface: a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3), 7 to 1 for high contrast
(1.4.6).

>>> palette("light")["dark"], contrast("#000000", "#ffffff")
(False, 2100)
"""

from __future__ import annotations

from typing import TypedDict

from pos.domain.errors import Refusal


class Palette(TypedDict):
    """One theme: its name, its colours as `#rrggbb`, and whether it is dark."""

    name: str
    primary: str
    secondary: str
    accent: str
    foreground: str
    background: str
    surface: str
    panel: str
    success: str
    warning: str
    error: str
    dark: bool


PALETTES: dict[str, Palette] = {
    "light": {
        "name": "light",
        "primary": "#0b4f8a",
        "secondary": "#4a4f57",
        "accent": "#8a2f6b",
        "foreground": "#14181d",
        "background": "#f6f4ef",
        "surface": "#ffffff",
        "panel": "#e8e4da",
        "success": "#1d6330",
        "warning": "#7a4a00",
        "error": "#a3161f",
        "dark": False,
    },
    "dark": {
        "name": "dark",
        "primary": "#7fb8f0",
        "secondary": "#aab4c0",
        "accent": "#e6a3d0",
        "foreground": "#e9edf2",
        "background": "#12161c",
        "surface": "#1a2029",
        "panel": "#262e3a",
        "success": "#7fd494",
        "warning": "#f0c060",
        "error": "#ff9a94",
        "dark": True,
    },
    "high-contrast": {
        "name": "high-contrast",
        "primary": "#8fd0ff",
        "secondary": "#ffffff",
        "accent": "#ffb0f0",
        "foreground": "#ffffff",
        "background": "#000000",
        "surface": "#000000",
        "panel": "#1a1a1a",
        "success": "#7dff9a",
        "warning": "#ffe14d",
        "error": "#ffb3ad",
        "dark": True,
    },
}


def palette(name: str) -> Palette:
    """Return a palette by name. Raises Refusal (`unknown_theme`)."""
    if name not in PALETTES:
        raise Refusal(
            "unknown_theme",
            "There is no theme {name}. The themes are: {known}.",
            name=name,
            known=", ".join(PALETTES),
        )
    return PALETTES[name]


def contrast(one: str, other: str) -> int:
    """Return the contrast of two colours in hundredths to 1: 450 is 4.5:1 (WCAG 2.2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return round(100 * (light + 0.05) / (dark + 0.05))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
