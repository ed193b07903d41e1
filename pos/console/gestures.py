"""Every verb: what the first word of a line does with the words after it, by desk."""

from __future__ import annotations

from pos.console import cash, closing, papers, paying, pickup, refund, selling
from pos.console.console import Gesture
from pos.console.facts import expect

VERBS: dict[str, Gesture] = {
    **selling.VERBS,
    **paying.VERBS,
    **papers.VERBS,
    **refund.VERBS,
    **cash.VERBS,
    **closing.VERBS,
    **pickup.VERBS,
    "expect": expect,
}
"""Every gesture the console knows, by the first word of a line."""
