"""What each letter says: a subject and paragraphs, as sentences in the customer's language.

>>> str(letter_of("ready", Told(reference="1042", store="Lyon")).subject)
'Your order 1042 is ready at Lyon'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from pos.domain.words import Amount, Sentence
from sync.central.orders.steps import MailKind

KINDS: tuple[MailKind, ...] = get_args(MailKind)
WITH_PASS: frozenset[MailKind] = frozenset({"ready", "reminder"})
"""The letters that bring the pass: before an order is ready there is nothing to collect."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the letters of an order name. `until` is until when it is kept, `owed` what comes back
    and `to_pay` what is paid at the desk (minor units), `reason` why it cannot be prepared.
    """

    reference: str
    store: str
    until: datetime | None = None
    owed: int = 0
    reason: str = ""
    to_pay: int = 0


@dataclass(frozen=True, slots=True)
class Texts:
    """A letter in words: its subject, and its paragraphs in order."""

    subject: Sentence
    paragraphs: Sequence[Sentence]


def letter_of(kind: MailKind, told: Told) -> Texts:
    """Return what a letter says."""
    return _LETTERS[kind](told)


def _received(told: Told) -> Texts:
    return Texts(
        Sentence("We have your order {reference}", reference=told.reference),
        [
            Sentence("Thank you for your order {reference}.", reference=told.reference),
            Sentence(
                "It is being prepared at {store}. Please wait for our message that it is ready"
                " before you come.",
                store=told.store,
            ),
        ],
    )


def _ready(told: Told) -> Texts:
    return Texts(
        Sentence(
            "Your order {reference} is ready at {store}",
            reference=told.reference,
            store=told.store,
        ),
        [
            Sentence("Your order {reference} is ready.", reference=told.reference),
            Sentence("Show this code at the desk of {store}:", store=told.store),
            *_to_pay(told),
            *_owed(told),
            *_kept(told),
        ],
    )


def _reminder(told: Told) -> Texts:
    return Texts(
        Sentence("Your order {reference} is waiting for you", reference=told.reference),
        [
            Sentence(
                "Your order {reference} is still waiting for you at {store}.",
                reference=told.reference,
                store=told.store,
            ),
            Sentence("Show this code at the desk of {store}:", store=told.store),
            *_to_pay(told),
            *_owed(told),
            *_kept(told),
        ],
    )


def _expired(told: Told) -> Texts:
    return Texts(
        Sentence("Your order {reference} was not collected", reference=told.reference),
        [
            Sentence(
                "Your order {reference} was not collected in time and is not kept any more.",
                reference=told.reference,
            ),
        ],
    )


def _handed_over(told: Told) -> Texts:
    return Texts(
        Sentence("Your order {reference} was handed over", reference=told.reference),
        [
            Sentence(
                "Your order {reference} was handed over at {store}.",
                reference=told.reference,
                store=told.store,
            ),
            Sentence("If that was not you, please tell the shop at once."),
        ],
    )


def _refund(told: Told) -> Texts:
    return Texts(
        Sentence("A refund for your order {reference}", reference=told.reference),
        [
            Sentence("You get money back for your order {reference}.", reference=told.reference),
            *_owed(told),
        ],
    )


def _cancelled(told: Told) -> Texts:
    return Texts(
        Sentence("Your order {reference} is cancelled", reference=told.reference),
        [
            Sentence("Your order {reference} was cancelled.", reference=told.reference),
        ],
    )


def _rejected(told: Told) -> Texts:
    reason = [Sentence("The shop says: {reason}", reason=told.reason)] if told.reason else []
    return Texts(
        Sentence("Your order {reference} cannot be prepared", reference=told.reference),
        [
            Sentence(
                "We are sorry: {store} cannot prepare your order {reference}.",
                store=told.store,
                reference=told.reference,
            ),
            *reason,
        ],
    )


def _to_pay(told: Told) -> list[Sentence]:
    if not told.to_pay:
        return []
    return [Sentence("You pay {amount} at the desk.", amount=Amount(told.to_pay))]


def _kept(told: Told) -> list[Sentence]:
    if told.until is None:
        return []
    return [Sentence("It is kept for you until {day}.", day=told.until.date())]


def _owed(told: Told) -> list[Sentence]:
    if not told.owed:
        return []
    return [
        Sentence(
            "{amount} will come back to you the way you paid.",
            amount=Amount(told.owed),
        )
    ]


_LETTERS: dict[MailKind, Callable[[Told], Texts]] = {
    "received": _received,
    "ready": _ready,
    "reminder": _reminder,
    "expired": _expired,
    "handed_over": _handed_over,
    "refund": _refund,
    "cancelled": _cancelled,
    "rejected": _rejected,
}
