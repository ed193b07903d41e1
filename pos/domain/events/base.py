"""What every event is: a kind, a version, and the facts that are the entry's body.

>>> BaseEvent(kind="till.stopped").facts()
{}
"""

from __future__ import annotations

from typing import Any, Literal

from pos.domain.facts import Fact

Facts = dict[str, Any]


class BaseEvent(Fact):
    """An event; `kind` tells them apart."""

    kind: str
    version: Literal[1] = 1

    def facts(self) -> Facts:
        """Return the body of the entry: everything but kind and version, absent facts left out."""
        return self.model_dump(exclude={"kind", "version"}, exclude_none=True)
