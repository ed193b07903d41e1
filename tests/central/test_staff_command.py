"""`comptoir-central staff` and `till close`, as the office uses them: the real command."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from sync.central import feed, settings
from sync.central.engine import Centre
from tests.central.conftest import Databases
from tests.central.serving import command, make_centre


def office(folder: Path, *asked: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command away from any terminal: a PIN is then read from the standard input."""
    return subprocess.run(
        command(folder, *asked),
        input=typed,
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
        start_new_session=True,
    )


@pytest.fixture(scope="module")
def folder(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre with one store on the suite's server."""
    made = tmp_path_factory.mktemp("centre")
    make_centre(made, asyncio.run(databases.new()))
    assert office(made, "store", "add", "S001", "Au coin").returncode == 0
    return made


def listed(folder: Path) -> list[list[str]]:
    return [line.split() for line in office(folder, "staff", "list", "S001").stdout.splitlines()]


async def test_the_office_adds_changes_and_removes_a_person(folder: Path) -> None:
    def staff(*asked: str, typed: str = "") -> int:
        return office(folder, "staff", *asked, typed=typed).returncode

    async def pin_hash() -> str:
        kept = Centre.of([settings.load(folder).database])
        async with kept.session("S001") as session:
            (fields,) = (await feed.current(session, "S001", "store:S001", "staff")).values()
        await kept.close()
        return str(fields["pin_hash"])

    assert staff("add", "S001", "10", "Inès", typed="4826\n4826\n") == 0
    assert listed(folder) == [["10", "cashier", "Inès"]]
    first = await pin_hash()
    assert staff("role", "S001", "10", "manager") == 0
    assert (listed(folder), await pin_hash()) == ([["10", "manager", "Inès"]], first)
    assert staff("pin", "S001", "10", typed="1357\n1358\n") == 1
    assert await pin_hash() == first
    assert staff("pin", "S001", "10", typed="1357\n1357\n") == 0
    assert await pin_hash() != first
    assert staff("role", "S001", "10", "king") == staff("role", "S001", "11", "clerk") == 1
    assert staff("remove", "S001", "11") == 1
    assert staff("remove", "S001", "10") == 0
    assert listed(folder) == []
    assert staff("add", "S001", "10", "Léo", typed="4826\n4826\n") == 0
    assert listed(folder) == [["10", "cashier", "Léo"]]


def test_a_till_is_closed_once_and_a_new_code_does_not_hide_that(folder: Path) -> None:
    assert office(folder, "enrol-code", "S001-T01").returncode == 0
    assert office(folder, "till", "close", "S001-T01").returncode == 0
    assert "closed" in office(folder, "till", "list").stdout
    again = office(folder, "till", "close", "S001-T01")
    assert (again.returncode, "no till S001-T01 is open" in again.stderr) == (1, True)
