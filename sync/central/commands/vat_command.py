"""`comptoir-central vat`: rates and articles' codes that change, ahead of time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from config.vat_table import vat_table
from pos.domain import catalogue_cells
from pos.domain.errors import Refusal
from pos.domain.feed import VatFields
from pos.domain.money import parse_amount
from pos.domain.words import Sentence
from sync.central import vat as rates
from sync.central.commands.said import say, words
from sync.central.commands.shops import at_centre
from sync.central.commands.typed import Folder, at
from sync.central.engine import Centre
from sync.central.open import Opened

vat = typer.Typer(help="VAT rates that change, and from which day.", no_args_is_help=True)


@vat.command("set")
def vat_set(
    code: Annotated[str, typer.Argument(help="A code of the country's table, such as FR20.")],
    rate: Annotated[str, typer.Argument(help="Such as 21, or 5,5.")],
    since: Annotated[
        datetime,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The first day, such as 2027-01-01."),
    ],
    folder: Folder = None,
) -> None:
    """Set a rate; tills have it ahead of time and switch at midnight of that day."""
    raise typer.Exit(_set(at(folder), code, rate, since))


@vat.command("article")
def vat_article(
    sku: Annotated[str, typer.Argument(help="The article.")],
    code: Annotated[str, typer.Argument(help="A code of the country's table, such as FR10.")],
    since: Annotated[
        str, typer.Option("--from", help="2027-01-01, or an instant; else at once.")
    ] = "",
    folder: Folder = None,
) -> None:
    """Let an article have another VAT code; tills have it ahead of time and switch at once.

    What is in a basket already keeps its code.
    """
    raise typer.Exit(_set_article(at(folder), sku, code, since))


@vat.command("list")
def vat_list(folder: Folder = None) -> None:
    """List the rates that were set here; tills have those of their country besides."""
    raise typer.Exit(_list(at(folder)))


def _set(folder: Path, code: str, rate: str, since: datetime) -> int:
    basis_points = parse_amount(rate.removesuffix("%").strip())

    async def deed(centre: Centre, found: Opened) -> None:
        _check_known(found, code)
        await rates.put(centre, code, basis_points, since.date(), datetime.now(UTC))

    at_centre(folder, deed)
    say(
        Sentence(
            "{code} is {rate} from {day} on.",
            code=code,
            rate=words().rate(basis_points),
            day=since.date(),
        )
    )
    return 0


def _check_known(found: Opened, code: str) -> None:
    known = vat_table(found.settings.country).rates
    if code not in known:
        raise Refusal(
            "unknown_vat",
            "“{text}” is no VAT code of this country; it has {codes}.",
            text=code,
            codes=", ".join(sorted(known)),
        )


def _set_article(folder: Path, sku: str, code: str, since: str) -> int:
    async def deed(centre: Centre, found: Opened) -> datetime:
        _check_known(found, code)
        now, local = datetime.now(UTC), ZoneInfo(found.settings.time_zone)
        start = datetime.fromtimestamp(catalogue_cells.since(since, local), UTC) if since else now
        await rates.put_code(centre, sku, code, start, now)
        return start

    start = at_centre(folder, deed)
    say(
        Sentence(
            "{sku} has the VAT code {code} from {at} on.",
            sku=sku,
            code=code,
            at=words().moment(start.astimezone()),
        )
    )
    return 0


def _list(folder: Path) -> int:
    async def deed(centre: Centre, _found: Opened) -> dict[str, VatFields]:
        async with centre.everywhere() as sessions:
            return await rates.told(sessions[0])

    for code, one in sorted(at_centre(folder, deed).items()):
        for since, basis_points in one.rates:
            typer.echo(f"{code:<8} {since}  {words().rate(basis_points)}")
    return 0
