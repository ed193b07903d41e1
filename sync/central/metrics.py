"""What the centre measures of itself, for Prometheus; a registry of its own.

>>> meters = Meters()
>>> meters.requests.labels("POST", "/v1/pull", "200").inc()
>>> b'comptoir_requests_total{method="POST",route="/v1/pull",status="200"} 1.0' in meters.text()
True
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Meters:
    """The meters of one process. No label is made of what somebody sent."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "comptoir_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=registry,
        )
        self.seconds = Histogram(
            "comptoir_request_seconds",
            "How long a request took.",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.under_way = Gauge(
            "comptoir_requests_under_way", "Requests being answered.", registry=registry
        )
        self.live = Gauge("comptoir_live_clients", "Tills that wait for news.", registry=registry)
        self.refused = Counter(
            "comptoir_refused", "Requests answered with a problem.", ["slug"], registry=registry
        )
        self.entries = Counter(
            "comptoir_entries", "Entries pushed, as judged.", ["state"], registry=registry
        )
        self.parked = Counter(
            "comptoir_entries_parked", "Entries kept and not understood.", registry=registry
        )
        self.rows = Counter(
            "comptoir_rows_pulled", "Rows of scopes sent to tills.", registry=registry
        )
        self.faults = Counter("comptoir_faults", "Faults of the program itself.", registry=registry)

    def text(self) -> bytes:
        """Return all of it in Prometheus' text format."""
        return generate_latest(self.registry)
