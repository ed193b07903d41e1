"""The ZIP around the files, to the byte: no date, no remark, no gap, nothing that is not needed.

PKWARE APPNOTE.TXT 4.3: a header before each packed file, then the directory and its end. Sizes and
places that do not fit into 32 bits have fields of their own (ZIP64, 4.5.3).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

LARGE, HUGE = 0xF0000000, 0xFFFFFFFF
"""From which size on a file has ZIP64 fields, and what then stands in the old ones."""

DEFLATED, DAY_ONE, READABLE = 8, 33, 0o600 << 16
"""The method of packing, 1 January 1980 as ZIP writes it, and the rights of an unpacked file."""


class Member(NamedTuple):
    """A packed file: its CRC-32, its bytes packed and unpacked, where its header begins."""

    name: str
    crc: int
    packed: int
    size: int
    offset: int

    @property
    def is_large(self) -> bool:
        """Whether its sizes have ZIP64 fields."""
        return self.size >= LARGE


def local_header(member: Member) -> bytes:
    """Return what stands before a packed file.

    >>> len(local_header(Member("a.csv", 0, 2, 0, 0)))
    35
    """
    sizes = (member.packed, member.size)
    extra = b""
    if member.is_large:
        sizes, extra = (HUGE, HUGE), struct.pack("<HHQQ", 1, 16, member.size, member.packed)
    fixed = (b"PK\3\4", _version(extra), 0, DEFLATED, 0, DAY_ONE, member.crc)
    name = member.name.encode()
    return struct.pack("<4s5H3L2H", *fixed, *sizes, len(name), len(extra)) + name + extra


def directory(members: Sequence[Member], at: int) -> bytes:
    """Return what stands after the last packed file, which ends at `at`: directory and end."""
    listed = b"".join(_listed(member) for member in members)
    count, large = len(members), b""
    if at + len(listed) >= HUGE:
        large = struct.pack(
            *("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(listed), at)
        ) + struct.pack("<4sLQL", b"PK\6\7", 0, at + len(listed), 1)
    end = (b"PK\5\6", 0, 0, count, count, len(listed), min(at, HUGE), 0)
    return listed + large + struct.pack("<4s4H2LH", *end)


def _listed(member: Member) -> bytes:
    sizes, far = (member.packed, member.size), member.offset >= HUGE
    fields = [member.size, member.packed] if member.is_large else []
    fields += [member.offset] if far else []
    extra = struct.pack(f"<HH{len(fields)}Q", 1, 8 * len(fields), *fields) if fields else b""
    version = _version(extra)
    name = member.name.encode()
    return (
        struct.pack(
            *("<4s2B5H3L5H2L", b"PK\1\2", version, 3, version, 0, DEFLATED, 0, DAY_ONE),
            *(member.crc, *((HUGE, HUGE) if member.is_large else sizes), len(name), len(extra)),
            *(0, 0, 0, READABLE, HUGE if far else member.offset),
        )
        + name
        + extra
    )


def _version(extra: bytes) -> int:
    """Return which version of the format is needed: 2.0, or 4.5 for large files."""
    return 45 if extra else 20
