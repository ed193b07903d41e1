"""`promotion`: set, from the command line or from a file; listed; ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import typer
from pydantic import ValidationError

from pos.domain import catalogue_cells
from pos.domain.catalogue_words import words as words_of
from pos.domain.errors import Refusal
from pos.domain.feed import PromotionFields
from pos.domain.money import parse_amount
from pos.domain.words import Sentence
from sync.central import promotions
from sync.central.commands.goods import cells, source
from sync.central.commands.said import say, words
from sync.central.commands.shops import at_centre
from sync.central.engine import Centre
from sync.central.open import Opened

KEY_MOST = 40
_COLUMNS: Mapping[str, Sequence[str]] = {
    "key": ("key", "clé", "code", "promotion"),
    "name": ("name", "nom", "libellé"),
    "percent": ("percent", "pourcentage", "remise", "share"),
    "price": ("price", "prix", "prix TTC"),
    "every": ("every", "lot", "par"),
    "articles": ("articles", "article", "sku", "références"),
    "departments": ("departments", "department", "rayons", "rayon"),
    "from": ("from", "since", "valid from", "dès", "valable dès", "du"),
    "until": ("until", "valid until", "jusqu'au", "au"),
}

Cells = Mapping[str, str]
"""What a person told of a promotion, by the names of `_COLUMNS`."""


def set_one(folder: Path, zone: str, told: Cells) -> int:
    """Set a promotion."""
    return _put(folder, zone, [told])


def import_file(folder: Path, zone: str, file: Path) -> int:
    """Set the promotions of a file, all or nothing."""
    with source(file) as opened_file:
        rows = list(_rows(cells(opened_file)))
    return _put(folder, zone, rows)


def list_all(folder: Path, zone: str) -> int:
    """Print the promotions of a zone, the first to begin first."""

    async def deed(centre: Centre, found: Opened) -> tuple[dict[str, PromotionFields], ZoneInfo]:
        async with centre.everywhere() as sessions:
            held = await promotions.held_in(sessions[0], zone)
        return held, ZoneInfo(found.settings.time_zone)

    held, local = at_centre(folder, deed)
    for key, one in sorted(held.items(), key=lambda item: (item[1].since, item[0])):
        what = " ".join((*one.articles, *one.departments)) or words().say("everything")
        from_, until = _moment(one.since, local), _moment(one.until, local)
        typer.echo(f"{key:<14} {from_:<20} {until:<20} {_rule(one):<16} {one.name}  {what}")
    return 0


def end_one(folder: Path, zone: str, key: str) -> int:
    """End a promotion now."""

    async def deed(centre: Centre, _found: Opened) -> None:
        await promotions.end(centre, zone, key, datetime.now(UTC))

    at_centre(folder, deed)
    say(Sentence("{key} has ended in {zone}.", key=key, zone=zone))
    return 0


def _put(folder: Path, zone: str, rows: Sequence[Cells]) -> int:
    async def deed(centre: Centre, found: Opened) -> dict[str, PromotionFields]:
        now, local = datetime.now(UTC), ZoneInfo(found.settings.time_zone)
        read = [_read(row, now, local) for row in rows]
        told = dict(read)
        if len(told) < len(read):
            raise Refusal("bad_promotion", "Two rows have the same key; nothing was changed.")
        if not told:
            raise Refusal("bad_promotion", "The file has no promotion.")
        await promotions.put(centre, zone, told, now)
        return told

    for key, one in at_centre(folder, deed).items():
        say(Sentence("{key} is set in {zone}: {name}.", key=key, zone=zone, name=one.name))
    return 0


def _rows(lines: Iterable[Sequence[str]]) -> Iterable[Cells]:
    rest = iter(lines)
    bare = ["".join(words_of(heading)) for heading in next(rest, [])]
    places: dict[str, int] = {}
    for name, accepted in _COLUMNS.items():
        known = {"".join(words_of(one)) for one in accepted}
        place = next((at for at, heading in enumerate(bare) if heading in known), None)
        if place is not None:
            places[name] = place
    if not {"key", "name"} <= places.keys():
        raise Refusal("no_column", "The file needs the columns “key” and “name”.")
    for number, row in enumerate(rest, start=2):
        if any(cell.strip() for cell in row):
            told = {name: row[at].strip() if at < len(row) else "" for name, at in places.items()}
            yield {**told, "line": str(number)}


def _read(told: Cells, now: datetime, local: ZoneInfo) -> tuple[str, PromotionFields]:
    """Return a promotion and its key. Raises Refusal, with the line where there is one."""
    try:
        return _fields(told, now, local)
    except Refusal as refusal:
        if "line" not in told:
            raise
        raise Refusal(
            "bad_promotion",
            "line {line}: {reason} Nothing was changed.",
            line=told["line"],
            reason=refusal.sentence,
        ) from refusal


def _fields(told: Cells, now: datetime, local: ZoneInfo) -> tuple[str, PromotionFields]:
    key, price, percent = told["key"], told.get("price", ""), told.get("percent", "")
    if not key or len(key) > KEY_MOST or not key.isprintable():
        raise Refusal("bad_promotion", "A key has 1 to {most} characters.", most=KEY_MOST)
    since, until = told.get("from", ""), told.get("until", "")
    departments = told.get("departments", "").split(",")
    try:
        fields = PromotionFields(
            name=told["name"],
            since=catalogue_cells.since(since, local) if since else int(now.timestamp()),
            until=_end(until, local) if until else 0,
            percent=_basis_points(percent) if percent else 0,
            price=catalogue_cells.price(price) if price else None,
            every=int(told.get("every") or 1),
            articles=tuple(told.get("articles", "").replace(",", " ").split()),
            departments=tuple(one.strip() for one in departments if one.strip()),
        )
    except (ValidationError, ValueError) as error:
        raise Refusal(
            "bad_promotion",
            "{key} has a name, a share or a list that cannot be: a name has 1 to 80 characters,"
            " a share is up to 100 %, one of 1 to 100 pieces gets it, 1,000 articles are named.",
            key=key,
        ) from error
    return key, fields


def _end(text: str, local: ZoneInfo) -> int:
    """Return the first instant after a day, or the instant that was told."""
    at = catalogue_cells.since(text, local)
    if "T" in text or ":" in text:
        return at
    last = datetime.fromtimestamp(at, local)
    following = (last + timedelta(days=1)).replace(hour=0, minute=0, second=0)
    return int(following.timestamp())


def _basis_points(text: str) -> int:
    """Return a share of a hundred in basis points: `20`, `12,5 %`."""
    return parse_amount(text.removesuffix("%").strip())


def _rule(one: PromotionFields) -> str:
    each = words().say(Sentence("1 of {every}: ", every=one.every)) if one.every > 1 else ""
    shown = words().rate(-one.percent) if one.price is None else words().amount(one.price)
    return f"{each}{shown}"


def _moment(at: int, local: ZoneInfo) -> str:
    return words().moment(datetime.fromtimestamp(at, local)) if at else "–"
