"""The fiscal perimeter: its files are all there, and a change of them never goes unsaid."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos.fiscal.france.perimeter import MODIFIED, PERIMETER, about, digest, released
from pos.fiscal.france.rules import VERSION
from pos.main import perimeter
from tests.tidy.test_habits import CLAIMS
from tests.tidy.tree import PRODUCT, imports, place


def test_a_version_that_was_released_is_never_changed() -> None:
    known = released(perimeter.RELEASED.read_text("utf-8"))
    assert known.get(VERSION, perimeter.digest_here()) == perimeter.digest_here(), (
        "The fiscal perimeter of a released version changed. Raise VERSION; at its release, write"
        " into released.toml what scripts/fiscal-digest prints."
    )


@pytest.mark.parametrize("pattern", PERIMETER)
def test_every_part_of_the_perimeter_is_in_the_tree(pattern: str) -> None:
    assert list(perimeter.HOME.glob(pattern))


OUTSIDE = {
    "config/__init__.py": "says what the room is",
    "config/places.py": "where files lie; what is read there is checked by its signatures",
    "config/settings.py": "what the shop set; the plug-in refuses what is incomplete, JET 240",
    "config/words.py": "the language of a screen",
    "pos/domain/barcode/__init__.py": "reads codes; the line that results is what is signed",
    "pos/domain/errors.py": "how a rule says no",
    "pos/domain/masking.py": "hides card numbers in texts that people type; no amount rests on it",
    "pos/domain/shop.py": "values that the settings fill",
    "pos/domain/staff.py": "who may do what; each use of a lent permission is signed",
    "pos/domain/withdrawal.py": "a day printed beside the sale",
    "pos/domain/words.py": "sentences before they are put into a language",
    "pos/main/join.py": "joins settings and ports; holds no rule",
    "pos/main/journals.py": "a command that reads and compares",
    "pos/main/people.py": "a command that writes by the journal",
    "pos/main/progress.py": "a count on a terminal",
    "pos/papers/gift.py": "a paper without a price, no proof of anything",
    "pos/papers/label.py": "a label for a bag or a shelf: no document of a sale",
    "pos/papers/page.py": "blocks of paper before any printer",
    "pos/ports/__init__.py": "types of the seams",
    "pos/ports/centre.py": "types of the seams",
    "pos/ports/orders.py": "types of the seams",
    "pos/store/catalogue_tables.py": "articles and prices before they are in a line",
    "pos/store/centre.py": "what the centre said; its epochs open by the journal",
    "pos/store/drafts.py": "baskets that are no sale yet",
    "pos/store/lock.py": "one process a file",
    "pos/store/orders.py": "orders to collect: no document of a sale",
    "pos/store/staff.py": "names and PIN hashes, in no signed record",
    "pos/till/cards.py": "what is asked of the terminal; the tender that results is signed",
    "pos/till/cash.py": "shifts and counts, in no total of sales",
    "pos/till/counter.py": "what the pole display shows",
    "pos/till/drawer.py": "opens a drawer; that it did is signed",
    "pos/till/earlier.py": "finds what was printed; prints nothing",
    "pos/till/offer.py": "from a scan to a line; the line is what is signed",
    "pos/till/pickup/pages.py": "papers of orders, no proof of a sale",
    "pos/till/pickup/paying.py": "order lines into a basket; the lines are what is signed",
    "pos/till/reports.py": "figures looked at, X: they close nothing",
    "pos/till/slips.py": "papers of cash put in and taken out",
    "pos/till/weighing.py": "asks the scale; the line that results is what is signed",
}
"""What files of the perimeter import from outside it, each with why no condition rests on it."""


def imported_from_outside() -> set[str]:
    """Return the files of ours that files of the perimeter import and that are not in it."""
    inside = perimeter.files().keys()
    found = {path for name in inside for path in files_imported(perimeter.HOME / name)}
    return found - inside


def files_imported(path: Path) -> Iterator[str]:
    """Yield the file of each module of ours that a file imports; not those that are empty."""
    for name, node in imports(path):
        names = {name}
        if isinstance(node, ast.ImportFrom):
            names |= {f"{name}.{alias.name}" for alias in node.names}
        for each in names if name.split(".")[0] in PRODUCT else ():
            module = perimeter.HOME.joinpath(*each.split("."))
            for file in (module.with_suffix(".py"), module / "__init__.py"):
                if file.is_file() and file.stat().st_size:
                    yield place(file)


def test_what_the_perimeter_imports_is_inside_it_or_explained() -> None:
    assert sorted(imported_from_outside() - OUTSIDE.keys()) == []


def test_no_explanation_outlives_its_import() -> None:
    assert sorted(OUTSIDE.keys() - imported_from_outside()) == []


CHANGES = [
    {"pos/a.py": b"a", "pos/b.py": b"c"},
    {"pos/a.py": b"a"},
    {"pos/a.py": b"a", "pos/b.py": b"b", "pos/c.py": b""},
    {"pos/b.py": b"a", "pos/a.py": b"b"},
]


@pytest.mark.parametrize("changed", CHANGES)
def test_any_change_of_a_file_or_its_name_changes_the_digest(changed: dict[str, bytes]) -> None:
    assert digest(changed) != digest({"pos/a.py": b"a", "pos/b.py": b"b"})


RELEASED = "a released version."
ABOUT = [
    ("1a2b", {"2.0": "1a2b"}, RELEASED),
    ("1a2c", {"2.0": "1a2b"}, MODIFIED),
    ("1a2b", {"1.0": "1a2b"}, MODIFIED),
    ("", {"2.0": ""}, MODIFIED),
]


@pytest.mark.parametrize(("found", "known", "said"), ABOUT)
def test_a_modified_copy_says_that_nobody_attests_it(
    found: str, known: dict[str, str], said: str
) -> None:
    lines = [str(sentence) for sentence in about("2.0", found, known)]
    assert lines[-1].endswith(said)
    assert not any(CLAIMS.search(line) for line in lines)


def test_a_list_of_releases_that_is_no_table_of_texts_is_refused() -> None:
    with pytest.raises(ValueError, match=r"released\.toml"):
        released('"2.0" = 5')


def test_the_till_tells_which_version_it_runs_and_its_digest() -> None:
    version, found, _ = perimeter.about_fiscal()
    assert version.values == {"version": VERSION}
    assert found.values == {"digest": perimeter.digest_here()}
