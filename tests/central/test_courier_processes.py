"""`comptoir enrol` and `comptoir courier` as processes, the real centre, and SIGKILL."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.settings import load
from pos.main import keeper
from pos.main.courier import LOCKED
from pos.main.world import SystemClock, UlidIds
from pos.ports import DeviceEvent, DeviceState, StatusChanged
from pos.store.open import Store, Who, open_store
from tests.central.machines import held, labels
from tests.central.serving import Process, Shop
from tests.central.test_enrol import code_for
from tests.central.tills import sale

LONG_S = 40


@pytest.fixture(autouse=True)
def guarded() -> None:
    """The statements that a till runs on its own files are of one store anyway."""


@pytest.fixture
def home(tmp_path: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a till that no centre knows yet."""
    (tmp_path / "config.toml").write_text(
        f'[till]\nstore = "{shop.store}"\nname = "T01"\nfiscal = "none"\nlanguage = "en"\n'
        "[centre]\n# A note of the shop's own.\nenabled = false\n",
        "utf-8",
    )
    monkeypatch.setenv("COMPTOIR_HOME", str(tmp_path))
    return tmp_path


def comptoir(*asked: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pos.main", *asked],
        capture_output=True,
        text=True,
        timeout=LONG_S,
        check=False,
    )


def opened(home: Path, shop: Shop) -> Store:
    who = Who(shop.store, "T01", "comptoir")
    return open_store(home / "data", home / "state", who, SystemClock(), UlidIds())


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def courier() -> Iterator[subprocess.Popen[bytes]]:
    """Run the courier; killed at the end if it still runs."""
    process = subprocess.Popen(keeper.child(), stdin=subprocess.PIPE)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        assert process.stdin is not None
        process.stdin.close()


async def test_a_till_is_enrolled_by_its_code_once_and_sends_all_through_any_kill(
    home: Path, api: Process, shop: Shop
) -> None:
    code = await code_for(api, shop)
    wrong = comptoir("enrol", "00000-00000", "--url", api.url)
    assert (wrong.returncode, "does not know this code" in wrong.stderr) == (1, True)
    done = comptoir("enrol", code.lower(), "--url", api.url)
    assert done.returncode == 0, done.stderr
    settings = load(home / "config.toml")
    assert (settings.centre.url, settings.centre.enabled) == (api.url, True)
    assert "# A note of the shop's own." in (home / "config.toml").read_text("utf-8")
    store, chance = opened(home, shop), random.Random(5)
    for first in range(1, 2_001, 100):
        tickets = range(first, first + 100)
        store.ledger.record(*(sale(n, {"bread": 1}, f"T01-K1-{n:06d}") for n in tickets))
    for _ in range(2):
        with courier() as process:
            before = store.ledger.unsent()
            until(lambda before=before: store.ledger.unsent() < before)  # type: ignore[misc]
            time.sleep(chance.random() / 20)
            process.send_signal(signal.SIGKILL)
    with courier() as process:
        until(lambda: (home / "state" / "courier.lock").read_text() == f"{process.pid}\n")
        other = comptoir("courier")
        assert (other.returncode, "works for this till already" in other.stderr) == (LOCKED, True)
        until(lambda: store.ledger.unsent() == 0)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(LONG_S) == 0
    assert len(await held(shop)) == store.ledger.head.number
    assert len(set(await labels(shop))) == 2_000
    log = "".join(path.read_text("utf-8") for path in (home / "log" / "courier").iterdir())
    assert code not in log
    assert "Comptoir ey" not in log
    store.close()


async def test_the_till_starts_its_courier_again_and_shows_how_it_fares(
    home: Path, api: Process, shop: Shop
) -> None:
    code = await code_for(api, shop)
    assert comptoir("enrol", code, "--url", api.url).returncode == 0
    store, shown = opened(home, shop), list[DeviceEvent]()
    kept = keeper.Keeper(store.centre, shown.append)
    kept.start()

    def state() -> DeviceState | None:
        last = shown[-1] if shown else None
        return last.state if isinstance(last, StatusChanged) else None

    until(lambda: state() is DeviceState.READY)
    first = _child_of(os.getpid())
    os.kill(first, signal.SIGKILL)
    until(lambda: state() is DeviceState.OFFLINE)
    until(lambda: state() is DeviceState.READY and _child_of(os.getpid()) != first)
    kept.close()
    assert not _children_of(os.getpid())
    store.close()


def _child_of(parent: int) -> int:
    return next(iter(_children_of(parent)), 0)


def _children_of(parent: int) -> list[int]:
    """Return the couriers that are children of a process and alive."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text().rpartition(") ")[2].split()
            command = path.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if int(words[1]) == parent and b"courier" in command and words[0] != "Z":
            found.append(int(path.parent.name))
    return found
