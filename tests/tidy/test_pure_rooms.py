"""The pure rooms touch nothing outside themselves, and each module shows that it works."""

from __future__ import annotations

import ast
import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.tree import HERE, PRODUCT, PURE, calls, files, imports, parsed, place

THIRD_PARTY = {
    "pos/domain": {"stdnum", "pydantic"},
    "pos/journal": {"pydantic", "cryptography"},
    "pos/fiscal": {"pydantic", "cryptography", "stdnum"},
    "pos/papers": {"pydantic", "cryptography"},
    "pos/archive": {"cryptography"},
    "pos/till": {"pydantic"},
    "pos/store": {"sqlmodel", "sqlalchemy", "pysqlite3", "pydantic", "cryptography"},
}
"""Whose libraries a room may import, beside the standard library and the project itself."""

ACTING = {"now", "today", "utcnow", "open", "getenv", "monotonic", "urandom", "token_bytes"}
"""Calls that ask the clock, chance or the machine."""


def outside(name: str) -> bool:
    top = name.split(".")[0]
    return top not in sys.stdlib_module_names and top not in PRODUCT


@pytest.mark.parametrize("room", THIRD_PARTY)
def test_a_room_imports_only_the_libraries_that_its_place_allows(room: str) -> None:
    found = [
        f"{place(path, node)} imports {name}"
        for path in files(room)
        for name, node in imports(path)
        if outside(name) and name.split(".")[0] not in THIRD_PARTY[room]
    ]
    assert not found


def test_no_binary_fraction_ever_enters_a_pure_room() -> None:
    found = [
        place(path, node)
        for path in files(*PURE)
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    assert not found


def test_a_pure_room_never_asks_the_clock_chance_or_the_machine() -> None:
    found = [place(path, call) for path in files(*PURE) for call in calls(path, *ACTING)]
    assert not found


MODULES = [
    path
    for path in files(*PURE)
    if any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in parsed(path).body)
]


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_a_module_of_a_pure_room_has_an_example_that_runs(path: Path) -> None:
    name = ".".join(path.relative_to(HERE).with_suffix("").parts).removesuffix(".__init__")
    ran = doctest.testmod(importlib.import_module(name))
    assert ran.attempted > 0
    assert ran.failed == 0


@pytest.mark.parametrize("room", ["pos.till", "pos.domain", "pos.papers", "pos.journal"])
def test_the_till_opens_with_neither_a_screen_nor_a_database(room: str) -> None:
    code = (
        "import importlib, pkgutil, sys\n"
        f"room = importlib.import_module('{room}')\n"
        "for found in pkgutil.walk_packages(room.__path__, room.__name__ + '.'):\n"
        "    importlib.import_module(found.name)\n"
        "heavy = {'textual', 'sqlmodel', 'sqlalchemy', 'serial', 'config'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=HERE, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
