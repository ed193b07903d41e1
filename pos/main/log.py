"""The log: rotating files of JSON lines for whoever mends the till, with no personal data.

A traceback goes here and never to a cashier. Secrets are left out, and every line, whoever wrote
it, is masked by `pos.domain.masking`.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from pos.domain.masking import masked
from pos.ports import StoreUnavailable

SIZE_MAX = 2_000_000
FILES_MAX = 5

_SECRET = frozenset({"pin", "pin_hash", "password", "token", "secret", "email", "phone"})


def without_secrets(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Return the event without its secrets."""
    return {key: "***" if key in _SECRET else value for key, value in event.items()}


class MaskedFormatter(logging.Formatter):
    """Writes a record, traceback included, with no card number in it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's text, masked."""
        return masked(super().format(record))


def open_log(folder: Path) -> Path:
    """Send structlog and warnings to `folder`/comptoir.log; return the file.

    Raises StoreUnavailable when the folder cannot be made.
    """
    import structlog

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreUnavailable(
            "not_writable",
            "{file} cannot be opened for writing. Check the folder's permissions.",
            file=str(folder),
        ) from error
    file = folder / "comptoir.log"
    handler = RotatingFileHandler(
        file, maxBytes=SIZE_MAX, backupCount=FILES_MAX, encoding="utf-8", delay=True
    )
    handler.setFormatter(MaskedFormatter("%(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_secrets,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return file


def log_crash(folder: Path) -> str:
    """Write the exception under way to the log; return the log's path for the sentence shown.

    Where the log cannot be written, a new temporary folder takes it: nothing goes to the terminal.
    """
    import structlog

    try:
        file = open_log(folder)
    except StoreUnavailable:
        file = open_log(Path(tempfile.mkdtemp(prefix="comptoir-log-")))
    structlog.get_logger().exception("crash")
    return str(file)
