"""Joining: settings and folders in, a desk with its store, catalogue and devices out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from config import settings as settings_file
from config.places import Places
from config.sections import Settings
from config.words import GettextWords, words_for
from devices.counter import Counter
from pos.domain.errors import Refusal
from pos.domain.events import SettingsChanged
from pos.domain.words import Sentence
from pos.main.counters import plug_in
from pos.main.rules import fiscal_rules, house_rules, software, witness_of
from pos.main.setup import SetUpIncomplete
from pos.main.world import ArgonPins, Bell, SystemClock, UlidIds
from pos.ports import Clock, DeviceEvent, Sink
from pos.store.catalogue import StoredCatalogue
from pos.store.catalogue_notes import JOURNALED, journal_notes
from pos.store.open import Store, Who, open_store
from pos.till import centre, heard, start
from pos.till.customer import show_welcome
from pos.till.desk import Desk, Ports
from pos.till.pickup import kiosk

_CLOCK: Clock = SystemClock()

Kind = Literal["till", "kiosk"]
"""What a home is for: people sell, or customers say that they are here."""


@dataclass
class Joined:
    """A desk at work and everything behind it; `close` lets go of all of it, in order."""

    desk: Desk
    store: Store
    settings: Settings
    relay: Relay
    notes: list[Sentence] = field(default_factory=list)
    counter: Counter | None = None
    language: str = "en"

    def words(self) -> GettextWords:
        """Return the words of the language chosen now."""
        return words_in(self.settings)(self.language)

    def close(self) -> None:
        """Put the devices away, hear their last words, and close the till's file in order."""
        try:
            self.relay.sink = self.relay.late.append
            if self.counter is not None:
                self.counter.close()
            ports = self.desk.ports  # closed: what still waits is sent at the next start
            ports.printer = ports.spare = ports.labels = None
            for event in self.relay.late:
                heard.on_device(self.desk, event)
            journal_imports(self.store)
            start.stop(self.desk)
        finally:
            self.store.close()


class Relay:
    """Where the devices report: the front end while it lives, then a list."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.late: list[DeviceEvent] = []

    def report(self, event: DeviceEvent) -> None:
        """Take a device's event, from any thread."""
        self.sink(event)


def journal_imports(store: Store) -> None:
    """Write down the catalogue imports that are not in the journal yet."""
    journal_notes(store.catalogue, store.ledger, store.past.state(JOURNALED))


def store_of(settings: Settings, places: Places, clock: Clock = _CLOCK) -> Store:
    """Open the till's file as the settings name the till."""
    who = Who(settings.till.store, settings.till.name, software())
    rules = fiscal_rules(settings)
    return open_store(
        *(places.data, places.state, who, clock, UlidIds()),
        witness=witness_of(rules, settings.shop.zone),
        plugin=rules.name,
    )


def join(
    settings: Settings,
    places: Places,
    *,
    sink: Sink,
    ring: Callable[[], None] = lambda: None,
    clock: Clock = _CLOCK,
    kind: Kind = "till",
) -> Joined:
    """Open the store, bring the desk to where it was, then plug the devices in.

    Raises SetUpIncomplete, Refusal or StoreUnavailable with a sentence for whatever stands in the
    way; nothing stays open then.
    """
    check_kind(settings, kind)
    _refuse_incomplete(settings)
    store = store_of(settings, places, clock)
    try:
        joined = _join(desk_of(settings, store, ring, clock), store, settings, sink)
    except BaseException:
        store.close()
        raise
    if settings.devices.customer_screen.on and kind == "till" and joined.counter is not None:
        _feed_customers(joined, joined.counter, socket_of(places))
    return joined


def _feed_customers(joined: Joined, counter: Counter, at: Path) -> None:
    """Feed the customers' screen; one that cannot be fed keeps no till shut."""
    try:
        joined.desk.ports.customer = counter.open_customer_screen(at)
    except OSError as error:
        joined.notes.append(
            Sentence("The customers' screen cannot be fed: {why}.", why=str(error.strerror))
        )
    else:
        show_welcome(joined.desk)


def socket_of(places: Places) -> Path:
    """Return where a till and its customers' screen meet."""
    return places.state / "customer-screen"


def check_kind(settings: Settings, kind: Kind) -> None:
    """Refuse to sell, or to let people in, at a kiosk; and customers to a till."""
    if settings.till.kind == kind:
        return
    if kind == "till":
        raise Refusal(
            "is_kiosk", "This is a kiosk, where nobody sells; open it with: comptoir kiosk."
        )
    raise Refusal(
        "is_till",
        "People sell at this till. A kiosk needs a folder of its own, with [till] kind = "
        '"kiosk" in its settings.',
    )


def _refuse_incomplete(settings: Settings) -> None:
    """Raise SetUpIncomplete with everything that the country's rules still want."""
    problems = start.set_up_problems(fiscal_rules(settings), house_rules(settings))
    if problems:
        raise SetUpIncomplete(problems)


def desk_of(
    settings: Settings,
    store: Store,
    ring: Callable[[], None] = lambda: None,
    clock: Clock = _CLOCK,
) -> Desk:
    """Return a desk on the store, with no device and nothing recovered: for tools, and `join`."""
    sounds = {name for name, wanted in settings.sounds.model_dump().items() if wanted}
    ports = Ports(
        clock=clock,
        ids=UlidIds(),
        catalogue=StoredCatalogue(store.catalogue),
        ledger=store.ledger,
        drafts=store.drafts,
        past=store.past,
        books=store.books,
        people=store.people,
        pins=ArgonPins(),
        signer=store.signer,
        fiscal=fiscal_rules(settings),
        sound=Bell(frozenset(sounds), ring),
        centre=store.centre,
        orders=store.orders,
    )
    speak = words_in(settings)
    return Desk(ports, house_rules(settings), lambda: speak(settings.till.language), speak)


def _join(desk: Desk, store: Store, settings: Settings, sink: Sink) -> Joined:
    relay = Relay(sink)
    joined = Joined(desk, store, settings, relay, language=settings.till.language)
    desk.words = joined.words
    joined.notes += [finding.sentence for finding in store.findings]
    joined.counter = Counter(relay.report)
    try:
        plug_in(joined.counter, settings.devices, desk.ports, settings.shop.currency)
        joined.notes += _begin(joined, clean=store.clean)
        journal_imports(store)
        _note_settings(joined)
    except BaseException:
        joined.counter.close()
        raise
    return joined


def _begin(joined: Joined, *, clean: bool) -> Sequence[Sentence]:
    """Bring a till to where it was; a kiosk has no basket, no day and nobody to bring back."""
    if joined.settings.till.kind == "kiosk":
        kiosk.start(joined.desk, clean=clean)
        return centre.follow_fork(joined.desk)
    return [*start.start(joined.desk, clean=clean), *centre.between_sales(joined.desk)]


def words_in(settings: Settings) -> Callable[[str], GettextWords]:
    """Return the words of a language, with the shop's currency and time zone."""
    return lambda language: words_for(language, settings.shop.currency, settings.shop.zone)


def _note_settings(joined: Joined) -> None:
    """Write down that the settings are others than at the last start; only digests are kept."""
    now = settings_file.digest(joined.settings)
    before = joined.store.past.state("settings")
    if before != now:
        joined.store.ledger.record_with(
            {"settings": now}, SettingsChanged(before=before, after=now)
        )
