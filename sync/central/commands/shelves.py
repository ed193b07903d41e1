"""`stock`: levels listed, movements from the command line or from a file."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer

from pos.domain.catalogue_import import HEADERS
from pos.domain.catalogue_words import words as words_of
from pos.domain.errors import Refusal
from pos.domain.typed import thousandths
from pos.domain.words import Quantity, Sentence
from sync.central import feed, movements, stock, stores
from sync.central.catalogue import owners
from sync.central.commands.goods import cells, source
from sync.central.commands.said import complain, say, words
from sync.central.commands.shops import at_centre
from sync.central.engine import Centre
from sync.central.movements import ARTICLES_MOST, Kind, Order
from sync.central.open import Opened
from sync.central.stock import LevelOf
from sync.central.values import CATALOGUE, COMPANY, TillId

FILE_BYTES_MOST = 64_000_000
"""How much of a file gives it its name; more rows than a file may have do not fit in."""

_COLUMNS: Mapping[str, Sequence[str]] = {
    "sku": HEADERS["sku"],
    "code": HEADERS["code"],
    "quantity": ("quantity", "quantité", "qty", "qté", "stock", "count", "compté"),
}


def list_levels(folder: Path, store: str, article: str, *, below: bool) -> int:
    """Print the levels of a store with the articles' names; what is below zero first."""

    async def deed(centre: Centre, _found: Opened) -> tuple[list[LevelOf], dict[str, str]]:
        await stores.known(centre, TillId(store, ""))
        async with centre.session(store) as session:
            asked = [article] if article else None
            found = await stock.levels(session, store, asked, below=below)
            skus = [one.sku for one in found]
            named = await feed.current(session, COMPANY, CATALOGUE, "article", skus)
        return found, {sku: str(fields["name"]) for sku, fields in named.items()}

    found, names = at_centre(folder, deed)
    for one in found:
        mark = "!" if one.on_hand < 0 else " "
        shown = " ".join(f"{_shown(part):>10}" for part in (one.on_hand, one.shelf, one.reserved))
        typer.echo(f"{mark} {one.sku:<20} {shown}  {names.get(one.sku, '')}".rstrip())
    return 0


def move(folder: Path, store: str, told: tuple[Kind, str, str], sku: str, quantity: str) -> int:
    """Move one article; `told` is the order's kind, name ("" for a new one) and reason."""
    kind, name, reason = told
    order = Order(kind, name or _new_name(), reason)
    return _record(folder, store, order, {sku: _thousandths(quantity)})


def import_file(folder: Path, store: str, file: Path, kind: str, told: tuple[str, str]) -> int:
    """Move what a file says, all or nothing; `told` is the order's name and reason."""
    kinds = {one.value: one for one in (Kind.COUNT, Kind.DELIVERY, Kind.CORRECTION)}
    if kind not in kinds:
        known = ", ".join(kinds)
        raise Refusal("bad_kind", "“{kind}” is none of {known}.", kind=kind, known=known)
    with source(file) as opened_file:
        digest = hashlib.sha256(opened_file.read(FILE_BYTES_MOST)).hexdigest()
        opened_file.seek(0)
        rows = list(_rows(cells(opened_file)))
    name, reason = told
    order = Order(kinds[kind], name or f"file-{digest[:20]}", reason)
    return _record(folder, store, order, rows)


def transfer(
    folder: Path, way: tuple[str, str], told: tuple[str, str], sku: str, quantity: str
) -> int:
    """Move an article from one store to another; `told` is the order's name and reason."""
    name, reason = told
    order = Order(Kind.TRANSFER, name or _new_name(), reason)
    goods = {sku: _thousandths(quantity)}

    async def deed(centre: Centre, _found: Opened) -> bool:
        for store in way:
            await stores.known(centre, TillId(store, ""))
        return await movements.transfer(centre, way, order, goods, datetime.now(UTC))

    _told(at_centre(folder, deed), order, len(goods))
    return 0


Named = Mapping[str, int] | Sequence[tuple[int, str, str, int]]
"""Thousandths by SKU, or rows of a file: line, SKU, code (one of them empty), thousandths."""


def _record(folder: Path, store: str, order: Order, goods: Named) -> int:
    async def deed(centre: Centre, _found: Opened) -> tuple[bool, int, list[str]]:
        now = datetime.now(UTC)
        await stores.known(centre, TillId(store, ""))
        moved = goods if isinstance(goods, Mapping) else await _resolved(centre, store, goods)
        is_new = await movements.record(centre, store, order, moved, now)
        late = await movements.unheard(centre, store, now) if order.kind is Kind.COUNT else []
        return is_new, len(moved), late

    is_new, count, late = at_centre(folder, deed)
    _told(is_new, order, count)
    for till in late:
        complain(
            Sentence(
                "{till} was not heard for a while: what it sold since comes off the count later.",
                till=till,
            )
        )
    return 0


def _told(is_new: bool, order: Order, count: int) -> None:
    if is_new:
        say(Sentence("{name}: {count} articles moved.", name=order.source, count=count))
    else:
        say(Sentence("{name} was told before; nothing moved.", name=order.source))


async def _resolved(
    centre: Centre, store: str, rows: Sequence[tuple[int, str, str, int]]
) -> dict[str, int]:
    """Return thousandths by SKU; Refusal for a code that nobody has, or an article named twice."""
    async with centre.session(store) as session:
        named = await owners(session, sorted({code for _, _, code, _ in rows if code}))
    found: dict[str, int] = {}
    for line, sku, code, quantity in rows:
        article = sku or named.get(code, "")
        if not article:
            raise _wrong(line, Sentence("no article has the code {code}", code=code))
        if article in found:
            raise _wrong(line, Sentence("{sku} is there twice", sku=article))
        found[article] = quantity
    return found


def _rows(lines: Iterable[Sequence[str]]) -> Iterable[tuple[int, str, str, int]]:
    rest = iter(lines)
    places = _places(next(rest, []))
    for number, row in enumerate(rest, start=2):
        if not any(cell.strip() for cell in row):
            continue
        if number > ARTICLES_MOST:
            raise _wrong(number, Sentence("the file is too long; cut it in two"))
        told = {name: row[at].strip() if at < len(row) else "" for name, at in places.items()}
        sku, code = told.get("sku", ""), told.get("code", "")
        if not sku and not code:
            raise _wrong(number, Sentence("no article is named"))
        try:
            yield number, sku, _code(code), _thousandths(told["quantity"])
        except Refusal as refusal:
            raise _wrong(number, refusal.sentence) from refusal


def _places(headings: Sequence[str]) -> dict[str, int]:
    bare = ["".join(words_of(heading)) for heading in headings]
    found: dict[str, int] = {}
    for name, accepted in _COLUMNS.items():
        known = {"".join(words_of(one)) for one in accepted}
        place = next((at for at, heading in enumerate(bare) if heading in known), None)
        if place is not None:
            found[name] = place
    if "quantity" not in found or not found.keys() & {"sku", "code"}:
        raise Refusal("no_column", "The file needs a column “sku” (or “code”) and “quantity”.")
    return found


def _code(text: str) -> str:
    return text.zfill(14) if text.isascii() and text.isdigit() and 8 <= len(text) <= 14 else text


def _thousandths(text: str) -> int:
    stripped = text.strip()
    size = thousandths(stripped.removeprefix("-"))
    return -size if stripped.startswith("-") else size


def _wrong(line: int, reason: Sentence) -> Refusal:
    return Refusal("bad_row", "line {line}: {reason}; nothing moved.", line=line, reason=reason)


def _shown(quantity: int) -> str:
    return words().say(Sentence("{quantity}", quantity=Quantity(quantity)))


def _new_name() -> str:
    return f"{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
