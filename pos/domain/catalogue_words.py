"""The words of an article's name, as a search compares them.

Names and queries are folded by the same function, so a person finds `Œufs frais à la coque` by
`oeuf`, `OEUFS` or `a la coq`.

>>> words("Œufs frais, à la coque (x6)")
['oeufs', 'frais', 'a', 'la', 'coque', 'x6']
>>> is_near("choclat", "chocolat"), is_near("chocoalt", "chocolat"), is_near("lait", "pain")
(True, True, False)
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from unicodedata import normalize

_CACHED = 1 << 15
"""Names repeat their words: few are folded twice."""

_MARKS = re.compile("[\u0300-\u036f]+")
_WORD = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i"})


def fold(text: str) -> str:
    """Return `text` without case, accents or ligatures; other scripts stay as they are."""
    if text.isascii():
        return text.lower()
    bare = _MARKS.sub("", normalize("NFKD", text)).casefold()
    return bare if bare.isascii() else bare.translate(_LIGATURES)


def words(text: str) -> list[str]:
    """Return the folded words of `text` in order: runs of letters and digits, nothing else."""
    return list(chain.from_iterable(map(_words_of, text.split())))


@lru_cache(_CACHED)
def _words_of(piece: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(piece)))


def is_near(typed: str, word: str) -> bool:
    """Tell whether one slip of the hand turns `word` into `typed`.

    A slip is one letter added, left out or replaced, or two neighbours swapped; equal words are
    near too.
    """
    if abs(len(typed) - len(word)) > 1:
        return False
    start = _common_start(typed, word)
    tail, other = typed[start:], word[start:]
    if len(tail) == len(other):
        return tail[1:] == other[1:] or (tail[:2] == other[1::-1] and tail[2:] == other[2:])
    longer, shorter = (tail, other) if len(tail) > len(other) else (other, tail)
    return longer[1:] == shorter


def _common_start(one: str, two: str) -> int:
    for place, (a, b) in enumerate(zip(one, two, strict=False)):
        if a != b:
            return place
    return min(len(one), len(two))
