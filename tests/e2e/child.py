"""What runs in a child process: the `comptoir` command, with an end and a clock of a test's choice.

The product knows nothing of this: the runner wraps a function of it by its import path, and the
process ends by SIGKILL right before or right after the call that the test named; the clock of the
machine is put forward the same way.
"""

from __future__ import annotations

import fcntl
import importlib
import os
import signal
import sys
import termios
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

FILL, FREE = signal.SIGUSR1, signal.SIGUSR2
"""Sent to a child: its till's file can grow no more, as on a full disk, and then it can again."""


@dataclass(frozen=True)
class Death:
    """A point of the program: `module:function`, before it is called or after it returned.

    `about` is a text that the call's arguments must hold; `call` counts the calls that do, from 1.
    """

    at: str
    about: str = ""
    call: int = 1
    after: bool = False

    def __str__(self) -> str:
        return f"{'after' if self.after else 'before'} {self.at} {self.about} {self.call}".strip()


@dataclass(frozen=True)
class Wires:
    """Where the child's standard streams go: three files, or one terminal for all."""

    stdin: str
    stdout: str
    stderr: str
    is_terminal: bool = False


@dataclass(frozen=True)
class Fate:
    """What a test wants of a child: where it dies, and how far its clock is ahead."""

    deaths: Sequence[Death] = ()
    ahead: timedelta = timedelta()


def run_command(argv: Sequence[str], environ: Mapping[str, str], wires: Wires, fate: Fate) -> None:
    """Run `comptoir ARGV…` in this process, which then ends."""
    _connect(wires)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["comptoir", *argv]
    _set_the_clock(fate.ahead)
    for death in fate.deaths:
        prepare(death)
    _heed_the_disk()
    from pos.main.command import run

    run()


def _set_the_clock(ahead: timedelta) -> None:
    from pos.main.world import SystemClock

    setattr(SystemClock, "now", lambda _: datetime.now(UTC) + ahead)  # noqa: B010


def prepare(death: Death) -> None:
    """Wrap the named function so that this process dies there."""
    module, _, path = death.at.partition(":")
    owner: Any = importlib.import_module(module)
    *above, name = path.split(".")
    for part in above:
        owner = getattr(owner, part)
    setattr(owner, name, _deadly(getattr(owner, name), death))


def _deadly(real: Callable[..., Any], death: Death) -> Callable[..., Any]:
    left = death.call

    def called(*args: Any, **named: Any) -> Any:
        nonlocal left
        is_it = death.about in f"{args!r} {named!r}"
        left -= is_it
        if is_it and left == 0 and not death.after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **named)
        if is_it and left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return called


def _connect(wires: Wires) -> None:
    if wires.is_terminal:
        os.setsid()
        terminal = os.open(wires.stdin, os.O_RDWR)
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        ends = (terminal, terminal, terminal)
    else:
        create = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        ends = (
            os.open(wires.stdin, os.O_RDONLY),
            os.open(wires.stdout, create, 0o600),
            os.open(wires.stderr, create, 0o600),
        )
    for fd, end in enumerate(ends):
        os.dup2(end, fd)
    for fd, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        stream = os.fdopen(fd, mode, encoding="utf-8", closefd=False)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _heed_the_disk() -> None:
    """Let FILL and FREE bound the till's file and give it room again."""
    from pos.store.writer import Writer

    opened: list[Any] = []
    real = Writer.__init__

    def remembered(self: Writer, *args: Any) -> None:
        real(self, *args)
        opened.append(self._driver)

    def bound(signum: int, _frame: object) -> None:
        for driver in opened:
            (pages,) = driver.execute("PRAGMA page_count").fetchone()
            most = pages if signum == FILL else 1 << 30
            driver.execute(f"PRAGMA max_page_count = {most}")

    setattr(Writer, "__init__", remembered)  # noqa: B010  mypy would refuse the plain form
    for signum in (FILL, FREE):
        signal.signal(signum, bound)
