"""Every gesture by its name: what a key, a touch or the palette of commands can ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pos.screens import managing, paying, selling
from pos.screens.dialogs.commands import CommandsPrompt, HelpPrompt
from pos.screens.pickup import opening

if TYPE_CHECKING:
    from pos.screens.session import Session

GESTURES: dict[str, Callable[[Session], None]] = {
    "commands": lambda session: session.ask_aside(CommandsPrompt(session)),
    "help": lambda session: session.ask_aside(HelpPrompt(session)),
    "search": selling.search,
    "orders": opening.orders,
    "quantity": selling.quantity,
    "discount": selling.discount,
    "park": selling.park,
    "recall": selling.recall,
    "print": paying.print_ticket,
    "spare": paying.spare,
    "quick_cash": paying.quick_cash,
    "cash": paying.cash,
    "card": paying.card,
    "card_terminal": paying.another_terminal,
    "card_receipt": paying.card_receipt,
    "other_tender": paying.other_tender,
    "settle": paying.settle,
    "cashier": selling.cashier,
    "void_line": selling.void_line,
    "undo": selling.undo,
    "price": selling.price,
    "ticket_discount": selling.ticket_discount,
    "abandon": selling.abandon,
    "theme": lambda session: session.front.next_theme(),
    "language": lambda session: session.front.next_language(),
    "open_drawer": managing.open_drawer,
    "refund": managing.refund,
    "gift": managing.gift,
    "cash_desk": managing.cash_desk,
    "stock": selling.stock,
    "day": managing.day,
    "devices": managing.devices,
    "readiness": managing.readiness,
    "labels": managing.labels,
    "training": managing.training,
    "about": managing.about,
    "quit": lambda session: session.front.leave(),
}
"""Every gesture that a key, a touch or the palette can ask for."""
