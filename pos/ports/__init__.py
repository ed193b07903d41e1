"""The seams: what the till asks of the world, one to three methods each.

`pos.till` knows these Protocols and nothing behind them; `pos.main` joins each to its driver, and
every one has a double that ships (`pos/doubles.py`, the emulators of `devices/`).
Devices report by events: a driver calls the `Sink` it was given, from its own thread.
"""

from __future__ import annotations

from pos.domain.errors import StoreUnavailable as StoreUnavailable
from pos.journal.signing import Signer as Signer
from pos.ports.devices import CardDetails as CardDetails
from pos.ports.devices import CardEnded as CardEnded
from pos.ports.devices import CardEvent as CardEvent
from pos.ports.devices import CardHeard as CardHeard
from pos.ports.devices import CardOutcome as CardOutcome
from pos.ports.devices import CardTerminal as CardTerminal
from pos.ports.devices import CustomerScreen as CustomerScreen
from pos.ports.devices import DeviceEvent as DeviceEvent
from pos.ports.devices import DeviceState as DeviceState
from pos.ports.devices import Display as Display
from pos.ports.devices import Drawer as Drawer
from pos.ports.devices import DrawerMoved as DrawerMoved
from pos.ports.devices import LabelPrinter as LabelPrinter
from pos.ports.devices import PrintEnded as PrintEnded
from pos.ports.devices import Printer as Printer
from pos.ports.devices import PrintOutcome as PrintOutcome
from pos.ports.devices import Scale as Scale
from pos.ports.devices import Scanned as Scanned
from pos.ports.devices import Scanner as Scanner
from pos.ports.devices import Sink as Sink
from pos.ports.devices import Sound as Sound
from pos.ports.devices import StatusChanged as StatusChanged
from pos.ports.devices import Weighed as Weighed
from pos.ports.devices import WeighingOutcome as WeighingOutcome
from pos.ports.devices import WeightSeen as WeightSeen
from pos.ports.past import Books as Books
from pos.ports.past import CardRequest as CardRequest
from pos.ports.past import CardTotals as CardTotals
from pos.ports.past import Draft as Draft
from pos.ports.past import Drafts as Drafts
from pos.ports.past import GivenBack as GivenBack
from pos.ports.past import MovedCash as MovedCash
from pos.ports.past import Past as Past
from pos.ports.past import PrintTrouble as PrintTrouble
from pos.ports.past import ShiftState as ShiftState
from pos.ports.people import Credentials as Credentials
from pos.ports.people import People as People
from pos.ports.people import Pins as Pins
from pos.ports.world import Batch as Batch
from pos.ports.world import Catalogue as Catalogue
from pos.ports.world import Clock as Clock
from pos.ports.world import Ids as Ids
from pos.ports.world import Ledger as Ledger
from pos.ports.world import Witness as Witness
