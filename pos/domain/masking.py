"""Card numbers are masked wherever a text is kept or shown: PCI DSS, requirement 3.

A card number is 13 to 19 digits whose last one is Luhn's check digit (ISO/IEC 7812-1), in groups
or not: one and the same character may stand between them, or blanks, dots, strokes, dashes and
line ends in any mixture where the first digits are a bank card's. Only its last four digits are
left, and nothing of the track behind it.

Track 1 behind a number is masked with the holder's name, as far as its `?` or the line's end.

In a longer run of digits a number is looked for that begins and is as long as those that banks hand
out now (thirteen digits are not handed out any more): a tag may be glued to it, or another number.

One other number in ten of 13 to 19 digits passes for one, and each SIRET does. In a run of 17
digits one in ten of the others loses digits too, of 20 three, of 24 five, of 32 seven or eight. So
this is for logs, for what machines tell and for reasons that people type: never for articles or
for tickets.

>>> masked("card 4970 1012 3456 7893, ticket 12"), masked("EAN 3017620422003")
('card #### #### #### 7893, ticket 12', 'EAN 3017620422003')
>>> masked("4970.1012\\n 3456/7893"), masked("4970101234567893=2512201")
('####.####\\n ####/7893', '############7893=#######')
>>> masked("AA0164970101234567893"), masked("%B4970101234567893^DUPONT/J^2512201?")
('AA016############7893', '%B############7893^################?')
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

DIGITS_LEAST, DIGITS_MOST = 13, 19
KEPT = 4
"""How many digits at its end a masked number still shows."""

_DIGIT = re.compile(r"\d")
_ESCAPE = r"\\(?:[abfnrtv]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})"
"""A character as JSON and Python write it out in a log."""
_BETWEEN = rf"(?:{_ESCAPE}|[^\w#*]|_){{1,8}}"
_RUN = re.compile(rf"\d+(?:{_BETWEEN}\d+)*")
_GROUP = re.compile(rf"(\d+)({_BETWEEN})?")
_QUIET = re.compile(
    rf"(?:{_ESCAPE}|[\s./\\_·-]|[\x00-\x1f\x7f-\x9f\xad\u200b-\u2015\u2060\u2212\ufeff])+"
)
"""What may stand between the groups of a number in any mixture; a colon stands in times."""
_BANK = re.compile(r"[3-6]|2[2-7]")
"""How the numbers of bank cards begin."""
_TRACK = re.compile(rf"(?<!\d)(\d{{{DIGITS_LEAST},{DIGITS_MOST}}})([=DFdf^])(\d+)")
"""A number with the rest of its track: expiry, service code, and what the bank keeps there."""
_REST = re.compile(r"(?:(?<=####)|(?<=###\W))(\d{4})([=DFdf]\d+|\^[^?\r\n]+)")
"""The same behind a masked number; on track 1 the holder's name comes first."""
_GLUED = re.compile(rf"\d{{{DIGITS_LEAST + 1},}}")
_ISSUED: dict[str, tuple[int, ...]] = {
    str(start): lengths
    for starts, lengths in (
        ((30, 36, 38, 39), (14,)),
        ((34, 37), (15,)),
        ((*range(22, 28), 35, *range(51, 56)), (16,)),
        (range(40, 50), (16, 19)),
        ((50, *range(56, 70)), (16, 17, 18, 19)),
    )
    for start in starts
}
"""How the numbers of cards begin that are handed out now, and how long they are."""
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_MASKED = re.compile(rf"[#*Xx]{{{KEPT}}}$")


def is_card_number(digits: str) -> bool:
    """Tell whether some digits could be a card's: their length, and Luhn's check digit.

    >>> is_card_number("4970101234567893"), is_card_number("4970101234567890")
    (True, False)
    """
    if not DIGITS_LEAST <= len(digits) <= DIGITS_MOST:
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def masked(text: str) -> str:
    """Return a text with every card number in it masked; the rest, and its length, stay."""
    while (once := _mask_once(text)) != text:
        text = once  # what is left of a number may be the beginning of another
    return text


def _mask_once(text: str) -> str:
    text = _REST.sub(_mask_rest, _TRACK.sub(_mask_track, text))
    return _GLUED.sub(_mask_glued, _RUN.sub(_mask_run, text))


def masked_card(text: str) -> str:
    """Return what a terminal tells of a card, masked whatever its check digit: its last four.

    >>> masked_card("497010######7890"), masked_card("4970101234567891=2512"), masked_card("CB")
    ('############7890', '############7891', '')
    """
    found = re.search(r"[0-9#*xX. -]{12,}", text)
    bare = re.sub(r"[ .-]", "", found[0]) if found else ""
    return "#" * (len(bare) - KEPT) + bare[-KEPT:] if _DIGIT.search(bare) else ""


def _mask_track(found: re.Match[str]) -> str:
    """Mask what follows a card number on its track; the number itself is masked after that."""
    number, between, rest = found.groups()
    return f"{number}{between}{'#' * len(rest)}" if is_card_number(number) else found[0]


def _mask_rest(found: re.Match[str]) -> str:
    return found[1] + found[2][0] + "#" * (len(found[2]) - 1)


def _mask_glued(found: re.Match[str]) -> str:
    """Mask the card numbers inside a long run of digits; each shows its last four at most."""
    digits, masked_to = list(found[0]), 0
    for start, end in _cards_within(found[0]):
        start = max(start, masked_to)
        masked_to = max(masked_to, end - KEPT)
        digits[start:masked_to] = "#" * (masked_to - start)
    return "".join(digits)


def _cards_within(digits: str) -> Iterator[tuple[int, int]]:
    """Yield from where to where card numbers that somebody issues stand, in order."""
    sums = _luhn_sums(digits)
    for start in range(len(digits) - DIGITS_LEAST):
        for length in _ISSUED.get(digits[start : start + 2], ()):
            end = start + length
            if end <= len(digits) and _is_luhn(sums, start, end):
                yield start, end


def _luhn_sums(digits: str) -> tuple[list[int], list[int]]:
    """Return the running sums of some digits: every even place doubled, and every odd one."""
    plain = [int(digit) for digit in digits]
    doubled = [_DOUBLED[digit] for digit in plain]
    even, odd = list(plain), list(plain)
    even[::2], odd[1::2] = doubled[::2], doubled[1::2]
    return list(accumulate(even, initial=0)), list(accumulate(odd, initial=0))


def _is_luhn(sums: tuple[list[int], list[int]], start: int, end: int) -> bool:
    """Tell whether the last of a stretch of digits is Luhn's: its end says which are doubled."""
    running = sums[end % 2]
    return (running[end] - running[start]) % 10 == 0


def _mask_run(found: re.Match[str]) -> str:
    """Mask the card numbers that groups of digits make up; those that overlap are masked as one.

    What an earlier mask left at the beginning is no new number.
    """
    run, groups = found[0], list(_GROUP.finditer(found[0]))
    before = found.string[max(0, found.start() - KEPT) : found.start()]
    is_left = len(groups[0][1]) <= KEPT and _MASKED.fullmatch(before) is not None
    places = list(accumulate((len(group[1]) for group in groups), initial=0))
    sums = _luhn_sums("".join(group[1] for group in groups))
    first = last = 0
    for at in range(int(is_left), len(groups)):
        end = _end_of_card(groups, at, places, sums)
        if end == at:
            continue
        if at >= last:
            run, first = _mask(run, groups, first, last), at
        last = max(last, end)
    return _mask(run, groups, first, last)


def _end_of_card(
    groups: list[re.Match[str]], at: int, places: list[int], sums: tuple[list[int], list[int]]
) -> int:
    """Return after which group the longest card number ends that begins with one, else `at`.

    `places` tells how many digits stand before each group.
    """
    end_of_card, start = at, places[at]
    for end in range(at + 1, len(places)):
        length = places[end] - start
        if length > DIGITS_MOST:
            break
        is_card = length >= DIGITS_LEAST and _is_luhn(sums, start, places[end])
        if is_card and _is_written_so(groups[at:end]):
            end_of_card = end
    return end_of_card


def _is_written_so(number: list[re.Match[str]]) -> bool:
    """Tell whether people or machines write a card number with this between its groups."""
    between = {group[2] for group in number[:-1]}
    if not between or (len(between) == 1 and len(next(iter(between))) == 1):
        return True
    starts = "".join(group[1] for group in number[:2])
    return bool(_BANK.match(starts)) and all(_QUIET.fullmatch(one) for one in between)


def _mask(run: str, groups: list[re.Match[str]], first: int, last: int) -> str:
    """Mask the digits of some groups but for the last four."""
    if first == last:
        return run
    start, end = groups[first].start(), groups[last - 1].end(1)
    number = run[start:end]
    left = sum(character.isdecimal() for character in number) - KEPT
    return run[:start] + _DIGIT.sub("#", number, count=left) + run[end:]
