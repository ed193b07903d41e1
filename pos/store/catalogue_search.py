"""Finding articles by the words of their names or by pieces of their codes, in bounded time.

Every question reads a bounded number of rows in an order the index already has: nothing is ranked
(`abc* ORDER BY rank` over a million articles takes 70 ms, a bounded prefix takes none). Exact
words come first, then names that start with the first word, then the rest; shorter names first
in each, thanks to `rank_rowid`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from pos.domain.catalogue_words import is_near, words
from pos.store.catalogue_tables import TAIL_DIGITS, article_of

WORDS_MAX = 8
WORD_MAX = 40
LETTERS_MAX = 2
"""More words, or more of a word, than this are not looked at."""

FRAGMENT_MIN = 4
"""The fewest digits that are looked for inside codes."""

_INDEXED_PREFIX = 3
"""The longest prefix that the full-text index answers lazily; longer ones become words."""

_EXPANDED_MAX = 64
_NEAR_MAX = 16
_NEAR_SCANNED = 3_000
_FUZZY_MIN = 3
_FUZZY_PREFIX_MIN = 5
_KEY_MIN = 3
_LAST = "\U0010ffff"
_PADDINGS = ("", "0", "00", "000000")
"""What stands before the digits of a GTIN-14, -13, -12 and -8 among 14."""

_BY_WORDS = "SELECT rowid FROM article_fts WHERE article_fts MATCH ? ORDER BY rowid LIMIT ?"
_WORDS_FROM = "SELECT word FROM article_word WHERE word >= ? AND word < ? LIMIT ?"
_NEAR_FRONT = (
    "SELECT word FROM article_word WHERE word >= ? AND word < ? AND length(word) >= ? LIMIT ?"
)
_NEAR_BACK = (
    "SELECT word FROM article_word WHERE backwards >= ? AND backwards < ?"
    " AND length(word) BETWEEN ? AND ? LIMIT ?"
)
_KEYS_FROM = "SELECT article FROM article_code WHERE key >= ? AND key < ? LIMIT ?"
_KEYS_ENDING = (
    f"SELECT article FROM article_code WHERE substr(key, {-TAIL_DIGITS}) = ?"
    " AND substr(key, ?) = ? LIMIT ?"
)


def find_articles(raw: Any, text: str, limit: int) -> list[int]:
    """Return at most `limit` article ids that fit what a person typed, best first.

    `raw` is an SQLite connection. Any text is harmless: only its letters and digits are used.
    """
    piece = "".join(text.split())
    by_code = len(piece) >= _KEY_MIN and any(char.isdigit() for char in piece)
    found: dict[int, None] = {}
    ways = (_by_key, _by_name) if by_code else (_by_name, _by_key)
    for way in ways:
        if len(found) < limit:
            found.update(dict.fromkeys(way(raw, text, limit)))
    if not found:
        found.update(dict.fromkeys(_by_slip(raw, text, limit)))
    return list(islice(found, limit))


def _typed_words(text: str) -> list[str]:
    """Return the words to look for; single letters, which nearly every name has, only twice."""
    typed = words(text)
    letters = [place for place, word in enumerate(typed) if len(word) == 1]
    for place in reversed(letters[LETTERS_MAX:]):
        del typed[place]
    return [word[:WORD_MAX] for word in typed[:WORDS_MAX]]


def _by_name(raw: Any, text: str, limit: int) -> dict[int, None]:
    typed = _typed_words(text)
    found: dict[int, None] = {}
    for query in _queries(raw, typed) if typed else ():
        if len(found) < limit:
            found.update(_matching(raw, query, limit))
    return found


def _matching(raw: Any, query: str, limit: int) -> dict[int, None]:
    return {article_of(rowid): None for (rowid,) in raw.execute(_BY_WORDS, (query, limit))}


def _queries(raw: Any, typed: list[str]) -> Iterator[str]:
    """Yield the full-text questions for some words, the most exact first."""
    exact = [f'"{word}"' for word in typed]
    yield _all_of([f'"^{typed[0]}"', *exact[1:]])
    yield _all_of(exact)
    begun = [_begun(raw, word) for word in typed]
    yield _all_of([_begun(raw, typed[0], "^"), *begun[1:]])
    yield _all_of(begun)


def _all_of(parts: list[str]) -> str:
    return " AND ".join(parts)


def _begun(raw: Any, word: str, mark: str = "") -> str:
    """Return the question "a word that begins so"; FTS5 would gather a long prefix eagerly."""
    if len(word) + len(mark) > _INDEXED_PREFIX:
        whole = [w for (w,) in raw.execute(_WORDS_FROM, (word, word + _LAST, _EXPANDED_MAX + 1))]
        if 0 < len(whole) <= _EXPANDED_MAX:
            return _one_of(f'"{mark}{w}"' for w in whole)
    return f'"{mark}{word}"*'


def _one_of(parts: Iterator[str]) -> str:
    return f"({' OR '.join(parts)})"


def _by_slip(raw: Any, text: str, limit: int) -> dict[int, None]:
    """Answer again with every word that one slip of the hand may have turned into the typed one."""
    typed = _typed_words(text)
    options = [[word, *_near(raw, word)] for word in typed]
    if not any(len(words_) > 1 for words_ in options):
        return {}
    return _matching(
        raw, _all_of([_one_of(_begun(raw, w) for w in words_) for words_ in options]), limit
    )


def _near(raw: Any, typed: str) -> list[str]:
    """Return known words one slip away from `typed`, or from a beginning of them.

    A slip spares the front half of a word or what follows its middle letter, so two short ranges
    hold every candidate.
    """
    length = len(typed)
    if length < _FUZZY_MIN or typed.isdigit():
        return []
    front, back = typed[: length // 2], typed[length // 2 + 1 :][::-1]
    candidates = {
        word
        for sql, values in (
            (_NEAR_FRONT, (front, front + _LAST, length - 1)),
            (_NEAR_BACK, (back, back + _LAST, length - 1, length + 1)),
        )
        for (word,) in raw.execute(sql, (*values, _NEAR_SCANNED))
    }
    near = (word for word in candidates if word != typed and _is_near_start(typed, word))
    return sorted(near, key=lambda word: (abs(len(word) - length), word))[:_NEAR_MAX]


def _is_near_start(typed: str, word: str) -> bool:
    if is_near(typed, word):
        return True
    length = len(typed)
    if length < _FUZZY_PREFIX_MIN or len(word) <= length:
        return False
    return any(is_near(typed, word[:end]) for end in (length, length - 1, length + 1))


def _by_key(raw: Any, text: str, limit: int) -> list[int]:
    """Answer by what a code or a reference begins with, or a code's end or left printed group.

    The digits of an EAN-13 are printed as one, six and six.
    """
    typed = "".join(text.split())[:WORD_MAX]
    if len(typed) < _KEY_MIN or "\0" in typed or not typed.isprintable():
        return []
    if not (typed.isascii() and typed.isdigit()):
        starts = dict.fromkeys((text.strip()[:WORD_MAX], typed, typed.upper(), typed.lower()))
        return _some(raw, limit, ((_KEYS_FROM, (s, s + _LAST)) for s in starts))
    if len(typed) < FRAGMENT_MIN:
        return []
    starts = dict.fromkeys(zeros + typed for zeros in _PADDINGS)
    ending = (_KEYS_ENDING, (typed[-TAIL_DIGITS:], -len(typed), typed))
    later = (f"0{digit}{typed}" for digit in "0123456789")
    questions = [(_KEYS_FROM, (start, start + _LAST)) for start in (*starts, *later)]
    return _some(raw, limit, [*questions[: len(starts)], ending, *questions[len(starts) :]])


def _some(raw: Any, limit: int, questions: Iterable[tuple[str, tuple[Any, ...]]]) -> list[int]:
    found: list[int] = []
    for sql, values in questions:
        if len(found) < limit:
            found += [article for (article,) in raw.execute(sql, (*values, limit))]
    return found
