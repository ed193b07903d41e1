"""A weight: from the till's scale, with its tare, or typed where there is none or it is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pos.domain.catalogue import Unit
from pos.domain.facts import WeighingFacts
from pos.domain.words import Quantity, Sentence
from pos.ports import DeviceEvent, StatusChanged, Weighed
from pos.screens.prompt import Prompt
from pos.screens.typing import is_figure, typed_quantity
from pos.till import weighing
from pos.till.weighing import SCALE, Weighing

if TYPE_CHECKING:
    from pos.screens.session import Session

TARE, ZERO = "t", "z"
"""The keys of the scale: letters, as no weight has any."""


class WeighingPrompt(Prompt):
    """The weight of one article; `done` takes it, in grams, and refuses what cannot be.

    A weight that the scale gave and that is refused is weighed anew.
    """

    takes = staticmethod(is_figure)

    def __init__(
        self,
        session: Session,
        name: str,
        price: int,
        done: Callable[[int, WeighingFacts], None],
        *,
        not_done: Sentence | None = None,
    ) -> None:
        super().__init__(session)
        self.yields = not_done is None
        self._name, self._price, self._done, self._not_done = name, price, done, not_done
        self._weighing = weighing.begin(session.desk, name, price)

    @property
    def weighing(self) -> Weighing | None:
        """What the scale weighs for it; None while the weight is typed."""
        at_work = self._weighing
        return None if at_work is None or at_work.is_away or self.text else at_work

    def question(self) -> Sentence:
        """Return what is asked, or what lies on the scale."""
        at_work = self.weighing
        if at_work is None:
            return Sentence("Weight of “{name}” in grams", name=self._name)
        if at_work.seen is None or not at_work.why:
            return self.brief()
        why = Sentence(at_work.why)
        if not at_work.seen:
            return Sentence("“{name}”: {why}.", name=self._name, why=why)
        weight = Quantity(at_work.seen, "kg")
        return Sentence("“{name}”: {weight}, {why}.", name=self._name, weight=weight, why=why)

    def brief(self) -> Sentence:
        """Return the same without why the weight is not taken yet."""
        at_work = self.weighing
        if at_work is None:
            return self.question()
        if at_work.seen is None:
            return Sentence("“{name}”: the scale is asked…", name=self._name)
        if not at_work.seen:
            return Sentence("“{name}”", name=self._name)
        return Sentence("“{name}”: {weight}", name=self._name, weight=Quantity(at_work.seen, "kg"))

    def hint(self) -> Sentence:
        """Return what the keys do."""
        if self._weighing is not None and not self._weighing.is_away:
            if self.text:
                return Sentence("Enter: grams · T: tare · Esc: no")
            return Sentence("Enter: take · T: tare · Z: zero")
        return Sentence("Enter: confirm · Esc: not sold")

    def enter(self) -> None:
        """Take what is typed, or the next still weight of the scale."""
        at_work = self.weighing
        if at_work is not None:
            weighing.take(self.session.desk, at_work)
            return
        grams = typed_quantity(self.text, Unit.KG)
        self._done(grams, WeighingFacts(by="hand"))
        weighing.cancel(self.session.desk, self._weighing)
        self.close()

    def reported(self, event: DeviceEvent) -> None:
        """Take the scale's weight; ask it again when it is back."""
        at_work = self._weighing
        if isinstance(event, Weighed) and at_work is not None and event.weighing == at_work.name:
            if at_work.taken is not None:
                self._took(at_work, at_work.taken)
            elif at_work.is_away:
                why = Sentence(event.detail)
                self.session.refuse(
                    Sentence("The scale is away ({why}): type the weight.", why=why)
                )
        elif isinstance(event, StatusChanged) and event.device == SCALE:
            is_idle = at_work is not None and at_work.is_away and not self.text
            if is_idle and weighing.is_back(self.session.desk):
                self._begin()

    def left(self) -> None:
        """Say that nothing was added."""
        weighing.cancel(self.session.desk, self._weighing)
        if self._not_done is not None:
            self.session.refuse(self._not_done)

    def _took(self, at_work: Weighing, grams: int) -> None:
        try:
            self._done(grams, weighing.facts(self.session.desk, at_work))
        except Exception:
            self._begin(at_work.tare)
            raise
        self.close()

    def _begin(self, tare: int = 0) -> None:
        self._weighing = weighing.begin(self.session.desk, self._name, self._price, tare)

    def _type(self, character: str) -> None:
        at_work = self._weighing
        key = character.casefold()
        if key not in (TARE, ZERO) or at_work is None or at_work.is_away:
            super()._type(character)
        elif key == ZERO:
            weighing.set_zero(self.session.desk)
        else:
            text, self.text = self.text, ""
            grams = typed_quantity(text, Unit.KG) if text else None
            self._weighing = weighing.set_tare(self.session.desk, at_work, grams)
