"""`comptoir labels`: shelf labels of articles, or of every price that changed or will."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from queue import Empty, Queue
from zoneinfo import ZoneInfo

import typer

from config import settings as settings_file
from config.places import places
from config.words import words_for
from devices.counter import Counter
from pos.domain.catalogue import Article
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.main.counters import OUTCOMES, Plugged, plug_labels
from pos.main.world import SystemClock
from pos.ports import DeviceEvent, PrintEnded, PrintOutcome
from pos.store.catalogue import StoredCatalogue
from pos.store.open import open_catalogue
from pos.till.shelf import shelf_label

ARTICLES_MOST = 5_000
"""The most labels of one call; a chain prints a whole shop's in several."""

A_LABEL_MOST_S = 5.0
LEAST_S = 60.0


def print_labels(
    codes: Sequence[str], since: datetime | None, until: datetime | None, copies: int
) -> int:
    """Print labels of articles by their codes, or of prices that change between two instants."""
    settings = settings_file.load()
    words = words_for(settings.till.language, settings.shop.currency, settings.shop.zone)
    now = SystemClock().now()
    zone = ZoneInfo(settings.shop.zone)
    first = now if since is None else since.replace(tzinfo=zone) - timedelta(seconds=1)
    last = now
    if until is not None:
        last = datetime.combine(until + timedelta(days=1), time(), zone) - timedelta(seconds=1)
    found = open_catalogue(places().data)
    try:
        articles = _articles(StoredCatalogue(found), codes, first, last)
    finally:
        found.dispose()
    labels = [
        shelf_label(one, last, words) for one in articles if one.price_at(last) is not None
    ] * copies
    if not labels:
        raise Refusal("no_labels", "No price is there to print on a label.")
    events: Queue[DeviceEvent] = Queue()
    counter, plugged = Counter(events.put), Plugged()
    try:
        plug_labels(counter, settings.devices, plugged)
        if plugged.labels is None:
            raise Refusal("no_printer", "No printer is set up; add one in the settings.")
        plugged.labels.print_labels("labels", labels)
        ended = _end(events, LEAST_S + A_LABEL_MOST_S * len(labels))
    finally:
        counter.close()
    if ended is None:
        raise Refusal("printer_away", "The printer did not answer; look whether it is on.")
    said = Sentence("{count} label: {how}", count=len(labels), how=OUTCOMES[ended.outcome])
    typer.echo(f"{words.say(said)} {words.say(ended.detail)}".rstrip())
    return 0 if ended.outcome in (PrintOutcome.CONFIRMED, PrintOutcome.SENT) else 1


def _articles(
    catalogue: StoredCatalogue, codes: Sequence[str], first: datetime, last: datetime
) -> list[Article]:
    if not codes:
        return catalogue.repriced(first, last, ARTICLES_MOST)
    named = [(code, catalogue.find(code.zfill(14)) or catalogue.find(code)) for code in codes]
    for code, article in named:
        if article is None:
            raise Refusal("unknown_code", "The catalogue has no article {code}.", code=code)
    return [article for _, article in named if article is not None]


def _end(events: Queue[DeviceEvent], most_s: float) -> PrintEnded | None:
    try:
        while not isinstance(event := events.get(timeout=most_s), PrintEnded):
            continue
    except Empty:
        return None
    return event
