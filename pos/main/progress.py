"""A count of what a long work has done, on the error output, where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer


@contextmanager
def counting(label: str) -> Iterator[Callable[[int], None]]:
    """Show how many entries were read so far, in place; nothing where nobody looks on."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    try:
        yield lambda count: typer.echo(f"\r{label} {count:,}".replace(",", " "), nl=False, err=True)
    finally:
        typer.echo("\r\x1b[K", nl=False, err=True)
