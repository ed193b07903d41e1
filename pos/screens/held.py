"""Scans made while a question is open: they wait, are taken in their order, and none goes unsaid.

What was refused of them is said once nothing is asked any more, whatever the next one brought.
What comes while nobody knows whose scan it would be is kept for nobody, and counted.
"""

from __future__ import annotations

from collections import deque

from pos.domain.words import Sentence

HELD_MOST = 50
"""The most scans that wait for an answer; a counter never saw half of it."""

NAMED_MOST = 4
"""How many refused codes are named in one sentence, each cut to `CODE_MOST` characters."""
CODE_MOST = 16


class Held:
    """The scans that wait, and what became of those that were not taken.

    `waits` is what was said of the last one that was kept.
    """

    def __init__(self) -> None:
        self.waits: Sentence | None = None
        self._waiting: deque[str] = deque()
        self._refused = 0
        self._why: Sentence | None = None
        self._codes: list[str] = []
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def keep(self, text: str) -> Sentence:
        """Keep a scan until the question is answered; return what to say of it."""
        if len(self._waiting) < HELD_MOST:
            self._waiting.append(text)
            self.waits = Sentence("{count} scan waits; answer this first.", count=len(self))
            return self.waits
        code = _named(text)
        self.refuse(
            text, Sentence("{code} was not kept: too many scans waited. Scan it again.", code=code)
        )
        return Sentence(
            "{most} scans wait and no more can; answer this, then scan the others again.",
            most=HELD_MOST,
        )

    def next(self) -> str:
        """Return the scan that waited longest, which waits no more."""
        return self._waiting.popleft()

    def refuse(self, text: str, why: Sentence) -> None:
        """Remember that a scan was not taken."""
        self._refused += 1
        self._why = self._why or why
        if len(self._codes) < NAMED_MOST:
            self._codes.append(_named(text))

    def refusals(self) -> Sentence | None:
        """Return what to say of the scans that were not taken; None where all were."""
        if self._refused < 2:
            return self._why
        codes = ", ".join(self._codes) + (", …" if self._refused > len(self._codes) else "")
        return Sentence(
            "{refused} of the scans that waited were not taken: {codes}.",
            refused=self._refused,
            codes=codes,
        )

    def told(self) -> None:
        """Forget the refusals: they were said."""
        self._refused, self._why, self._codes = 0, None, []

    def drop(self, more: int = 0) -> Sentence:
        """Drop what waits, and so many more that came; return what to say of them."""
        self._dropped += len(self._waiting) + more
        self._waiting.clear()
        self.told()
        return Sentence("{count} scan not taken: sign in, then scan again.", count=self._dropped)

    def take_dropped(self) -> int:
        """Return how many were dropped since this was asked last."""
        dropped, self._dropped = self._dropped, 0
        return dropped


def _named(text: str) -> str:
    """Return a scan as it is named in a sentence."""
    bare = "".join(one for one in text if one.isprintable())
    return f"{bare[:CODE_MOST]}…" if len(bare) > CODE_MOST else bare
