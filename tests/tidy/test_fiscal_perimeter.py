"""The fiscal perimeter: its files are all there, and a change of them never goes unsaid."""

from __future__ import annotations

import pytest

from pos.fiscal.france.perimeter import MODIFIED, PERIMETER, about, digest, released
from pos.fiscal.france.rules import VERSION
from pos.main import perimeter
from tests.tidy.test_habits import CLAIMS


def test_a_version_that_was_released_is_never_changed() -> None:
    known = released(perimeter.RELEASED.read_text("utf-8"))
    assert known.get(VERSION, perimeter.digest_here()) == perimeter.digest_here(), (
        "The fiscal perimeter of a released version changed. Raise VERSION; at its release, write"
        " into released.toml what scripts/fiscal-digest prints."
    )


@pytest.mark.parametrize("pattern", PERIMETER)
def test_every_part_of_the_perimeter_is_in_the_tree(pattern: str) -> None:
    assert list(perimeter.HOME.glob(pattern))


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
