"""Undoing what a French keyboard layout does to a scanner that types as an American keyboard.

On AZERTY the keys of the digits give `à&é"'(-è_ç`, A and Q, Z and W change places, M gives `?`.
Digits and capital letters stay one to one, so that the scan can be read back; web pages cannot.

>>> repair_azerty('"çàà(&&"àà&"à')
'3900511300130'
>>> repair_azerty("3400949497706") is None
True
"""

from __future__ import annotations

DIGITS = "à&é\"'(-è_ç"
_PASS_MARK = "p&"
_TO_DIGIT = {ord(image): str(digit) for digit, image in enumerate(DIGITS)}
_TO_LETTER = {ord(image): key for image, key in zip("aqzwAQZW?,", "qawzQAWZMM", strict=True)} | {
    ord(letter): letter for letter in "bcdefghijklnoprstuvxyBCDEFGHIJKLNOPRSTUVXY"
}
_DIGIT_IMAGES = frozenset(DIGITS)
_PASS_IMAGES = frozenset(map(chr, _TO_DIGIT)) | frozenset(map(chr, _TO_LETTER))


def repair_azerty(text: str) -> str | None:
    """Return what the scanner meant, or None when the text is no image of digits or of a pass.

    Three shapes are known: digits alone; a pickup pass, whose `P1` became `P&`; and either of
    them behind an AIM identifier, whose `]` became `$`. A locked capital key changes nothing.
    """
    if text[:1] == "$" and len(text) > 3 and text[1].isascii() and text[1].isalpha():
        aim, body = _aim(text), _body(text[3:])
        return aim + body if aim and body else None
    return _body(text)


def _aim(text: str) -> str | None:
    modifier = _TO_DIGIT.get(ord(text[2]))
    return "]" + text[1].translate(_TO_LETTER) + modifier if modifier else None


def _body(text: str) -> str | None:
    low = text.lower()
    if low and _DIGIT_IMAGES.issuperset(low):
        return low.translate(_TO_DIGIT)
    if low.startswith(_PASS_MARK) and _PASS_IMAGES.issuperset(low):
        return low.translate(_TO_DIGIT | _TO_LETTER).upper()
    return None
