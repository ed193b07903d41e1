"""Questions to whoever installs, on a terminal: yes or no, and one of several."""

from __future__ import annotations

import sys

import typer

from pos.domain.words import Sentence, Words

YES_FIRST = Sentence("[Y/n]")
NO_FIRST = Sentence("[y/N]")
"""A translation leaves its two letters where these stand: [O/n]."""

YES = "oy"
"""The letters of a yes in the till's own languages, whichever the question was asked in."""


class Person:
    """Who sits at the terminal; nobody does where the input is a file, or nothing.

    An input that ends, and a line left empty, are the answer that does least: as it says.
    """

    def __init__(self, words: Words) -> None:
        self._words = words

    @property
    def is_there(self) -> bool:
        """Whether questions are read and answered."""
        return sys.stdin.isatty()

    def agrees(self, question: Sentence, *, at_first: bool = True) -> bool:
        """Return yes or no; `at_first` is what Enter alone says. Nobody says no."""
        if not self.is_there:
            return False
        hint = self._words.say(YES_FIRST if at_first else NO_FIRST)
        yes, no = hint[1].lower(), hint[3].lower()
        while True:
            answer = self._answer(f"{self._words.say(question)} {hint} ")
            if answer is None:
                return False
            if not answer:
                return at_first
            if answer[0].lower() in (yes, no, *YES):
                return answer[0].lower() != no

    def chooses(self, question: Sentence, numbers: range, at_first: int) -> int:
        """Return a number of `numbers`; `at_first` is what Enter alone says, and nobody."""
        while self.is_there:
            answer = self._answer(f"{self._words.say(question)} [{at_first}] ")
            if not answer:
                break
            if answer.isascii() and answer.isdigit() and int(answer[:4]) in numbers:
                return int(answer[:4])
        return at_first

    def _answer(self, question: str) -> str | None:
        """Return what is typed, None at the end of the input."""
        typer.echo(question, nl=False)
        line = sys.stdin.readline(200)
        if not line:
            typer.echo("")
        return line.strip() if line else None
