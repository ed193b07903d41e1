"""The habits of the house that a machine can keep."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tidy.tree import HERE, PRODUCT, calls, files, functions, parsed, place

ROOMS = [
    "",
    "pos",
    "pos/domain",
    "pos/journal",
    "pos/fiscal",
    "pos/papers",
    "pos/archive",
    "pos/till",
    "pos/console",
    "pos/main",
    "pos/store",
    "pos/screens",
    "devices",
    "sync",
    "sync/central",
    "config",
    "tests",
    "scripts",
    "docs",
]
LATER = "TO" + "DO"
CLAIMS = re.compile(r"NF\s?525[\s-]+certified|certifi\w*\s+NF\s?525", re.IGNORECASE)
SENTENCE_WORDS_MIN = 4
TEXTS = {".py", ".md", ".toml", ".po", ".txt", ".tcss", ".csv", ".cfg", ""}


def committed() -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        path = HERE / name
        if path.is_file() and path.suffix in TEXTS and path != Path(__file__):
            yield path


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is_for(room: str) -> None:
    readme = HERE / room / "README.md"
    assert readme.is_file()
    assert len(readme.read_text("utf-8").split()) > 30


def test_the_product_never_prints_past_its_front_ends() -> None:
    found = [
        place(path, call)
        for path in files(*PRODUCT)
        for call in calls(path, "print")
        if isinstance(call.func, ast.Name)
    ]
    assert not found


def test_the_name_of_every_test_is_a_sentence() -> None:
    found = [
        f"{place(path, node)} {node.name}"
        for path in files("tests")
        for node in functions(path)
        if node.name.startswith("test_") and len(node.name.split("_")) <= SENTENCE_WORDS_MIN
    ]
    assert not found


def test_every_module_says_what_it_is_for() -> None:
    found = [
        place(path)
        for path in files(*PRODUCT)
        if parsed(path).body and not ast.get_docstring(parsed(path))
    ]
    assert not found


def test_nothing_is_left_for_later_in_the_text() -> None:
    assert not [place(path) for path in committed() if LATER in path.read_text("utf-8", "replace")]


def test_the_product_claims_no_certification() -> None:
    assert not [
        place(path) for path in committed() if CLAIMS.search(path.read_text("utf-8", "replace"))
    ]


def test_a_claim_of_certification_would_be_seen() -> None:
    assert CLAIMS.search("This till is NF525 certified.")
    assert CLAIMS.search("Logiciel certifié NF 525")
    assert not CLAIMS.search("NF525 is a certificate that this program does not hold.")


def test_the_lock_of_developers_holds_every_pin_of_the_shops_lock() -> None:
    pins = re.compile(r"^([\w.-]+==\S+)", re.MULTILINE)
    shop = set(pins.findall((HERE / "requirements.lock").read_text("utf-8")))
    developers = set(pins.findall((HERE / "requirements-dev.lock").read_text("utf-8")))
    assert shop
    assert shop <= developers


def test_a_unit_test_touches_no_disk() -> None:
    found = [
        f"{path}: {word}"
        for path in sorted((HERE / "tests/unit").glob("*.py"))
        for word in ("tmp_path", "open(", "read_text", "read_bytes", "tempfile")
        if word in path.read_text("utf-8")
    ]
    assert not found
