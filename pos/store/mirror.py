"""What the courier keeps of the centre (port `Mirror`): `centre.db`, and the catalogue's feed.

Each method is one short transaction, so that the till, which reads both files, never waits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from itertools import repeat
from pathlib import Path
from typing import Any

from pos.domain.feed import StockFields
from pos.domain.feed_columns import Columns
from pos.ports.centre import (
    ClaimAnswer,
    ClaimWanted,
    CourierReport,
    Enrolment,
    FeedPage,
    ForkOrder,
    LaneKept,
    ReadingKept,
    StockThere,
)
from pos.store.engine import open_engine, reading
from pos.store.feed_catalogue import (
    KEEP_READING,
    CatalogueFeed,
    reading_row,
    readings_of,
    short_transaction,
)
from pos.store.migrations import migrate
from pos.store.mirror_facts import (
    ENROLMENT,
    FILE,
    INCLUDED,
    REPORT,
    enrolment_of,
    lanes_of,
    report_of,
)
from pos.store.mirror_tables import add_claim_reasons, add_claims, create_centre_schema
from pos.store.open import open_catalogue

STEPS = (create_centre_schema, add_claims, add_claim_reasons)

_KEEP_LANE = "INSERT OR REPLACE INTO lane VALUES (?,?,?,?)"
_KEEP_FACT = "INSERT OR REPLACE INTO fact VALUES (?,?)"
_PUT_LEVEL = "INSERT OR REPLACE INTO level VALUES (?,?,?,?,?)"
_PUT_THING = "INSERT OR REPLACE INTO thing VALUES (?,?,?,?,?)"
_ASKED = "SELECT sku FROM elsewhere WHERE answered_at < asked_at ORDER BY asked_at"
_ANSWER = "UPDATE elsewhere SET answered_at = ?, stores = ? WHERE sku = ?"
_CLAIMS = "SELECT claim, what, key FROM claim WHERE answered_at = '' ORDER BY claim DESC"
_CLAIMED = "UPDATE claim SET granted = ?, holder = ?, answered_at = ?, why = ? WHERE claim = ?"
_ASIDE = ("promotion", "vat", "article_vat", "pass_key", "store")
"""What the scopes of the catalogue and of prices bear beside articles and prices."""

_STOCK = Columns(StockFields)

_SWEEP_THINGS = "UPDATE thing SET fields = NULL WHERE scope = ? AND round < ?"


class MirrorFile:
    """The port `Mirror`, in a data folder."""

    def __init__(self, data: Path) -> None:
        """Open or make the files. Raises StoreUnavailable for what stands in the way."""
        path = data / FILE
        self._catalogue = open_catalogue(data)
        self._articles = CatalogueFeed(self._catalogue)
        self._engine = open_engine(path)
        migrate(self._engine, path, STEPS)

    def lanes(self) -> Mapping[str, LaneKept]:
        """See `pos.ports.centre.Mirror.lanes`."""
        with short_transaction(self._engine) as raw:
            return lanes_of(raw)

    def keep_lanes(self, lanes: Mapping[str, LaneKept], order: ForkOrder | None = None) -> None:
        """See `pos.ports.centre.Mirror.keep_lanes`."""
        rows = [(epoch, lane.acked, lane.until, int(lane.forked)) for epoch, lane in lanes.items()]
        with short_transaction(self._engine) as raw:
            raw.executemany(_KEEP_LANE, rows)
            if order is not None:
                row = (order.epoch, order.number, order.hash)
                raw.execute("INSERT OR REPLACE INTO fork VALUES (?,?,?)", row)

    def readings(self) -> Mapping[str, ReadingKept]:
        """See `pos.ports.centre.Mirror.readings`."""
        with short_transaction(self._engine) as raw:
            return {**self._articles.readings(), **readings_of(raw)}

    def reads(self, scopes: Sequence[str]) -> None:
        """See `pos.ports.centre.Mirror.reads`."""
        self._articles.forget(self.readings().keys() - set(scopes))
        with short_transaction(self._engine) as raw:
            enrolment = enrolment_of(raw)
            if enrolment is not None:
                told = replace(enrolment, scopes=tuple(scopes))
                raw.execute(_KEEP_FACT, (ENROLMENT, json.dumps(asdict(told))))

    def apply(self, page: FeedPage) -> int:
        """See `pos.ports.centre.Mirror.apply`."""
        if page.scope.startswith(("catalogue:", "prices:")):
            self._put_aside(page)
            return self._articles.apply(page)
        with short_transaction(self._engine) as raw:
            refused = _put_levels(raw, page)
            _put_things(raw, page)
            raw.execute(KEEP_READING, reading_row(page))
            if page.included is not None:
                raw.execute(_KEEP_FACT, (INCLUDED, json.dumps(dict(page.included))))
            return refused

    def show(self) -> None:
        """See `pos.ports.centre.Mirror.show`."""
        self._articles.show()

    def asked(self) -> Sequence[str]:
        """See `pos.ports.centre.Mirror.asked`."""
        with reading(self._engine).connect() as connection:
            return list(connection.exec_driver_sql(_ASKED).scalars())

    def answer(self, sku: str, stores: Sequence[StockThere], at: str) -> None:
        """See `pos.ports.centre.Mirror.answer`."""
        told = json.dumps([asdict(one) for one in stores])
        with short_transaction(self._engine) as raw:
            raw.execute(
                "UPDATE elsewhere SET answered_at = ?, stores = ? WHERE sku = ?", (at, told, sku)
            )

    def claims(self) -> Sequence[ClaimWanted]:
        """See `pos.ports.centre.Mirror.claims`."""
        with reading(self._engine).connect() as connection:
            return [ClaimWanted(*row) for row in connection.exec_driver_sql(_CLAIMS)]

    def claimed(self, claim: str, answer: ClaimAnswer) -> None:
        """See `pos.ports.centre.Mirror.claimed`."""
        with short_transaction(self._engine) as raw:
            told = (int(answer.granted), answer.holder, answer.at, answer.why, claim)
            raw.execute(_CLAIMED, told)

    def report(self, report: CourierReport) -> None:
        """See `pos.ports.centre.Mirror.report`."""
        self._keep(REPORT, json.dumps(asdict(report)))

    def last_report(self) -> CourierReport:
        """Return what the courier last said of itself."""
        with short_transaction(self._engine) as raw:
            return report_of(raw)

    def enrol(self, enrolment: Enrolment) -> None:
        """Keep whom the till belongs to."""
        self._keep(ENROLMENT, json.dumps(asdict(enrolment)))

    def enrolment(self) -> Enrolment | None:
        """Return whom the till belongs to, None before it was let in anywhere."""
        with short_transaction(self._engine) as raw:
            return enrolment_of(raw)

    def close(self) -> None:
        """Let go of the files."""
        self._engine.dispose()
        self._catalogue.dispose()

    def _put_aside(self, page: FeedPage) -> None:
        """Keep what is no article nor price, before the page's cursor: told again, it is the same.

        It is small, and the till reads it here with all else of the centre.
        """
        aside = {kind: states for kind, states in page.things.items() if kind in _ASIDE}
        if aside or page.ends:
            with short_transaction(self._engine) as raw:
                _put_things(raw, replace(page, things=aside))

    def _keep(self, key: str, value: str) -> None:
        with short_transaction(self._engine) as raw:
            raw.execute(_KEEP_FACT, (key, value))


def _put_levels(raw: Any, page: FeedPage) -> int:
    told = _STOCK.read(page.things.get("stock", {}))
    raw.executemany(_PUT_LEVEL, zip(told.keys, *told.columns, repeat(page.reading.round)))
    raw.executemany("DELETE FROM level WHERE sku = ?", [(sku,) for sku in told.gone])
    if page.ends and page.scope.startswith("store:"):
        raw.execute("DELETE FROM level WHERE round < ?", (page.reading.round,))
    return len(told.refused)


def _put_things(raw: Any, page: FeedPage) -> None:
    """Keep what is no stock as it came: whoever takes it up checks it."""
    rows = [
        (kind, key, page.scope, _written(fields), page.reading.round)
        for kind, states in page.things.items()
        if kind != "stock"
        for key, fields in states.items()
    ]
    raw.executemany(_PUT_THING, rows)
    if page.ends:
        raw.execute(_SWEEP_THINGS, (page.scope, page.reading.round))


def _written(fields: dict[str, Any] | None) -> str | None:
    if fields is None:
        return None
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
