"""From the settings to the rules of the house: every setting of the counter lands here."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from config.sections import WEEKDAYS, Settings, Shop
from config.vat_table import vat_table
from pos.domain.shop import ShopFacts
from pos.domain.tender import TenderRules
from pos.fiscal.france import FranceRules
from pos.fiscal.none import NoRules
from pos.fiscal.port import FiscalRules
from pos.till.desk import HouseRules, Limits, PrintRules

FISCAL: dict[str, type[FranceRules] | type[NoRules]] = {"france": FranceRules, "none": NoRules}
"""The fiscal plug-ins, by their name in the settings."""


def software() -> str:
    """Return the program's name and version, as it signs and prints itself."""
    try:
        return f"Comptoir {version('comptoir')}"
    except PackageNotFoundError:
        return "Comptoir (source)"


def fiscal_rules(settings: Settings) -> FiscalRules:
    """Return the fiscal plug-in that the settings name."""
    return FISCAL[settings.till.fiscal]()


def house_rules(settings: Settings) -> HouseRules:
    """Return the rules a desk works by."""
    selling = settings.selling
    return HouseRules(
        shop=_shop(settings.shop),
        vat=vat_table(settings.shop.country),
        tenders=_tenders(settings),
        plans=settings.barcodes.plans(),
        zone=settings.shop.zone,
        currency=settings.shop.currency,
        cut_off_hour=settings.shop.cut_off_hour,
        limits=Limits(
            line_discount=selling.line_discount_max_percent * 100,
            ticket_discount=selling.ticket_discount_max_percent * 100,
            price_override=selling.price_override,
            pieces=selling.quantity_max_pieces,
            grams=selling.weight_max_grams,
            lines=selling.lines_max,
        ),
        printing=PrintRules(
            ask=settings.printing.ask,
            guarantee=settings.printing.always_for_guarantee,
            weighed=settings.printing.always_for_weighed,
        ),
        notes=settings.tenders.quick_cash,
        software=software(),
        ticket_language=settings.till.language,
    )


def _shop(shop: Shop) -> ShopFacts:
    city = f"{shop.postcode} {shop.city}".strip()
    company = f"{shop.company} {shop.legal_form}".strip()
    return ShopFacts(
        name=shop.name,
        company=company,
        address=tuple(line for line in (*shop.address, city) if line),
        country=shop.country,
        phone=shop.phone,
        siret=shop.siret,
        naf=shop.naf,
        vat_number=shop.vat_number,
        vat_exempt=shop.vat_exempt,
        return_policy=shop.return_policy,
    )


def _tenders(settings: Settings) -> TenderRules:
    vouchers = settings.meal_vouchers
    return TenderRules(
        cash_limit=settings.selling.cash_limit,
        cash_limit_nonresident=settings.selling.cash_limit_nonresident,
        cash_rounding=settings.selling.cash_rounding,
        meal_voucher_cap=vouchers.daily_cap,
        meal_voucher_weekdays=frozenset(WEEKDAYS.index(day) for day in vouchers.weekdays),
        meal_voucher_until=vouchers.until,
        accepted=frozenset(settings.tenders.on),
    )
