"""A permission the cashier does not hold: someone who does lends it for one gesture, by PIN."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pos.domain.staff import PERMISSION_NAMES, Permission, Person, allows
from pos.domain.words import Sentence
from pos.screens.dialogs.sign_in import PinPrompt
from pos.till import staff
from pos.till.sell import Gesture

if TYPE_CHECKING:
    from pos.screens.session import Session


class LendPrompt(PinPrompt):
    """Who lends it, and their PIN; then the gesture that waited is done."""

    def __init__(
        self,
        session: Session,
        permission: Permission,
        gesture: Gesture,
        done: Callable[[], None],
        what: Sentence | None = None,
    ) -> None:
        self._permission = permission
        self._what = what or PERMISSION_NAMES[permission]
        self._gesture = gesture
        self._done = done
        super().__init__(session)

    def people(self) -> Sequence[Person]:
        """Return those who hold the permission."""
        everyone = self.session.desk.ports.people.all()
        return [one for one in everyone if allows(one.role, self._permission)]

    def who(self) -> Sentence:
        """Return the question for the number."""
        what = self.session.words.say(self._what)
        return Sentence("Who allows {what}? Their number", what=what)

    def given(self, number: str, pin: str) -> None:
        """Borrow the permission and do the gesture."""
        loan = staff.lend(self.session.desk, number, pin, self._permission)
        self.close()
        self._gesture(loan)
        self._done()
