"""An emulated printer's paper, cover, cutter and drawer, and what its sensors say. Pure.

>>> body = Mechanics(lines_left=0)
>>> body.told(1).hex(), body.told(2).hex(), body.told(4).hex()
('1a', '32', '7e')
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Mechanics:
    """The machine below the commands.

    `lines_left` is None for a roll that does not end. `wants_restart` is of printers that wait for
    DLE ENQ 1 once their trouble is over; `waiting` is that they do. With `next_cut_jams` the cutter
    sticks until the cover was opened. A drawer with a `slow_spring` opens a while after its pulse.
    """

    lines_left: int | None = None
    paper_low: bool = False
    cover_open: bool = False
    drawer_open: bool = False
    slow_spring: bool = False
    next_cut_jams: bool = False
    jammed: bool = False
    wants_restart: bool = False
    waiting: bool = False

    @property
    def paper_out(self) -> bool:
        """Whether no paper is left."""
        return self.lines_left == 0

    @property
    def halted(self) -> bool:
        """Whether it waits for a person, or for the sign to go on."""
        return self.cover_open or self.paper_out or self.jammed or self.waiting

    def use_line(self) -> None:
        """Let a line of paper through."""
        if self.lines_left:
            self.lines_left -= 1
            self.waiting = self.waiting or (self.paper_out and self.wants_restart)

    def set_lines(self, lines: int | None) -> None:
        """Put a roll in, or let the one that is there end after so many lines."""
        self.lines_left = lines
        if self.paper_out and self.wants_restart:
            self.waiting = True

    def set_cover(self, is_open: bool) -> None:
        """Open or shut the cover; who opens it frees the cutter."""
        self.cover_open = is_open
        if is_open and self.jammed:
            self.jammed, self.waiting = False, self.wants_restart

    def pulse(self) -> None:
        """Let go of the drawer."""
        self.drawer_open = self.drawer_open or not self.slow_spring

    def cut(self) -> bool:
        """Move the cutter; returns whether it came through."""
        if self.next_cut_jams:
            self.next_cut_jams, self.jammed = False, True
        return not self.jammed

    def restart(self) -> None:
        """Take DLE ENQ 1, which helps once nothing is in the way any more."""
        if not (self.cover_open or self.paper_out or self.jammed):
            self.waiting = False

    def told(self, n: int) -> bytes:
        """Return the answer to DLE EOT `n`, b"" for a question that nobody knows."""
        no_paper = self.paper_out
        bits = {
            1: 0x04 * self.drawer_open | 0x08 * self.halted | 0x20 * self.waiting,
            2: 0x04 * self.cover_open | 0x20 * no_paper | 0x40 * self.jammed,
            3: 0x08 * self.jammed,
            4: 0x0C * (self.paper_low or no_paper) | 0x60 * no_paper,
        }.get(n)
        return b"" if bits is None else bytes([0x12 | bits])

    def block(self) -> bytes:
        """Return the automatic status block."""
        one = 0x10 | 0x04 * self.drawer_open | 0x08 * self.halted | 0x20 * self.cover_open
        two = 0x01 * self.waiting | 0x08 * self.jammed
        paper = 0x03 * (self.paper_low or self.paper_out) | 0x0C * self.paper_out
        return bytes((one, two, paper, 0))
