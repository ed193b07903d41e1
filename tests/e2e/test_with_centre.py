"""The demonstration with a centre, played once as `scripts/demo` plays it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONG_S = 400.0
"""The longest that the whole play may take on a very busy machine."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose name leaves room for that of PostgreSQL's socket."""
    with tempfile.TemporaryDirectory(prefix="played-") as name:
        yield Path(name)


def _environ(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**kept, "HOME": str(folder), "TMPDIR": str(folder), "PYTHONUTF8": "1"}


def _start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "pos.main", "demo", "--with-centre", "--auto", "--language", "en"],
        cwd=ROOT,
        env=_environ(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _left_running(folder: Path) -> list[str]:
    """Return the command lines of the processes that name the folder, in words or environment."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal() or int(process.name) == os.getpid():
            continue
        try:
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue  # it ended meanwhile, or is somebody else's
        if os.fsencode(folder) in told:
            found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


def test_a_sale_made_offline_reaches_the_centre_and_the_other_till(folder: Path) -> None:
    demo = _start(folder)
    try:
        said, _ = demo.communicate(timeout=LONG_S)
    finally:
        demo.kill()
        demo.wait()
    assert demo.returncode == 0, said
    steps = (
        "S001-T01 has it from the centre: stock of BOU-01 23",
        "The cable is pulled",
        "The cable is back",
        "nothing is unsent",
        "S001-T01 has it from the centre: stock of BOU-01 22",
        "S001-T02 has it from the centre: stock of BOU-01 22",
    )
    places = [said.find(step) for step in steps]
    assert -1 not in places, said
    assert _left_running(folder) == []
    assert list(folder.glob("comptoir-demo-*")) == []


@pytest.mark.parametrize(
    ("asked", "code", "why"),
    [
        (("--kiosk",), 2, "--with-centre"),
        (("--with-centre", "--tablet"), 2, "--till T02"),
        (("--with-centre", "--till", "T01", "--tablet"), 2, "--till T02"),
        (("--with-centre", "--kiosk"), 2, "--tablet"),
        (("--with-centre", "--kiosk", "--tablet"), 1, "scripts/demo --with-centre"),
    ],
)
def test_a_kiosk_or_a_tablet_stands_beside_a_demonstration_that_runs(
    folder: Path, asked: tuple[str, ...], code: int, why: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pos.main", "demo", *asked],
        cwd=ROOT,
        env=_environ(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, why in done.stderr) == (code, True), done.stderr
