"""Tolerance at the terminal's edge: a key sequence that makes no sense is not a reason to stop."""

from __future__ import annotations

from textual import events
from textual._xterm_parser import XTermParser
from textual.keys import Keys

_parse = XTermParser._parse_extended_key


def _tolerant(parser: XTermParser, sequence: str) -> list[events.Key] | None:
    try:
        return _parse(parser, sequence)
    except (ValueError, OverflowError):
        return [events.Key(Keys.Ignore.value, None)]


def tolerate_malformed_keys() -> None:
    """Make Textual drop a malformed sequence of the kitty protocol; idempotent.

    Its parser (8.2.8) raises ValueError on some, in the thread that reads the keyboard, which
    ends the program in the middle of a sale.
    """
    XTermParser._parse_extended_key = _tolerant  # type: ignore[method-assign,assignment]
