"""`comptoir labels` prints the price as it is then, from the till's own catalogue."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from devices.label.emulator import EmulatedLabelPrinter

GOODS = """sku,name,price,vat,code,valid_from
T1,Thé vert,3.50,FR055,3017620422003,
T1,Thé vert,3.90,FR055,3017620422003,2099-01-05
"""


@pytest.fixture
def printer() -> Iterator[EmulatedLabelPrinter]:
    with closing(EmulatedLabelPrinter(tcp=True)) as made:
        yield made


def run(home: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pos.main", *argv],
        env={"PATH": "/usr/bin:/bin", "COMPTOIR_HOME": str(home), "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_label_is_printed_with_the_price_of_the_day_it_is_for(
    tmp_path: Path, printer: EmulatedLabelPrinter
) -> None:
    (tmp_path / "config.toml").write_text(f'[devices.labels]\nurl = "{printer.url}"\n')
    (tmp_path / "goods.csv").write_text(GOODS)
    assert run(tmp_path, "catalogue", "import", str(tmp_path / "goods.csv")).returncode == 0
    now = run(tmp_path, "labels", "3017620422003")
    assert now.returncode == 0, now.stderr
    then = run(tmp_path, "labels", "--since", "2099-01-01", "--until", "2099-01-05")
    assert then.returncode == 0, then.stderr
    prices = [label.fields[1].data for label in printer.printed]
    assert ["50" in prices[0], "90" in prices[1]] == [True, True]
    assert len(prices) == 2
    none = run(tmp_path, "labels", "--since", "2098-01-01", "--until", "2098-01-05")
    assert (none.returncode, len(none.stderr.splitlines())) == (1, 1)
    unknown = run(tmp_path, "labels", "96385074")
    assert (unknown.returncode, len(unknown.stderr.splitlines())) == (1, 1)
