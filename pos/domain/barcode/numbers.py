"""Numbers of articles and their check digits (GS1 General Specifications, section 7.9.1).

>>> gtin("96385074")
'00000096385074'
>>> is_gtin("96385075")
False
"""

from __future__ import annotations

from pos.domain.errors import Refusal

LENGTHS = frozenset((8, 12, 13, 14))
_NOTHING = "0" * 14
_SHOWN_MAX = 40


def shown(code: str) -> str:
    """Return a code as a sentence may show it: short, on one line, control characters visible.

    >>> shown("A" * 60)
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA…'
    >>> shown("10AB" + chr(29) + "21X")
    '10AB␝21X'
    """
    cut = code if len(code) <= _SHOWN_MAX else code[: _SHOWN_MAX - 1] + "…"
    return "".join(map(_visible, cut))


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    return chr(0x2400 + ord(char)) if ord(char) < 32 else "�"


def is_number(text: str) -> bool:
    """Whether a text has only the digits 0 to 9 (other scripts' digits are text), at least one."""
    return text.isascii() and text.isdigit()


def has_right_check_digit(padded: str) -> bool:
    """Whether 14 digits end in the check digit that the 13 before them ask for."""
    digits = padded.encode()
    # A byte is 48 plus its digit: 7 × 48 × 3 + 7 × 48 leaves 4 when divided by 10.
    return (3 * sum(digits[::2]) + sum(digits[1::2])) % 10 == 4


def is_gtin(text: str) -> bool:
    """Whether a text is a GTIN-8, -12, -13 or -14 with a right check digit, and not all zeros."""
    if len(text) not in LENGTHS or not is_number(text):
        return False
    padded = text.zfill(14)
    return has_right_check_digit(padded) and padded != _NOTHING


def gtin(text: str) -> str:
    """Return the 14 digits under which an article is kept, zeros in front.

    Takes 8, 12, 13 or 14 digits exactly. Raises Refusal: `not_a_number`, `wrong_length`,
    `wrong_check_digit` or `zero_code`. A missing zero is never added: of the codes of 11 digits
    that people type, three quarters would become another wrong number.
    """
    if len(text) in LENGTHS and text.isascii() and text.isdigit():
        padded = text.zfill(14)
        if has_right_check_digit(padded) and padded != _NOTHING:
            return padded
    raise gtin_refusal(text)


def gtin_refusal(text: str) -> Refusal:
    """Return the reason why a text is no GTIN."""
    if not text:
        return empty()
    if not is_number(text):
        return Refusal(
            "not_a_number",
            "The code {code} is not made of digits only. Scan it again, or correct it.",
            code=shown(text),
        )
    if not text.strip("0"):
        return Refusal(
            "zero_code",
            "The code {code} is all zeros: it names no article. Look the article up by name.",
            code=shown(text),
        )
    if len(text) not in LENGTHS:
        return Refusal(
            "wrong_length",
            "The code {code} has {count} digits; an article has 8, 12, 13 or 14. Scan it again.",
            code=shown(text),
            count=len(text),
        )
    return Refusal(
        "wrong_check_digit",
        "The code {code} has a wrong check digit. Scan it again.",
        code=shown(text),
    )


def empty() -> Refusal:
    """Return the refusal of a scan that holds nothing."""
    return Refusal("empty", "The scan is empty. Scan the article again.")


def upc_a(upc_e: str) -> str:
    """Return the 12 digits that the 8 of a UPC-E stand for, zeros put back.

    The number system is 0 or 1; the check digit is the UPC-A's and is not checked here.
    Raises Refusal `wrong_check_digit` for any other number system.

    >>> upc_a("04252614")
    '042100005264'
    """
    system, body, check = upc_e[0], upc_e[1:7], upc_e[7]
    if system not in "01":
        raise gtin_refusal(upc_e)
    last = int(body[5])
    if last <= 2:
        middle = f"{body[:2]}{last}0000{body[2:5]}"
    elif last == 3:
        middle = f"{body[:3]}00000{body[3:5]}"
    elif last == 4:
        middle = f"{body[:4]}00000{body[4]}"
    else:
        middle = f"{body[:5]}0000{last}"
    return system + middle + check
