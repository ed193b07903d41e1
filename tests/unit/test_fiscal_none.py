"""The plug-in of a country that asks nothing: it numbers, and signs and wants nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pos.domain.events import TillStopped
from pos.domain.shop import PrintRules
from pos.fiscal.none import NoRules
from pos.fiscal.port import ArchiveToSign, ChainHead, ToWitness
from tests.unit.fiscal_samples import (
    SHOP,
    SIGNER,
    closed_of,
    sale_of,
    stamped,
    texts,
    to_sign,
    total_of,
)

HEAD = ChainHead(4, "")


def test_every_document_is_numbered_in_its_chain_and_nothing_is_signed() -> None:
    rules = NoRules()
    stamps = [
        rules.stamp(to_sign(), HEAD, SIGNER),
        rules.stamp(replace(to_sign(), training=True), HEAD, SIGNER),
        *(rules.total(total_of(level), HEAD, SIGNER) for level in ("ticket", "day", "year")),
        rules.archive(ArchiveToSign("", "", (), 0, "T01-K1", ""), HEAD, SIGNER),
    ]
    chains = ["ticket", "training", "gt_ticket", "gt_day", "gt_year", "archive"]
    assert [stamp.chain for stamp in stamps] == chains
    assert {(stamp.number, stamp.signature, stamp.payload) for stamp in stamps} == {(5, "", "")}


def test_no_entry_wants_a_record() -> None:
    seen = ToWitness((TillStopped(),), datetime(2026, 11, 22, tzinfo=UTC), "T01-K1", {})
    assert NoRules().witness(seen, SIGNER) == ()


@pytest.mark.parametrize(
    ("training", "copy_number", "printed"),
    [
        (False, 0, ["Comptoir 0.1.0"]),
        (False, 1, ["Comptoir 0.1.0", "DUPLICATA n°1"]),
        (True, 0, ["TRAINING", "Comptoir 0.1.0"]),
    ],
)
def test_a_ticket_shows_the_software_copies_and_training(
    training: bool, copy_number: int, printed: list[str]
) -> None:
    rules = NoRules()
    sale = sale_of(stamped(), training=training)
    assert texts(rules.ticket_block(sale, copy_number)) == printed
    assert not rules.prints_unasked(sale)


def test_a_closing_shows_the_software_and_that_a_copy_is_one() -> None:
    assert texts(NoRules().closing_block(closed_of(), 0)) == ["Comptoir 0.1.0"]
    assert texts(NoRules().closing_block(closed_of(), 2)) == ["Comptoir 0.1.0", "DUPLICATA n°2"]


def test_a_shop_needs_a_name_and_may_print_every_ticket() -> None:
    assert NoRules().missing(SHOP) == ()
    assert len(NoRules().missing(replace(SHOP, name=""))) == 1
    assert NoRules().printing_problems(PrintRules(ask=False, guarantee=False)) == ()
