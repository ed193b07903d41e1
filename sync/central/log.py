"""The centre's log: one JSON object a line on the error output, never a body and never a secret.

A fault is told by its kind and the places it came through: its own words may hold what somebody
sent.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET = frozenset(
    {"authorization", "token", "code", "pin", "pin_hash", "password", "secret", "body", "seed"}
)
_PLACES_MOST = 12


def masked(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Return the event without what a name says is secret.

    >>> masked(None, "info", {"event": "asked", "token": "eyJ"})["token"]
    '***'
    """
    for key in event:
        if key in _SECRET:
            event[key] = "***"
    return event


def fault(error: BaseException) -> dict[str, Any]:
    """Return what may be told of an exception: its kind, its causes' kinds, and where it was.

    >>> fault(ValueError("the body of somebody"))
    {'kind': 'ValueError', 'causes': [], 'places': []}
    """
    causes: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(causes) < _PLACES_MOST:
        causes.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    last = [*ours[-_PLACES_MOST:], *(one for one in frames[-1:] if one not in ours)]
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in last]
    return {"kind": type(error).__name__, "causes": causes, "places": places}


def open_log() -> None:
    """Send everything to the error output; the libraries' own words from warnings on."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s", force=True)
    logging.captureWarnings(True)
    for name in ("uvicorn.error", "uvicorn.access", "asyncpg", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            masked,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
