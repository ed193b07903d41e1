"""A hand-over that was cut short: the people at the desk alone know whether the goods left."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.screens.pickup.menu import Act, MenuPrompt
from pos.till.pickup import hand_over
from pos.till.pickup.hand_over import HandOver, Proof, Unfinished

if TYPE_CHECKING:
    from pos.screens.session import Session

PROOFS: tuple[tuple[Sentence, Proof], ...] = (
    (Sentence("Yes: the pass was shown"), Proof("pass")),
    (Sentence("Yes: the short code was given"), Proof("code")),
    (Sentence("Yes: a document with the name was seen"), Proof("name", "other")),
)


class UnfinishedPrompt(MenuPrompt):
    """Did it leave, and by what right? It is written down, or freed for another till."""

    def __init__(
        self, session: Session, left: Unfinished, opened: Callable[[HandOver], None]
    ) -> None:
        self._unfinished = left
        self._opened = opened
        question = Sentence(
            "Was order {reference}, {name}, handed over before the till stopped?",
            reference=left.order.reference,
            name=left.order.name or "–",
        )
        acts = [Act(Sentence("No, it is still here"), self._free)]
        acts += [Act(text, self._act(proof)) for text, proof in PROOFS]
        brief = Sentence("Order {reference}", reference=left.order.reference)
        choose = Sentence("Look at the shelf, then choose what happened.")
        super().__init__(session, question, acts, brief, choose)

    def _act(self, proof: Proof) -> Callable[[], None]:
        return lambda: self._left_with(proof)

    def _free(self) -> None:
        nothing = hand_over.kept(self._unfinished)
        hand_over.give_up(self.session.desk, nothing, "not_handed_over")
        self.session.say(
            Sentence(
                "Order {reference} waits for its customer again.",
                reference=self._unfinished.order.reference,
            )
        )

    def _left_with(self, proof: Proof) -> None:
        self._opened(hand_over.resume(self.session.desk, self._unfinished, proof))

    def left(self) -> None:
        """Ask again when the clerk's screen is opened."""
        self.session.later.add(self._unfinished.asked.claim)
