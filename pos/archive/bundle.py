"""The verifier as ONE file: the modules it is made of, joined, for whoever has no till at hand.

What `comptoir fiscal verify` runs and what lies in every archive is the same text: only the lines
by which one of these modules imports another are left out.
"""

from __future__ import annotations

import ast
from importlib.resources import files

PARTS = (
    *("rows", "findings", "container", "tables", "records", "summary", "walk", "chains"),
    *("totals", "numbers", "audit", "verifier"),
)
"""The modules in the order of the file: each needs those before it only."""


def stand_alone() -> bytes:
    """Return the verifier as one Python file that needs `cryptography` and nothing else."""
    room = files("pos.archive")
    texts = [(room / f"{name}.py").read_text("utf-8") for name in PARTS]
    first, *others = texts
    return "\n\n".join(
        [_without(first, "pos."), *(_without(text, "pos.", "__future__") for text in others)]
    ).encode()


def _without(text: str, *modules: str) -> str:
    """Return a module's text without what it imports from some modules."""
    lines = text.strip().splitlines()
    for node in reversed(ast.parse(text).body):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(modules):
            del lines[node.lineno - 1 : node.end_lineno]
    return "\n".join(lines) + "\n"
