"""The line of `released.toml` for the fiscal perimeter as it is now, or the list of its files."""

from __future__ import annotations

import sys

from pos.fiscal.france.rules import VERSION
from pos.main import perimeter


def line() -> str:
    """Return `"2.0" = "<sha256>"`."""
    return f'"{VERSION}" = "{perimeter.digest_here()}"'


if __name__ == "__main__":
    print("\n".join(sorted(perimeter.files())) if "--files" in sys.argv[1:] else line())
