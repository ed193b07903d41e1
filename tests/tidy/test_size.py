"""A function fits a screen, a module fits one idea; what is over today may only shrink."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.tidy.tree import HERE, PRODUCT, files, functions, place

FUNCTION_MAX = 70
MODULE_MAX = 400
EXCEPTIONS = Path(__file__).with_name("too_long.txt")


def over() -> Iterator[tuple[str, int]]:
    for path in files(*PRODUCT, "tests", "scripts"):
        lines = len(path.read_text("utf-8").splitlines())
        if lines > MODULE_MAX:
            yield place(path), lines
        for node in functions(path):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_MAX:
                yield f"{place(path)}::{node.name}", length


def excused() -> dict[str, int]:
    lines = (line for line in EXCEPTIONS.read_text("utf-8").splitlines() if line[:1] not in "#")
    return {name: int(count) for name, count in (line.rsplit(" ", 1) for line in lines if line)}


def test_a_function_fits_a_screen_and_a_module_fits_one_idea() -> None:
    allowed = excused()
    grown = [f"{name}: {lines}" for name, lines in over() if lines > allowed.get(name, 0)]
    assert not grown


def test_the_list_of_what_is_too_long_only_shrinks() -> None:
    found = dict(over())
    assert {name: found.get(name, 0) for name in excused()} == excused()


def test_no_two_test_modules_share_a_name() -> None:
    names = [path.name for path in files("tests") if path.name.startswith("test_")]
    assert sorted(names) == sorted(set(names))


def test_the_tree_is_found_at_all() -> None:
    assert HERE / "pos" / "domain" / "money.py" in files("pos")
