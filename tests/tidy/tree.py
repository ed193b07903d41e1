"""The project's own files, read once, for the tests that keep its style."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HERE = Path(__file__).parents[2]
PRODUCT = ("pos", "devices", "sync", "config")
PURE = ("pos/domain", "pos/journal", "pos/fiscal", "pos/papers")
"""The rooms without input, output, clock, chance or binary fractions."""


@cache
def files(*rooms: str) -> tuple[Path, ...]:
    """Return the Python files of some rooms, scripts without a suffix included."""
    found = [path for room in rooms for path in sorted((HERE / room).rglob("*")) if _python(path)]
    return tuple(found)


def _python(path: Path) -> bool:
    if "__pycache__" in path.parts or not path.is_file():
        return False
    if path.suffix:
        return path.suffix == ".py"
    with path.open("rb") as head:
        line = head.readline(80)
    return line.startswith(b"#!") and b"python" in line


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text("utf-8"), str(path))


def place(path: Path, node: ast.stmt | ast.expr | None = None) -> str:
    """Return where something stands, e.g. `pos/main.py:12`."""
    name = path.relative_to(HERE).as_posix()
    return f"{name}:{node.lineno}" if node else name


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a file, the nested ones too."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imports(path: Path) -> Iterator[tuple[str, ast.stmt]]:
    """Yield the full name of every module that a file imports, with its statement."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node


def calls(path: Path, *names: str) -> Iterator[ast.Call]:
    """Yield the calls of functions or methods with one of these names."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            if name in names:
                yield node
