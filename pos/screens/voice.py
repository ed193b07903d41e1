"""What a front end says: a notice, the sound of a refusal, and never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from pos.domain.barcode import WRONG_LAYOUT, repair_azerty
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.ports import StoreUnavailable
from pos.screens.options import ScreenOptions
from pos.till.desk import Desk


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the cashier."""

    sentence: Sentence
    is_bad: bool = False


class Voice:
    """The last notice, and doing what may be refused or break so that it becomes one."""

    def __init__(self, desk: Desk, options: ScreenOptions) -> None:
        self.desk = desk
        self.options = options
        self.notice: Notice | None = None
        self._told_layout = False

    def check_layout(self, scanned: str) -> None:
        """Say once that a scanner types on another keyboard than the shop's, where one does."""
        if self._told_layout or (scanned.isalnum() and scanned.isascii()):
            return
        if repair_azerty(scanned) is not None:
            self._told_layout = True
            self.say(WRONG_LAYOUT)

    def say(self, sentence: Sentence, *, is_bad: bool = False) -> None:
        """Tell the cashier something."""
        self.notice = Notice(sentence, is_bad)

    def refuse(self, sentence: Sentence) -> None:
        """Tell the cashier no, with the sound of it."""
        self.say(sentence, is_bad=True)
        self.play("refused")

    def play(self, sound: str) -> None:
        """Make a sound where there is a voice."""
        with suppress(Exception):  # a till without a voice still sells
            self.desk.ports.sound.play(sound)

    def attempt(self, action: Callable[[], object], *, sound: bool = True) -> bool:
        """Do something that may be refused; returns whether it was done.

        `sound` is False for what sounds its own refusals. What was said before is said no more.
        """
        before = self.notice
        done = self.guard(action, sound=sound)
        if done and self.notice is before:
            self.notice = None
        return done

    def guard(self, action: Callable[[], object], *, sound: bool = True) -> bool:
        """Do something that may be refused or break; what was said before stays said."""
        try:
            action()
        except (Refusal, StoreUnavailable) as refusal:
            self.say(refusal.sentence, is_bad=True)
        except Exception as error:  # noqa: BLE001  a traceback never reaches a cashier
            with suppress(Exception):  # the log may be on the disk that is full
                self.options.log("gesture", error)
            self.say(
                Sentence("Something went wrong and was written down; the till goes on."),
                is_bad=True,
            )
            sound = True
        else:
            return True
        if sound:
            self.play("refused")
        return False
