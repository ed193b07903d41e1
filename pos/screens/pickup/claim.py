"""The centre is asked whether nobody else hands this order out; two seconds at most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.screens.prompt import Prompt
from pos.screens.wedge import Typed
from pos.till.pickup import hand_over
from pos.till.pickup.claims import WAIT_S, standing
from pos.till.pickup.hand_over import HandOver, Standing

if TYPE_CHECKING:
    from pos.screens.session import Session

BEAT_S = 0.1
WHOLE = 20
"""How many cells the bar has."""


class ClaimPrompt(Prompt):
    """A bar that fills while the answer is waited for; Esc goes on without it."""

    beat_s = BEAT_S
    yields = False

    def __init__(
        self, session: Session, handover: HandOver, answered: Callable[[HandOver], None]
    ) -> None:
        super().__init__(session)
        self._handover = handover
        self._answered = answered

    def question(self) -> Sentence:
        """Return what is waited for, as a bar."""
        desk, asked = self.session.desk, self._handover.asked_at
        waited_s = 0.0 if asked is None else (desk.ports.clock.now() - asked).total_seconds()
        done = max(0, min(WHOLE, int(waited_s * WHOLE / WAIT_S)))
        return Sentence("Asking the centre {bar}", bar="█" * done + "░" * (WHOLE - done))

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Esc: go on without it")

    def key(self, typed: Typed) -> None:
        """Take Esc as the end of the wait; nothing else means anything here."""
        asked = self._handover.asked_at
        if typed.key == "escape" and asked is not None:
            waited = asked - timedelta(seconds=WAIT_S)
            self._handover = replace(self._handover, asked_at=waited)
            self.beat()

    def enter(self) -> None:
        """Wait on."""

    def beat(self) -> None:
        """Look for the answer, and end when there is one or the time is over."""
        desk = self.session.desk
        self._handover = hand_over.claim_answer(desk, self._handover)
        if standing(desk, self._handover) is not Standing.WAITING:
            self.close()
            self._answered(self._handover)
