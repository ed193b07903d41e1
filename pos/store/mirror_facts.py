"""Reading `centre.db`: single facts and lanes, for the courier that writes them and the till."""

from __future__ import annotations

import json
from typing import Any

from pos.ports.centre import CourierReport, CourierState, Enrolment, LaneKept

FILE = "centre.db"
"""What the till keeps of its centre, in the data folder."""

SCHEMA = 3
"""The version of the tables that this program knows."""

REPORT, ENROLMENT, INCLUDED = "report", "enrolment", "included"
"""The keys of single facts."""


def lanes_of(raw: Any) -> dict[str, LaneKept]:
    """Return how far the centre is known to hold each epoch."""
    return {
        epoch: LaneKept(acked, until, bool(forked))
        for epoch, acked, until, forked in raw.execute(
            "SELECT epoch, acked, until, forked FROM lane"
        )
    }


def report_of(raw: Any) -> CourierReport:
    """Return what the courier last said of itself."""
    said = fact(raw, REPORT)
    if not said:
        return CourierReport()
    told = json.loads(said)
    return CourierReport(**{**told, "state": CourierState(told["state"])})


def enrolment_of(raw: Any) -> Enrolment | None:
    """Return whom the till belongs to."""
    said = fact(raw, ENROLMENT)
    if not said:
        return None
    told = json.loads(said)
    return Enrolment(**{**told, "scopes": tuple(told["scopes"])})


def fact(raw: Any, key: str) -> str:
    """Return a single fact, "" for none."""
    row = raw.execute("SELECT value FROM fact WHERE key = ?", (key,)).fetchone()
    return "" if row is None else str(row[0])
