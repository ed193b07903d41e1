"""What a till hears of its card terminal."""

from __future__ import annotations

import queue
from dataclasses import dataclass, field

from pos.ports import CardEnded, CardHeard, DeviceEvent, DeviceState, StatusChanged


@dataclass
class Post:
    """What the till's sink received, in order."""

    events: queue.Queue[DeviceEvent] = field(default_factory=queue.Queue)
    ended: list[CardEnded] = field(default_factory=list)

    def end(self) -> CardEnded:
        event = self.until(CardEnded)
        assert isinstance(event, CardEnded)
        self.ended.append(event)
        return event

    def heard(self) -> CardHeard:
        event = self.until(CardHeard)
        assert isinstance(event, CardHeard)
        return event

    def state(self, state: DeviceState) -> StatusChanged:
        while True:
            event = self.until(StatusChanged)
            if isinstance(event, StatusChanged) and event.state is state:
                return event

    def until(self, kind: type[DeviceEvent]) -> DeviceEvent:
        while True:
            event = self.events.get(timeout=10)
            if isinstance(event, kind):
                return event
