"""The palettes of the screens, as plain data: light, dark and high contrast.

The names are those that `pos.screens.themes.Palette` draws with. A test computes every contrast
that reaches the screen: at least 4.5 to 1 (WCAG 2.2, 1.4.3), 7 to 1 for high contrast (1.4.6).

>>> palette("light")["paper"], is_dark("light")
('#ffffff', False)
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pos.domain.errors import Refusal

Colours = Mapping[str, str]
"""Colours as `#rrggbb`, by what they are for; each `on_x` is readable on `x`."""

PALETTES: Mapping[str, Colours] = {
    "light": {
        "background": "#f6f4ef",
        "surface": "#e8e4da",
        "text": "#14181d",
        "muted": "#4a4f57",
        "accent": "#0b4f8a",
        "on_accent": "#ffffff",
        "selected": "#bfdcf5",
        "on_selected": "#0a1a28",
        "good": "#1d5a2d",
        "warning": "#6f4300",
        "bad": "#a3161f",
        "on_bad": "#ffffff",
        "total": "#0b4f8a",
        "paper": "#ffffff",
        "ink": "#14181d",
    },
    "dark": {
        "background": "#12161c",
        "surface": "#202833",
        "text": "#e9edf2",
        "muted": "#aab4c0",
        "accent": "#7fb8f0",
        "on_accent": "#0a1522",
        "selected": "#2d4f73",
        "on_selected": "#ffffff",
        "good": "#7fd494",
        "warning": "#f0c060",
        "bad": "#ff9a94",
        "on_bad": "#2b0606",
        "total": "#ffffff",
        "paper": "#f6f4ef",
        "ink": "#14181d",
    },
    "high-contrast": {
        "background": "#000000",
        "surface": "#000000",
        "text": "#ffffff",
        "muted": "#ffffff",
        "accent": "#ffe14d",
        "on_accent": "#000000",
        "selected": "#ffffff",
        "on_selected": "#000000",
        "good": "#7dff9a",
        "warning": "#ffe14d",
        "bad": "#ffb3ad",
        "on_bad": "#000000",
        "total": "#ffe14d",
        "paper": "#ffffff",
        "ink": "#000000",
    },
}

_LIGHT = frozenset({"light"})


def palette(name: str) -> Colours:
    """Return a palette by name. Raises Refusal (`unknown_theme`)."""
    if name not in PALETTES:
        raise Refusal(
            "unknown_theme",
            "There is no theme {name}. The themes are: {known}.",
            name=name,
            known=", ".join(PALETTES),
        )
    return MappingProxyType(dict(PALETTES[name]))


def is_dark(name: str) -> bool:
    """Whether a theme draws light text on a dark ground."""
    return name not in _LIGHT
