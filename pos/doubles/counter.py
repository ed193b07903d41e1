"""The machines of a counter in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from pos.papers.customer import CustomerView
from pos.papers.page import Page


@dataclass
class RecordedCounter:
    """A printer, drawer, display, scale, scanner, card terminal and sound that remember all that
    they were asked."""

    printed: list[tuple[str, Page]] = field(default_factory=list)
    unbegun: set[str] = field(default_factory=set)
    opened: int = 0
    shown: list[tuple[str, str]] = field(default_factory=list)
    refused: int = 0
    played: list[str] = field(default_factory=list)
    weighed: list[tuple[str, int, str, int]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    zeroed: int = 0
    asked: list[tuple[str, int]] = field(default_factory=list)
    listened: list[tuple[str, int]] = field(default_factory=list)

    def print(self, job: str, page: Page) -> None:
        """Remember a page."""
        self.printed.append((job, page))

    def withdraw(self, job: str) -> bool:
        """Take back a job whose first byte waits, as the test says."""
        return job in self.unbegun

    def open(self) -> None:
        """Count an opening."""
        self.opened += 1

    def show(self, upper: str, lower: str) -> None:
        """Remember two lines."""
        self.shown.append((upper, lower))

    def refuse(self) -> None:
        """Count a refusal."""
        self.refused += 1

    def weigh(self, weighing: str, *, price: int = 0, text: str = "", tare: int = 0) -> None:
        """Remember a weighing: its name, the price, the article and the tare."""
        self.weighed.append((weighing, price, text, tare))

    def take(self, weighing: str) -> None:
        """Remember that a weight is wanted."""
        self.taken.append(weighing)

    def cancel(self, weighing: str) -> None:
        """Remember a weighing that was given up."""
        self.cancelled.append(weighing)

    def zero(self) -> None:
        """Count a setting to zero."""
        self.zeroed += 1

    def ask(self, request: str, amount: int) -> None:
        """Remember what a card terminal was asked for."""
        self.asked.append((request, amount))

    def listen(self, request: str, amount: int) -> None:
        """Remember which late answer is expected."""
        self.listened.append((request, amount))

    def play(self, name: str) -> None:
        """Remember a sound."""
        self.played.append(name)


@dataclass
class RecordedScreen:
    """A customers' screen that remembers what it was shown."""

    views: list[CustomerView] = field(default_factory=list)

    def show(self, view: CustomerView) -> None:
        """Remember a view."""
        self.views.append(view)
