"""What a pass or a code turned out to be, in words that read from a metre, and nothing to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.screens.face import Face
from pos.screens.pickup.head import HeadText, Verdict, Weight
from pos.screens.pickup.place import PickupPrompt
from pos.till.pickup.judge import Judged
from pos.till.pickup.judge import Verdict as Found

if TYPE_CHECKING:
    from pos.screens.session import Session

BIG: dict[Judged, tuple[Sentence, Weight]] = {
    Judged.VALID: (Sentence("Good pass"), "good"),
    Judged.ALREADY_COLLECTED: (Sentence("Already collected"), "bad"),
    Judged.EXPIRED: (Sentence("Expired"), "warning"),
    Judged.OTHER_STORE: (Sentence("Another shop"), "bad"),
    Judged.NOT_READY: (Sentence("Not ready"), "warning"),
    Judged.CANCELLED: (Sentence("Cancelled"), "bad"),
    Judged.FORGED: (Sentence("False pass"), "bad"),
    Judged.UNKNOWN_KEY: (Sentence("Unknown key"), "bad"),
    Judged.UNKNOWN_ORDER: (Sentence("Unknown order"), "bad"),
    Judged.BROKEN: (Sentence("Not readable"), "bad"),
}
"""Each verdict in two words, and how grave it is."""


def big(found: Found, session: Session) -> Verdict:
    """Return a verdict in big words; a code and a name are no pass."""
    words, weight = BIG[found.kind]
    if found.kind is Judged.VALID and found.proof is not None:
        words = {
            "code": Sentence("Good code"),
            "name": Sentence("By name"),
            "proxy": Sentence("For a customer"),
        }.get(found.proof.method, words)
    return Verdict(session.words.say(words), weight)


class VerdictView(PickupPrompt):
    """A verdict on what has no order here; Enter or Esc goes back."""

    def __init__(self, session: Session, found: Found) -> None:
        super().__init__(session)
        self._found = found

    def question(self) -> Sentence:
        """Return what it is about."""
        return Sentence("Pass")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Enter: go back")

    def head(self, face: Face) -> HeadText:
        """Return the verdict and its sentence."""
        return HeadText(
            face.say(Sentence("Pass")),
            verdict=big(self._found, self.session),
            sentences=(face.say(self._found.sentence),),
        )

    def table(self, _face: Face) -> None:
        """Return no rows."""
        return

    def actions(self) -> Sequence[tuple[str, Sentence]]:
        """Return the keys of this screen."""
        return (("enter", Sentence("Back")),)

    def enter(self) -> None:
        """Go back."""
        self._leave()

    def _leave(self) -> None:
        super()._leave()
        if self.session.pickup is not None:
            self.session.pickup.back()
