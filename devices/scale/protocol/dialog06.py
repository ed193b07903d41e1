"""Dialog 06, the "checkout dialogue" (Mettler, Bizerba, Dibal, Cely): often 9600 baud, 7O1.

The till sends the price and the tare, the scale the weight, once, and again only after something
moved on it. At times it asks the till for a check word, made with a secret that its maker gives to
whoever was approved with it; without the right one it gives no weight. No secret is shipped.

Sources: the Diva's manual pp. 60-61, Cely PI100 p. 14, Dibal DPOS400 p. 52. Unverified on a scale:
the form of Z, and whether the remainder is taken before or after the rotation.
"""

from __future__ import annotations

from collections.abc import Callable

from devices.scale.protocol.common import FRAME_MAX, Item, Kind, Reading, Reply

_STX, _ETX, _ACK, _NAK = 0x02, 0x03, 0x06, 0x15
_EOT = b"\x04"
ASK_RESULT = b"\x04\x05"
ASK_STATE = b"\x04\x0208\x03"
TEXT_MOST = 13
_STATES = {
    b"00": Kind.UNCHANGED,
    b"20": Kind.MOVING,
    b"21": Kind.NOT_EMPTIED,
    b"22": Kind.MOVING,
    b"30": Kind.EMPTY,
    b"31": Kind.BELOW_ZERO,
    b"32": Kind.OVERLOAD,
}
_KG = b"3"


class Dialog06:
    """The till's side of Dialog 06; `secret` is the maker's 16-bit polynomial, None for none."""

    live = False
    zero = b""

    def __init__(self, secret: int | None, chance: Callable[[], int]) -> None:
        self._secret = secret
        self._chance = chance
        self._frame: bytearray | None = None
        self._item: Item | None = None
        self._looks = False

    def ask(self, item: Item) -> bytes:
        """Send the price and the tare; while the same article moves, only ask again."""
        self._frame = None
        self._looks = False
        if self._item == item:
            return ASK_RESULT
        self._item = item
        return price_record(item)

    def look(self) -> bytes:
        """Ask how the scale is."""
        self._frame = self._item = None
        self._looks = True
        return ASK_STATE

    def receive(self, data: bytes) -> list[Reply | Reading]:
        """Take bytes: ACK, NAK, or a record between STX and ETX."""
        said: list[Reply | Reading] = []
        for byte in data:
            said += self._take(byte)
        return said

    def _take(self, byte: int) -> list[Reply | Reading]:
        if byte == _STX:
            self._frame = bytearray()
        elif self._frame is not None and byte == _ETX:
            frame, self._frame = bytes(self._frame), None
            return [Reply(_EOT), *self._record(frame)]
        elif self._frame is not None and len(self._frame) < FRAME_MAX:
            self._frame.append(byte)
        elif byte == _ACK and not self._looks:
            return [Reply(ASK_RESULT)]
        elif byte == _NAK:
            return [Reading(Kind.DAMAGED)] if self._looks else [Reply(ASK_STATE)]
        return []

    def _record(self, frame: bytes) -> list[Reply | Reading]:
        number, _, rest = frame.partition(b"\x1b")
        if number == b"02" and not self._looks and self._item is not None:
            return [self._result(rest)]
        if number == b"09":
            return [self._state(rest)]
        if number == b"11":
            return self._check(rest)
        return [Reading(Kind.DAMAGED)]

    def _result(self, rest: bytes) -> Reading:
        """Return the weight; one of another price than that sent is not ours."""
        item, self._item = self._item, None
        fields = rest.split(b"\x1b")
        is_whole = len(fields) == 4 and all(one.isdigit() for one in fields)
        if not is_whole or fields[0] != _KG or len(fields[1]) != 5 or item is None:
            return Reading(Kind.DAMAGED)
        if int(fields[2]) != item.price:
            return Reading(Kind.DAMAGED)
        return Reading(Kind.STABLE, int(fields[1]), is_net=item.tare > 0)

    def _state(self, rest: bytes) -> Reading:
        kind = _STATES.get(rest)
        if kind is not Kind.MOVING:
            self._item = None
        if kind is not None:
            return Reading(kind)
        return Reading(Kind.REFUSED if len(rest) == 2 and rest.isdigit() else Kind.DAMAGED)

    def _check(self, rest: bytes) -> list[Reply | Reading]:
        """Answer what the scale asks of the maker's secret; the price is sent again after it."""
        self._item = None
        asked, z = rest[:1], _number(rest[1:])
        if asked == b"1":
            return [Reading(Kind.UNCHANGED)]
        if asked != b"2" or z is None or self._secret is None:
            return [Reading(Kind.LOCKED if asked in (b"0", b"2") else Kind.DAMAGED)]
        return [Reply(check_record(self._chance(), z, self._secret))]


def price_record(item: Item) -> bytes:
    """Return record 01, 03 (with a tare), 04 (with a text) or 05 (with both).

    >>> price_record(Item(price=249, tare=12))
    b'\\x04\\x0203\\x1b000249\\x1b0012\\x03'
    """
    text = _printable(item.text)
    number = {(False, False): b"01", (True, False): b"03", (False, True): b"04"}.get(
        (item.tare > 0, bool(text)), b"05"
    )
    fields = [b"%06d" % item.price]
    fields += [b"%04d" % item.tare] if item.tare else []
    fields += [text] if text else []
    return b"\x04\x02" + b"\x1b".join([number, *fields]) + b"\x03"


def _printable(text: str) -> bytes:
    """Return 13 characters that every scale can show, b"" for no text."""
    shown = "".join(one if " " <= one <= "~" else "?" for one in text)
    return shown[:TEXT_MOST].ljust(TEXT_MOST).encode() if text else b""


def check_record(number: int, z: int, secret: int) -> bytes:
    """Return record 10: a random number and its check word, each rotated by half of `z`."""
    turned = _rotated(number, z >> 4 & 15)
    word = _rotated(remainder(number, secret), 16 - (z & 15))
    return b"\x04\x0210\x1b%04X%04X\x03" % (turned, word)


def remainder(number: int, secret: int) -> int:
    """Return what is left of 16 bits divided by the polynomial, as of a CRC.

    >>> hex(remainder(0x0001, 0x1021)), remainder(0, 0x1021)
    ('0x1021', 0)
    """
    for _ in range(16):
        number = (number << 1) & 0xFFFF ^ (secret if number & 0x8000 else 0)
    return number


def _rotated(number: int, left: int) -> int:
    left %= 16
    return (number << left | number >> 16 - left) & 0xFFFF


def _number(text: bytes) -> int | None:
    """Return Z: two hexadecimal digits, or one byte."""
    if len(text) == 1:
        return text[0]
    try:
        return int(text, 16) if len(text) == 2 and text.isalnum() else None
    except ValueError:
        return None
