"""From the settings to the rules of the house: every setting of the counter lands here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from zoneinfo import ZoneInfo

from config.sections import WEEKDAYS, Settings, Shop
from config.vat_table import vat_table
from pos.domain.facts import FiscalRecord
from pos.domain.shop import ShopFacts
from pos.domain.tender import TenderRules
from pos.domain.withdrawal import working_days
from pos.fiscal.france import FranceRules
from pos.fiscal.none import NoRules
from pos.fiscal.port import FiscalRules, ToWitness
from pos.main.perimeter import digest_here
from pos.ports import Batch, Witness
from pos.till.desk import (
    CashRules,
    ClosingRules,
    HouseRules,
    Limits,
    PickupRules,
    PrintRules,
    RefundRules,
    ScaleRules,
)

FISCAL: dict[str, Callable[[], FiscalRules]] = {
    "france": lambda: FranceRules(digest_here()),
    "none": NoRules,
}
"""How each fiscal plug-in is made, by its name in the settings."""


def software() -> str:
    """Return the program's name and version, as it signs and prints itself."""
    try:
        return f"Comptoir {version('comptoir')}"
    except PackageNotFoundError:
        return "Comptoir (source)"


def fiscal_rules(settings: Settings) -> FiscalRules:
    """Return the fiscal plug-in that the settings name; a kiosk records no sale and wants none."""
    return FISCAL["none" if settings.till.kind == "kiosk" else settings.till.fiscal]()


def witness_of(rules: FiscalRules, zone: str) -> Witness:
    """Return what a ledger asks before each batch: the country's records, in the shop's time."""
    local = ZoneInfo(zone)

    def witness(batch: Batch) -> Sequence[FiscalRecord]:
        register = f"{batch.place.till}-{batch.place.epoch}"
        seen = ToWitness(batch.events, batch.at.astimezone(local), register, batch.heads)
        return rules.witness(seen, batch.signer)

    return witness


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
            card_trouble=settings.printing.always_for_card_trouble,
        ),
        refunds=RefundRules(
            without_ticket_most=settings.refunds.without_ticket_most,
            days=settings.refunds.days,
            instead={str(one): str(other) for one, other in settings.refunds.instead.items()},
        ),
        cash=CashRules(
            drawers=settings.cash.drawers,
            denominations=settings.cash.denominations,
            difference_limit=settings.cash.difference_limit,
            float_target=settings.cash.float_target,
        ),
        closing=ClosingRules(
            year_ends_with=settings.closing.year_ends_with,
            catch_up_days=settings.closing.catch_up_days,
            accounts={"journal": settings.accounting.journal, **settings.accounting.accounts},
        ),
        pickup=PickupRules(**settings.pickup.model_dump()),
        customer_s=settings.devices.customer_screen.keep_s,
        scale=ScaleRules(
            automatic=settings.devices.scale.take == "automatic",
            approval=settings.devices.scale.approval,
        ),
        is_working=working_days(settings.shop.country),
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
