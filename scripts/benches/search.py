"""Looking articles up in a catalogue of 1,000,000: by name as people type it, and by code."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence

from pos.domain.catalogue_words import words
from pos.store.catalogue import StoredCatalogue
from pos.store.engine import open_engine
from scripts.benches.catalogue_data import (
    FLAVOURS,
    KINDS,
    MANNERS,
    SEED,
    SYLLABLES,
    barcode,
    prepared,
)
from scripts.benches.measured import Measured, limit

ARTICLES = 1_000_000
TYPED = 400
SCANS = 5_000
SHOWN = 20
MEDIAN_MS = 5.0
WORST_MS = 100.0
FIND_US = 50.0

NAMES = (
    "search: one word's prefix",
    "search: two prefixes",
    "search: accents missing",
    "search: one or two letters",
    "search: a slip of the hand",
    "search: digits of a code",
    "search: worst of all",
    "find an article by its code",
)


def measure() -> Iterator[Measured]:
    """Yield each kind of look-up; goals are medians, but for the worst of all searches."""
    engine = open_engine(prepared(ARTICLES))
    catalogue = StoredCatalogue(engine)
    chance = random.Random(SEED)
    worst = 0.0
    for name, typed in zip(NAMES, _kinds(chance), strict=False):
        took = _times(lambda text: catalogue.search(text, SHOWN), typed, 1e3)
        worst = max(worst, *took)
        yield limit(name, "ms", took, MEDIAN_MS)
    yield limit(NAMES[-2], "ms", [worst], WORST_MS)
    scans = [f"0{barcode(chance.randint(1, ARTICLES))}" for _ in range(SCANS)]
    yield limit(NAMES[-1], "µs", _times(catalogue.find, scans, 1e6), FIND_US)
    engine.dispose()


def _times(
    ask: Callable[[str], object], typed: Sequence[str], units_a_second: float
) -> list[float]:
    took = []
    for text in typed:
        begun = time.perf_counter()
        ask(text)
        took.append((time.perf_counter() - begun) * units_a_second)
    return took


def _kinds(chance: random.Random) -> list[list[str]]:
    """Return what people type, in the order of NAMES."""
    plain = [word for text in (*KINDS, *MANNERS, *FLAVOURS) for word in words(text)]
    long = [word for word in plain if len(word) > 3]
    accented = [text for text in (*KINDS, *FLAVOURS) if not text.isascii()]

    def begun() -> str:
        word = chance.choice(long)
        return word[: chance.randint(3, len(word))]

    def slipped() -> str:
        word = chance.choice([w for w in long if len(w) > 4])
        place = chance.randrange(1, len(word) - 1)
        return word[:place] + word[place + 1 :]

    def fragment() -> str:
        code = barcode(chance.randint(1, ARTICLES))
        return chance.choice((code[: chance.randint(4, 12)], code[1:7], code[-6:], code[-4:]))

    letters = "abcdefghijklmnopqrstuvwxyz"
    return [
        [begun() for _ in range(TYPED)],
        [f"{begun()} {begun()}" for _ in range(TYPED)],
        [" ".join(words(chance.choice(accented))) for _ in range(TYPED)],
        [*letters, *(s for s in SYLLABLES), *(a + b for a in letters for b in "aeiou")],
        [slipped() for _ in range(TYPED)],
        [fragment() for _ in range(TYPED)],
    ]
