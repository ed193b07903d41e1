"""Gestures of the demonstration shop, and the table row of a death."""

from __future__ import annotations

from dataclasses import dataclass

from tests.e2e.child import Death

SIGN_IN = "sign-in 1 1357"
MANAGER = "sign-in 9 9753"
BREAD, LOAF, ROLL = "scan 2400000000013", "scan 2400000000020", "scan 2400000000037"
KETTLE = "scan 2400000000464"
CANDLE = "scan 2400000000488"
THREE = (BREAD, LOAF, ROLL)
ONE_SALE = (SIGN_IN, BREAD, "cash")
COMMIT = "pos.store.unit:Journal._commit"
RECORD = "pos.store.unit:Journal.record"
SALE = "kind='sale.finished'"


@dataclass(frozen=True)
class Case:
    """What was done before the death, and what must be found after it; `sales` where it differs."""

    name: str
    done: tuple[str, ...]
    death: Death
    found: tuple[str, ...]
    sales: int = 1

    def __str__(self) -> str:
        return self.name
