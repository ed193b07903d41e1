"""Doubles of the ports, which ship: a till in memory, for tests, replays and training.

`MemoryStore` chains and signs real entries; the only thing it lacks is a disk. What it answers of
the past is computed plainly from its events, so that the tables of the real store have something
to be compared with.

>>> FixedClock().now().isoformat()
'2026-11-24T09:30:00+00:00'
"""

from pos.doubles.centre import ToldCentre as ToldCentre
from pos.doubles.counter import RecordedCounter as RecordedCounter
from pos.doubles.counter import RecordedScreen as RecordedScreen
from pos.doubles.orders import MemoryOrders as MemoryOrders
from pos.doubles.people import MemoryPeople as MemoryPeople
from pos.doubles.people import PlainPins as PlainPins
from pos.doubles.store import MemoryStore as MemoryStore
from pos.doubles.world import CountedIds as CountedIds
from pos.doubles.world import FixedClock as FixedClock
from pos.doubles.world import HashSigner as HashSigner
from pos.doubles.world import MemoryCatalogue as MemoryCatalogue
