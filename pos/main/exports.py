"""Files that leave the till from its screen: figures for a spreadsheet, in a folder beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pos.domain.errors import Refusal

FOLDER = "exports"
"""The folder of the files, beside the till's own."""


def exporter(data: Path) -> Callable[[str, str], str]:
    """Return what writes a file of a name and a text (UTF-8) and tells where it is.

    A file of the same name is replaced: it holds the figures of the same day. Raises Refusal
    `not_written` with the reason.
    """

    def write(name: str, text: str) -> str:
        path = data / FOLDER / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise Refusal(
                "not_written",
                "The file {file} was not written: {reason}.",
                file=str(path),
                reason=error.strerror or str(error),
            ) from error
        return str(path)

    return write
