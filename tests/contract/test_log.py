"""The till's log: whatever is written to it, no card number and no secret is in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from pos.main.log import open_log

PAN = "4970101234567893"
SPACED = "4970 1012 3456 7893"


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield open_log(tmp_path)
    for handler in root.handlers:
        if handler not in before:
            handler.close()
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def test_no_card_number_gets_into_the_log_by_any_way(file: Path) -> None:
    structlog.get_logger().info("answered", card=PAN, pin="2468", nested={"track": [SPACED]})
    structlog.get_logger().info(
        "receipt", lines="4970 1012\n3456 7893", raw=b"4970\xa01012\t34567893"
    )
    try:
        raise ValueError(f"cannot read {PAN}=2512")
    except ValueError:
        structlog.get_logger().exception("crash")
        logging.getLogger("devices.card").exception("the driver of %s failed", SPACED)
    text = file.read_text("utf-8")
    assert PAN[:-4] not in text
    assert SPACED[:-5] not in text
    assert "1012" not in text
    assert "3456" not in text
    assert "7893" in text
    assert "2468" not in text
    assert "ValueError" in text
