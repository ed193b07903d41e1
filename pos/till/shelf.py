"""Labels for the shelf's edge: an article's, or those of every price that changed or will.

A price is the one in force at the instant that the labels are for. Where an article is sold by the
kilogram its price is that of the kilogram; the catalogue knows no net contents, so that of packed
goods (arrêté du 16 novembre 1999) is not on a label yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from pos.domain.catalogue import Article, Unit
from pos.domain.errors import Refusal
from pos.domain.staff import Permission
from pos.domain.words import Sentence, Words
from pos.papers.label import Label, label_page
from pos.ports import LabelPrinter, Printer
from pos.till.desk import Desk, Loan

JOB = "shelf-"
"""How the names of these prints begin; they are in no journal, for they prove nothing."""

LABELS_MOST = 200
"""The most labels of one gesture: a roll holds more, a mistake should not empty it."""

CODE_MOST = 20


def shelf_label(article: Article, at: datetime, words: Words) -> Label:
    """Return an article's label at an instant. Raises Refusal `no_price` where none is in force."""
    price = article.price_at(at)
    if price is None:
        raise Refusal("no_price", "{name} has no price to print then.", name=article.name)
    amount = words.amount(price)
    by_weight = words.say(Sentence("{price} a kilogram", price=amount))
    return Label(
        "shelf",
        article.name,
        (article.sku,),
        price=amount,
        unit_price=by_weight if article.unit is Unit.KG else "",
        barcode=_code(article),
    )


def _code(article: Article) -> str:
    """Return the code that a scanner reads off the label, "" for none that fits it."""
    first = next(iter(article.codes), article.sku)
    if len(first) == 14 and first.isdigit():
        return first[6:] if first.startswith("000000") else first.removeprefix("0")
    return first if first.isascii() and first.isprintable() and len(first) <= CODE_MOST else ""


def print_shelf_labels(
    desk: Desk, articles: Sequence[Article], at: datetime, loan: Loan | None = None
) -> int:
    """Print the labels of articles as they will be at an instant; return how many.

    Permission `catalogue`. They go to the label printer, or else to the receipt printer. Raises
    Refusal `no_printer`, `no_labels` or `many_labels`; articles without a price have no label.
    """
    desk.permit(Permission.CATALOGUE, loan)
    priced = [one for one in articles if one.price_at(at) is not None]
    if not priced:
        raise Refusal("no_labels", "No price is there to print on a label.")
    if len(priced) > LABELS_MOST:
        raise Refusal(
            "many_labels",
            "{count} labels are too many at once (most: {most}); print them by the command:"
            " comptoir labels.",
            count=len(priced),
            most=LABELS_MOST,
        )
    words = desk.words_in(desk.rules.ticket_language)
    labels = [shelf_label(one, at, words) for one in priced]
    _print(desk.ports.labels, desk.ports.printer, JOB + desk.ports.ids.token(), labels)
    return len(labels)


def _print(
    labels_port: LabelPrinter | None, printer: Printer | None, job: str, labels: Sequence[Label]
) -> None:
    if labels_port is not None:
        labels_port.print_labels(job, labels)
    elif printer is not None:
        printer.print(job, label_page(labels))
    else:
        raise Refusal("no_printer", "No printer is set up; add one in the settings.")


def changed_today(desk: Desk) -> tuple[list[Article], datetime]:
    """Return the articles whose price changed since midnight, and now."""
    now = desk.now()
    midnight = datetime.combine(now.date(), time(), desk.zone)
    return _repriced(desk, midnight - timedelta(seconds=1), now), now


def changing_tomorrow(desk: Desk) -> tuple[list[Article], datetime]:
    """Return the articles whose price changes from now to the end of tomorrow, and that end."""
    now = desk.now()
    end = datetime.combine(now.date() + timedelta(days=2), time(), desk.zone)
    end -= timedelta(seconds=1)
    return _repriced(desk, now, end), end


def _repriced(desk: Desk, after: datetime, until: datetime) -> list[Article]:
    return desk.ports.catalogue.repriced(after, until, LABELS_MOST + 1)
