"""Vérificateur autonome des archives de caisse. Stand-alone verifier of a till's archives.

    python verifier.py ARCHIVE.zip [--key HEX]... [--lang fr|en]

Il ne lui faut que Python (3.9 ou plus récent) et la bibliothèque `cryptography`. It asks nothing of
the till that wrote the archive, and believes the public keys given with --key alone. Every file and
every signed text is described in notice.fr.txt, to the byte. It names the first record that was
altered, removed, inserted, moved or cut off, goes on, and exits with 1; with 0 when all is right,
and with 3 when all is right by the archive's own key alone, for which nobody vouched.

First come the lines of journal.csv: the entries of the journal as text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

BOM = b"\xef\xbb\xbf"
GENESIS = "0" * 64
"""What the first entry of a journal follows."""


class Row(NamedTuple):
    """An entry of the journal, each cell as the text of its line in journal.csv.

    `previous`, `hash` (SHA-256) and `signature` (Ed25519 of the hash) are lower-case hexadecimal.
    """

    ordinal: str
    store: str
    till: str
    epoch: str
    number: str
    kind: str
    version: str
    at: str
    previous: str
    hash: str
    signature: str
    key_id: str
    body: str

    @property
    def place(self) -> tuple[str, str, str]:
        """Which journal: the store, the till, and the epoch of the till's file."""
        return self.store, self.till, self.epoch

    @property
    def name(self) -> str:
        """The entry's name, e.g. `S001-T01-K1/000042`."""
        return name_of(self.place, self.number)

    @property
    def register(self) -> str:
        """What fiscal records call the till, e.g. `T01-K1`."""
        return f"{self.till}-{self.epoch}"


JOURNAL_HEADER = BOM + ";".join(Row._fields).encode() + b"\r\n"


def name_of(place: Iterable[str], number: object) -> str:
    """Return the name of an entry, here or lost.

    >>> name_of(("S001", "T01", "K1"), 42)
    'S001-T01-K1/000042'
    """
    return f"{'-'.join(place)}/{number:0>6}"


def encode(text: str) -> bytes:
    """Return a text as UTF-8; bytes that never were UTF-8 pass as they came."""
    return text.encode("utf-8", "surrogateescape")


def decode(data: bytes) -> str:
    """Return UTF-8 as text; `encode` gives the same bytes back, whatever they are."""
    return data.decode("utf-8", "surrogateescape")


def write_row(row: Row) -> bytes:
    r"""Return the line of an entry: `;` between cells, the body always between quotes, CRLF.

    >>> write_row(Row("7", "S1", "T1", "K1", "7", "k", "1", "at", "0", "1", "2", "3", '{"n":1}'))
    b'7;S1;T1;K1;7;k;1;at;0;1;2;3;"{""n"":1}"\r\n'
    """
    body = row.body.replace('"', '""')
    return encode(f'{";".join(row[:-1])};"{body}"\r\n')


def read_row(line: bytes) -> Row | None:
    """Return the entry of a line, None when `write_row` would not have written it so."""
    cells = decode(line).split(";", len(Row._fields) - 1)
    if len(cells) != len(Row._fields) or not (cells[0].isdecimal() and cells[4].isdecimal()):
        return None
    cell = cells.pop()
    body = cell[1:-3].replace('""', '"')
    if cell[:1] != '"' or cell[-3:] != '"\r\n' or cell.count('"') != 2 * body.count('"') + 2:
        return None
    return Row._make([*cells, body])


def is_intact(row: Row) -> bool:
    """Tell whether an entry is what its hash says.

    The hash is the SHA-256 of nine parts, each preceded by its length on 4 bytes, big endian: the
    hash before (32 bytes), store, till, epoch, number, kind, version, instant, body.
    """
    try:
        parts = [bytes.fromhex(row.previous), *[encode(cell) for cell in (*row[1:8], row.body)]]
        is_signature = bytes.fromhex(row.signature).hex() == row.signature
    except ValueError:
        return False
    whole = b"".join([len(part).to_bytes(4, "big") + part for part in parts])
    return is_signature and hashlib.sha256(whole).hexdigest() == row.hash


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def sha256_of(facts: Any) -> str:
    """Return the hex SHA-256 of facts as canonical JSON: keys in order, no blanks (RFC 8785)."""
    return hashlib.sha256(encode(_canonical(facts))).hexdigest()


def key_id(public_key: bytes) -> str:
    """Return the short name of a raw public key (32 bytes), as entries and records state it."""
    return hashlib.sha256(public_key).hexdigest()[:16]
