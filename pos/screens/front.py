"""The seam between a session and the program that draws it."""

from __future__ import annotations

from typing import Protocol


class Front(Protocol):
    """What only the screen itself can do."""

    def show(self) -> None:
        """Draw what the session holds now."""
        ...

    def next_theme(self) -> None:
        """Change the colours."""
        ...

    def next_language(self) -> None:
        """Change the language."""
        ...

    def leave(self) -> None:
        """Close the screen."""
        ...
