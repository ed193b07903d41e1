"""Card terminals: what is asked of one is written down before anything leaves the till.

The manual terminal, whose result a cashier types, is always there: it is the only one until the
settings name others, and the way out while one of those is away. Training asks no real terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pos.domain.errors import Refusal
from pos.domain.events import CardAnswered, CardAsked, PermissionUsed
from pos.domain.events.cards import MANUAL as MANUAL
from pos.domain.masking import masked
from pos.papers.card_slip import card_slip
from pos.papers.page import Page
from pos.ports import CardDetails, CardEvent, CardRequest, DeviceState
from pos.till.desk import Desk, Loan, check_no_card
from pos.till.given import check_returns

AUTHORISATION_MOST = 12
"""The longest authorisation that a person types off a terminal's ticket."""


def terminals(desk: Desk) -> Sequence[str]:
    """Return the terminals that can be asked now, the manual one last."""
    return [MANUAL] if desk.training else [*desk.ports.cards, MANUAL]


def terminal(desk: Desk) -> str:
    """Return the terminal that is asked: the one that was chosen last, at first the first."""
    known = terminals(desk)
    return desk.terminal if desk.terminal in known else known[0]


def must_choose(desk: Desk) -> bool:
    """Tell whether a person must say which terminal: one of several, or another while it is away.

    With a single terminal that works nothing is asked. What a cashier types for one that is away
    is asked about each time, so that nobody types for ever what a terminal would tell.
    """
    if not desk.ports.cards or desk.training:
        return False
    is_open = len(desk.ports.cards) > 1 and desk.terminal not in terminals(desk)
    return is_open or desk.terminal_is_away or is_away(desk, terminal(desk))


def is_away(desk: Desk, name: str) -> bool:
    """Tell whether a terminal said that it cannot be reached."""
    return name != MANUAL and desk.device_state(name) is DeviceState.OFFLINE


def choose(desk: Desk, name: str) -> None:
    """Ask this terminal from now on, until another one is chosen."""
    if name not in terminals(desk):
        raise no_terminal(name)
    was_away = desk.terminal_is_away or is_away(desk, terminal(desk))
    desk.terminal_is_away = name == MANUAL and was_away
    desk.terminal = name


def no_terminal(name: str) -> Refusal:
    """Return the refusal of a card terminal that this till does not know."""
    return Refusal("no_terminal", "There is no card terminal {name} at this till.", name=name)


def ask(
    desk: Desk, amount: int, used: PermissionUsed | None = None, loan: Loan | None = None
) -> CardRequest:
    """Ask the terminal for an amount, or to pay it back (negative); the basket waits for it.

    A driven terminal answers by a `CardEnded`, see `pos.till.tender.hear_card`; the manual one by
    the person who reads it. Raises Refusal `card_open` when a request of this basket is still
    without an answer, and what `check_returns` refuses.
    """
    mine = desk.mine()
    check_no_card(mine)
    check_returns(desk, mine.basket)
    name = terminal(desk)
    request = CardRequest(desk.ports.ids.token(), mine.name, amount, "", name)
    asked = CardAsked(
        request=request.request,
        basket=request.basket,
        amount=request.amount,
        terminal=name,
        staff=desk.signed_in.ref,
    )
    if used is None:
        desk.record(asked)
    else:
        desk.record_permitted(used, loan, asked)
    mine.card = request
    if name != MANUAL:
        desk.cards_asked.add(request.request)
        desk.ports.cards[name].ask(request.request, amount)
    return request


def is_waiting(desk: Desk, request: CardRequest) -> bool:
    """Tell whether a driven terminal is at work on a request and will still answer it."""
    return request.request in desk.cards_asked


def unsettled(desk: Desk) -> list[CardRequest]:
    """Return the card payments whose end nobody knows: a person must look and settle each."""
    return [
        replace(request, outcome="unknown")
        for request in desk.ports.past.cards()
        if not is_waiting(desk, request)
    ]


def listen(desk: Desk) -> None:
    """After a restart, expect late answers to what was asked before; nothing is asked anew."""
    for request in desk.ports.past.cards():
        driven = desk.ports.cards.get(request.terminal)
        if driven is not None:
            driven.listen(request.request, request.amount)


def answered(event: CardEvent) -> CardAnswered:
    """Return what to write down of a terminal's answer; no card number gets through."""
    return CardAnswered.model_validate(
        {
            "request": event.request,
            "outcome": event.outcome.value,
            "why": event.detail or None,
            **_facts(event.details),
        }
    )


def _facts(details: CardDetails) -> dict[str, object]:
    texts = {
        "card": details.card,
        "authorisation": details.authorisation,
        "application": details.application,
        "contract": details.contract,
    }
    facts: dict[str, object] = {name: masked(text) for name, text in texts.items() if text}
    if details.receipt:
        facts["receipt"] = [masked(line) for line in details.receipt]
    return facts


def check_authorisation(text: str) -> str:
    """Return a typed authorisation; Refusal for what no terminal prints as one, or a card number.

    >>> check_authorisation(" 391603 "), check_authorisation("")
    ('391603', '')
    """
    bare = text.strip().upper()
    if bare and not (bare.isascii() and bare.isalnum() and len(bare) <= AUTHORISATION_MOST):
        raise Refusal(
            "bad_authorisation",
            "“{text}” is no authorisation number: up to {most} letters and digits, as the"
            " terminal's ticket has it.",
            text=masked(text.strip()),
            most=AUTHORISATION_MOST,
        )
    return bare


def slip_of(desk: Desk, request: str) -> Page | None:
    """Return the terminal's receipt of a request, None where it gave none."""
    said = desk.ports.past.card_answer(request)
    return card_slip(said.receipt) if said is not None and said.receipt else None


def prints_unasked(desk: Desk, request: CardRequest, said: CardAnswered) -> bool:
    """Tell whether a terminal's receipt prints though nobody asked for it.

    Never that of a payment (L541-15-10 IV of the Code de l'environnement); that of one that was
    refused or given up, and of a payback, may (D541-371 3°).
    """
    if not said.receipt or desk.ports.printer is None or not desk.rules.printing.card_trouble:
        return False
    return said.outcome in ("declined", "cancelled") or request.amount < 0
