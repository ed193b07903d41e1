"""The French plug-in: what a shop must set, how a ticket is signed and chained, what is printed."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from pos.domain.facts import RunningTotals
from pos.domain.shop import PrintRules
from pos.fiscal.france import FranceRules, payloads
from pos.fiscal.france.payloads import COVERED, extract, lines_sha256, vat_breakdown
from pos.fiscal.port import ChainHead
from pos.journal.signing import verify
from tests.unit.fiscal_samples import (
    KEY,
    LINE,
    RETURNED,
    SHOP,
    SIGNER,
    closed_of,
    facts,
    sale_of,
    stamped,
    texts,
    to_sign,
)


def test_the_payload_is_the_documented_one_field_by_field() -> None:
    digest = lines_sha256(facts())
    first = payloads.ticket(to_sign(), ChainHead())
    assert first == f"2000:1200,1200,20261122140509,T01-K1,1,VENTE,{digest},N,"
    later = payloads.ticket(to_sign(), ChainHead(41, "abc_-9"))
    assert later == f"2000:1200,1200,20261122140509,T01-K1,42,VENTE,{digest},Y,abc_-9"
    assert first.count(",") == 8


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("sale", "VENTE"),
        ("refund", "RETOUR"),
        ("exchange", "ECHANGE"),
        ("void", "ANNULATION"),
    ],
)
def test_a_ticket_is_signed_with_its_type(operation: str, kind: str) -> None:
    signed = payloads.ticket(to_sign(operation=operation), ChainHead())
    assert signed.split(",")[5] == kind


def test_a_sale_from_before_there_were_refunds_is_a_plain_one() -> None:
    assert "operation" not in facts()
    assert payloads.ticket(to_sign(), ChainHead()).split(",")[5] == "VENTE"


def test_the_vat_breakdown_is_the_highest_rate_first_in_four_digits() -> None:
    rates = [(0, 149), (550, -211), (2000, 12), (210, 0)]
    assert vat_breakdown(rates) == "2000:12|0550:-211|0210:0|0000:149"
    assert vat_breakdown([]) == ""


def test_no_text_can_bring_a_comma_into_a_payload() -> None:
    signed = payloads.ticket(replace(to_sign(), till="T,0%1"), ChainHead())
    assert signed.count(",") == 8
    assert signed.split(",")[3] == "T%2C0%251"


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
        {"returned_tenders": [{"method": "cash", "amount": 5, "given": 5}]},
        {"lines": [{**LINE, "name": "Lampe"}]},
        {"lines": [{**LINE, "returned": {"ticket": "T01-K1-000009", "line": 1, "reason": "x"}}]},
        {"operation": "void"},
        {"running": RunningTotals(perpetual=1).model_dump()},
        {"shift": "another"},
    ],
)
def test_whatever_counts_in_a_sale_changes_its_signature(changed: dict[str, Any]) -> None:
    assert stamped(**changed).signature != stamped().signature


def test_each_record_holds_the_signature_of_the_one_before() -> None:
    head, chain = ChainHead(), []
    for _ in range(5):
        stamp = FranceRules().stamp(to_sign(), head, SIGNER)
        chain.append(stamp)
        head = ChainHead(stamp.number, stamp.signature)
    assert [stamp.number for stamp in chain] == [1, 2, 3, 4, 5]
    assert chain[0].previous == ""
    for before, after in pairwise(chain):
        assert after.previous == before.signature
        assert after.payload.endswith(f",Y,{before.signature}")
    assert len({stamp.signature for stamp in chain}) == 5


def test_anyone_with_the_public_key_can_check_a_ticket() -> None:
    stamp = FranceRules().stamp(to_sign(), ChainHead(), KEY)
    signature = base64.urlsafe_b64decode(stamp.signature + "==")
    assert verify(KEY.public_key, signature, stamp.payload.encode())
    assert not verify(KEY.public_key, signature, stamp.payload.replace("1200", "1201").encode())
    assert (stamp.key_id, stamp.algorithm) == (KEY.key_id, "Ed25519")


def test_the_extract_is_the_third_seventh_thirteenth_and_nineteenth_character() -> None:
    assert extract("abcdefghijklmnopqrstuvwxyz") == "cgms"
    stamp = stamped()
    assert stamp.extract == "".join(stamp.signature[place] for place in (2, 6, 12, 18))
    assert "=" not in stamp.signature


@pytest.mark.parametrize(("digest", "version"), [("", "2.0"), ("1a2b3c4d5e6f", "2.0+1a2b3c4d")])
def test_the_version_that_is_signed_tells_which_files_signed_it(digest: str, version: str) -> None:
    stamp = FranceRules(digest).stamp(to_sign(), ChainHead(), SIGNER)
    assert stamp.fiscal_version == version
    assert f"Comptoir 0.1.0 – fiscal {version}" in texts(
        FranceRules(digest).ticket_block(sale_of(stamp), 0)
    )


def test_training_is_signed_in_a_chain_of_its_own_and_marked() -> None:
    stamp = FranceRules().stamp(replace(to_sign(), training=True), ChainHead(), SIGNER)
    assert stamp.chain == "training"
    assert stamped().chain == "ticket"
    printed = texts(FranceRules().ticket_block(sale_of(stamp, training=True), 0))
    assert printed[0] == "FACTICE – MODE ÉCOLE" == FranceRules().training_mark()


@pytest.mark.parametrize(("copy_number", "mark"), [(0, "ORIGINAL"), (2, "DUPLICATA n°2")])
def test_a_ticket_says_whether_it_is_the_original(copy_number: int, mark: str) -> None:
    stamp = stamped()
    assert texts(FranceRules().ticket_block(sale_of(stamp), copy_number)) == [
        f"Signature : {stamp.extract}  (n°1)",
        "Comptoir 0.1.0 – fiscal 2.0",
        mark,
    ]


@pytest.mark.parametrize(
    ("operation", "name"),
    [("refund", "RETOUR"), ("exchange", "ÉCHANGE"), ("void", "ANNULATION")],
)
def test_a_ticket_that_gives_back_names_its_type_in_french(operation: str, name: str) -> None:
    sale = sale_of(stamped(), operation=operation, lines=[RETURNED])
    assert texts(FranceRules().ticket_block(sale, 0))[0] == name


@pytest.mark.parametrize("level", ["day", "month", "year"])
@pytest.mark.parametrize(("copy_number", "mark"), [(0, "ORIGINAL"), (1, "DUPLICATA n°1")])
def test_a_closing_shows_its_integrity_code_and_whether_it_is_the_original(
    level: str, copy_number: int, mark: str
) -> None:
    closed = closed_of(level=level)
    assert texts(FranceRules().closing_block(closed, copy_number)) == [
        f"Code d'intégrité : {closed.fiscal.extract}  (n°3)",
        "Comptoir 0.1.0 – fiscal 2.0",
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
    lines = [{**LINE, "n": n, "guarantee_months": m} for n, m in enumerate(months, start=1)]
    sale = sale_of(stamped(), lines=lines)
    printed = texts(FranceRules().ticket_block(sale, 0))
    assert [text for text in printed if text.startswith("*")] == [
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
        ({"country": ""}, "address"),
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


@pytest.mark.parametrize(
    ("rules", "count"),
    [
        (PrintRules(), 0),
        (PrintRules(ask=False), 1),
        (PrintRules(guarantee=False), 1),
        (PrintRules(ask=False, guarantee=False), 2),
    ],
)
def test_printing_every_ticket_or_no_guaranteed_one_is_forbidden(
    rules: PrintRules, count: int
) -> None:
    assert len(FranceRules().printing_problems(rules)) == count
