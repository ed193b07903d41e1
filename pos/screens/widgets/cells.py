"""Text in cells: cut, pad and align by what a terminal draws, not by characters. Pure."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def left(text: str, width: int) -> str:
    """Return `text` in exactly `width` cells, cut with an ellipsis or padded.

    >>> left("Baguette", 5), left("Pain", 6), left("寿司寿司", 6), left("x", 0)
    ('Bagu…', 'Pain  ', '寿司… ', '')
    """
    if width <= 0:
        return ""
    if (len(text) if text.isascii() else cell_len(text)) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)


def right(text: str, width: int) -> str:
    """Return `text` at the right of `width` cells, cut with an ellipsis when it is longer.

    >>> right("1,10", 6), right("123456", 4)
    ('  1,10', '123…')
    """
    missing = width - cell_len(text)
    return " " * missing + text if missing >= 0 else left(text, width)


def center(text: str, width: int) -> str:
    """Return `text` in the middle of `width` cells.

    >>> center("ab", 5)
    ' ab  '
    """
    return left(" " * max(0, (width - cell_len(text)) // 2) + text, width)


def wrap(text: str, width: int, lines_most: int) -> list[str]:
    """Return `text` in lines of at most `width` characters, broken between words.

    >>> wrap("No article has the code", 12, 2), wrap("a b c", 1, 2), wrap("", 9, 1)
    (['No article', 'has the code'], ['a', 'b c'], [])
    """
    lines: list[str] = []
    for word in text.split():
        if lines and (len(lines[-1]) + 1 + len(word) <= width or len(lines) == lines_most):
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
