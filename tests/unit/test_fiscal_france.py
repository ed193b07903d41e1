"""The French plug-in: what a shop must set, what is signed and chained, what is printed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from pos.domain.events import FiscalStamp, SaleFinished
from pos.domain.shop import ShopFacts
from pos.fiscal.france import FranceRules
from pos.fiscal.france.ticket_chain import COVERED, extract, lines_sha256, payload, vat_breakdown
from pos.fiscal.none import NoRules
from pos.fiscal.port import ChainHead, SaleToSign
from pos.papers.page import Text

# The number of the standards' own examples: its check digits are right and it names no shop here.
SHOP = ShopFacts(
    "Au coin",
    "Au coin SARL",
    ("1 rue Neuve", "69001 Lyon"),
    "FR",
    siret="73282932000074",
    naf="4711B",
    vat_number="FR44732829320",
)


def sign(data: bytes) -> bytes:
    return hashlib.sha512(data).digest()


def facts(**changed: Any) -> dict[str, Any]:
    """Return the facts of a sale of one line, as the journal keeps them."""
    line = {
        "n": 1,
        "sku": "1",
        "code": "",
        "name": "Lampe, halogène",
        "quantity": 1000,
        "unit": "piece",
        "unit_price": 1200,
        "gross": 1200,
        "total": 1200,
        "vat": "FR20",
        "vat_rate": 2000,
        "net": 1000,
        "tax": 200,
    }
    whole = {
        "ticket": 1,
        "label": "T01-K1-000001",
        "basket": "B",
        "at": "2026-11-22T13:05:09.123Z",
        "business_day": "2026-11-22",
        "zone": "Europe/Paris",
        "currency": "EUR",
        "staff": "staff-1",
        "till": "T01",
        "operator": "10",
        "language": "fr",
        "seller": {"name": "Au coin", "company": "Au coin SARL", "country": "FR"},
        "lines": [line],
        "vat": [{"rate": 2000, "gross": 1200, "net": 1000, "tax": 200}],
        "tenders": [{"n": 1, "method": "cash", "amount": 1200, "given": 2000}],
        "total": 1200,
        "change": 800,
        "software": "Comptoir 0.1.0",
    }
    return {**whole, **changed}


def to_sign(**changed: Any) -> SaleToSign:
    return SaleToSign(facts(**changed), "T01-K1", "20261122140509")


def sale_of(stamp: FiscalStamp, **changed: Any) -> SaleFinished:
    return SaleFinished.model_validate({**facts(**changed), "fiscal": stamp})


def texts(sale: SaleFinished, copy_number: int = 0) -> list[str]:
    blocks = FranceRules().ticket_block(sale, copy_number)
    return [block.text for block in blocks if isinstance(block, Text)]


def stamped(**changed: Any) -> FiscalStamp:
    return FranceRules().stamp(to_sign(**changed), ChainHead(), sign, "k1")


def test_the_payload_is_the_documented_one_field_by_field() -> None:
    digest = lines_sha256(facts())
    first = payload(to_sign(), ChainHead(), "VENTE")
    assert first == f"2000:1200,1200,20261122140509,T01-K1,1,VENTE,{digest},N,"
    later = payload(to_sign(), ChainHead(41, "abc_-9"), "VENTE")
    assert later == f"2000:1200,1200,20261122140509,T01-K1,42,VENTE,{digest},Y,abc_-9"
    assert first.count(",") == 8


def test_the_vat_breakdown_is_the_highest_rate_first_in_four_digits() -> None:
    rows = [{"rate": rate, "gross": gross} for rate, gross in ((0, 149), (550, 211), (2000, 12))]
    assert vat_breakdown(rows) == "2000:12|0550:211|0000:149"


def test_the_digest_is_that_of_plain_canonical_json() -> None:
    covered = {name: facts()[name] for name in COVERED if name in facts()}
    text = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert lines_sha256(facts()) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "changed",
    [
        {"total": 1201},
        {"vat": [{"rate": 1000, "gross": 1200, "net": 1000, "tax": 200}]},
        {"label": "T01-K1-000002"},
        {"change": 801},
        {"rounding": 1},
        {"tenders": [{"n": 1, "method": "card", "amount": 1200, "given": 1200}]},
        {"ticket_discount": {"amount": 5, "percent": 0, "reason": ""}},
        {"voided": [{"sku": "2", "name": "Pain", "quantity": 1000, "total": 110}]},
        {"lines": [{**facts()["lines"][0], "name": "Lampe"}]},
    ],
)
def test_whatever_counts_in_a_sale_changes_its_signature(changed: dict[str, Any]) -> None:
    assert stamped(**changed).signature != stamped().signature


def test_each_record_holds_the_signature_of_the_one_before() -> None:
    head, chain = ChainHead(), []
    for _ in range(5):
        stamp = FranceRules().stamp(to_sign(), head, sign, "k1")
        chain.append(stamp)
        head = ChainHead(stamp.number, stamp.signature)
    assert [stamp.number for stamp in chain] == [1, 2, 3, 4, 5]
    assert chain[0].previous == ""
    for before, after in pairwise(chain):
        assert after.previous == before.signature
        assert after.payload.endswith(f",Y,{before.signature}")
    assert len({stamp.signature for stamp in chain}) == 5


def test_the_extract_is_the_third_seventh_thirteenth_and_nineteenth_character() -> None:
    assert extract("abcdefghijklmnopqrstuvwxyz") == "cgms"
    stamp = stamped()
    assert stamp.extract == "".join(stamp.signature[place] for place in (2, 6, 12, 18))
    assert "=" not in stamp.signature


def test_training_is_signed_in_a_chain_of_its_own_and_marked() -> None:
    stamp = FranceRules().stamp(replace(to_sign(), training=True), ChainHead(), sign, "k1")
    assert stamp.chain == "training"
    assert stamped().chain == "ticket"
    assert "FACTICE – MODE ÉCOLE" in texts(sale_of(stamp, training=True))


@pytest.mark.parametrize(("copy_number", "mark"), [(0, "ORIGINAL"), (2, "DUPLICATA n°2")])
def test_a_ticket_says_whether_it_is_the_original(copy_number: int, mark: str) -> None:
    stamp = stamped()
    printed = texts(sale_of(stamp), copy_number)
    assert printed == [
        f"Signature : {stamp.extract}  (n°1)",
        "Comptoir 0.1.0 – fiscal 1.0",
        mark,
    ]


@pytest.mark.parametrize(
    ("months", "said"),
    [
        ([0], []),
        ([24], ["2 ans"]),
        ([0, 24, 24], ["2 ans"]),
        ([12, 24], ["1 an", "2 ans"]),
        ([18], ["18 mois"]),
    ],
)
def test_the_guarantee_of_durable_goods_is_stated_and_makes_the_ticket_print(
    months: list[int], said: list[str]
) -> None:
    line = facts()["lines"][0]
    lines = [{**line, "n": n, "guarantee_months": m} for n, m in enumerate(months, start=1)]
    sale = sale_of(stamped(), lines=lines)
    mentions = [text for text in texts(sale) if text.startswith("*")]
    assert mentions == [
        f"* Garantie légale de conformité : {length} (art. L217-3 et s. C. consom.)"
        for length in said
    ]
    assert FranceRules().prints_unasked(sale) is bool(said)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({}, None),
        ({"siret": ""}, "SIRET"),
        ({"siret": "73282932000075"}, "SIRET"),
        ({"vat_number": ""}, "VAT"),
        ({"vat_number": "FR45732829320"}, "VAT"),
        ({"naf": ""}, "NAF"),
        ({"address": ("Lyon",)}, "address"),
        ({"company": ""}, "name"),
        ({"vat_number": "", "vat_exempt": True}, None),
        ({"vat_number": "", "vat_exempt": True, "siret": ""}, "SIRET"),
    ],
)
def test_a_french_shop_names_itself_before_it_sells(
    changed: dict[str, Any], named: str | None
) -> None:
    missing = FranceRules().missing(replace(SHOP, **changed))
    assert [named in str(sentence) for sentence in missing if named] == [True] * bool(named)
    assert bool(missing) is bool(named)


def test_a_country_without_rules_numbers_and_marks_copies_and_signs_nothing() -> None:
    rules = NoRules()
    stamp = rules.stamp(to_sign(), ChainHead(4, ""), sign, "k1")
    assert (stamp.number, stamp.signature, stamp.payload) == (5, "", "")
    sale = sale_of(stamp)
    assert not rules.prints_unasked(sale)
    assert [Text("Comptoir 0.1.0")] == list(rules.ticket_block(sale, 0))
    assert Text("DUPLICATA n°1") in rules.ticket_block(sale, 1)
    assert rules.missing(SHOP) == ()
    assert len(rules.missing(replace(SHOP, name=""))) == 1
