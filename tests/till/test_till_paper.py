"""The ticket itself: every mandatory block, word for word, in French and in English."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from devices.printer.profile import PrinterProfile
from devices.printer.render import render_escpos, render_text
from pos.domain.catalogue import Article, Price
from pos.domain.events import SaleFinished
from pos.domain.line import Discount
from pos.domain.money import PIECE
from pos.domain.shop import ShopFacts
from pos.domain.staff import Permission
from pos.domain.tender import TenderRules
from pos.domain.words import Sentence
from pos.fiscal.france import payloads
from pos.fiscal.port import ChainHead, SaleToSign
from pos.papers.page import Page
from pos.till import sell, staff, tender, tickets
from tests.till.shop import (
    APPLES,
    BREAD,
    LAMP,
    MANAGER,
    MEAL,
    PAPER,
    PIECE_OF_CHEESE,
    SHOP,
    Till,
)

COLUMNS = 42

FRENCH = """\
                 Au coin
               Au coin SARL
               1 rue Neuve
                69001 Lyon
                  France
              04 00 00 00 00
     SIRET 73282932000074 – APE 4711B
           N° TVA FR44732829320
------------------------------------------
TICKET – VENTE            N° T01-K1-000001
24/11/2026 10:30:00        Caisse T01 · 10
------------------------------------------
Baguette                          3,30 € C
  3 × 1,10 €
* Lampe de bureau                29,99 € A
  Fin de série                   -2,99 €
  dont éco-participation 0,12 € l’unité
Plat du jour                     12,50 € B
Quotidien                         2,50 € D
  Prix initial : 2,60 €
Comté                             7,80 € C
Pommes                            3,11 € C
  1,250 kg × 2,49 €
  {typed}
------------------------------------------
Sous-total                         56,21 €
Fidélité                           -2,00 €
TOTAL                              54,21 €
Titres-restaurant                  10,00 €
Carte                              20,00 €
Espèces                            50,00 €
Rendu                              25,79 €
Lignes : 6

TVA                      HT   Taxe     TTC
A 20 %              21,70 € 4,34 € 26,04 €
B 10 %              10,96 € 1,10 € 12,06 €
C 5,5 %             12,99 € 0,71 € 13,70 €
D 2,1 %              2,36 € 0,05 €  2,41 €
------------------------------------------
* Garantie légale de conformité : 2 ans
(art. L217-3 et s. C. consom.)
         Signature : 0GLD  (n°1)
          Comptoir – fiscal 2.0
                 ORIGINAL

   Échange sous 15 jours avec le ticket

[QR T01-K1-000001]
              T01-K1-000001
            Merci et à bientôt
"""

ENGLISH = """\
                 Au coin
               Au coin SARL
               1 rue Neuve
                69001 Lyon
                  France
              04 00 00 00 00
     SIRET 73282932000074 – APE 4711B
          VAT no. FR44732829320
------------------------------------------
TICKET – SALE            No. T01-K1-000001
24/11/2026 10:30:00          Till T01 · 10
------------------------------------------
Baguette                           €3.30 C
  3 × €1.10
* Lampe de bureau                 €29.99 A
  Fin de série                    -€2.99
  incl. eco-participation €0.12 each
Plat du jour                      €12.50 B
Quotidien                          €2.50 D
  Price before: €2.60
Comté                              €7.80 C
Pommes                             €3.11 C
  1.250 kg × €2.49
  {typed}
------------------------------------------
Subtotal                            €56.21
Fidélité                            -€2.00
TOTAL                               €54.21
Meal vouchers                       €10.00
Card                                €20.00
Cash                                €50.00
Change                              €25.79
Lines: 6

VAT                       Net   Tax  Gross
A 20%                  €21.70 €4.34 €26.04
B 10%                  €10.96 €1.10 €12.06
C 5.5%                 €12.99 €0.71 €13.70
D 2.1%                  €2.36 €0.05  €2.41
------------------------------------------
* Garantie légale de conformité : 2 ans
(art. L217-3 et s. C. consom.)
         Signature : 0GLD  (n°1)
          Comptoir – fiscal 2.0
                 ORIGINAL

   Échange sous 15 jours avec le ticket

[QR T01-K1-000001]
              T01-K1-000001
         Thank you, see you soon
"""


def text_of(page: Page) -> str:
    lines = render_text(page, COLUMNS).splitlines()
    assert lines[-1] == "- " * (COLUMNS // 2)
    return "".join(line.rstrip() + "\n" for line in lines[:-1])


def full_sale(till: Till) -> SaleFinished:
    """Sell one of everything, with each kind of discount and three tenders."""
    till.scan(BREAD, LAMP, MEAL, PAPER, PIECE_OF_CHEESE)
    sell.arm_quantity(till.desk, 1250)
    till.scan(APPLES)
    sell.set_quantity(till.desk, 1, 3 * PIECE)
    sell.set_price(till.desk, 4, 250, till.loan(Permission.PRICE_OVERRIDE))
    sell.discount_line(till.desk, 2, Discount(percent=1000, reason="Fin de série"))
    sell.discount_ticket(till.desk, Discount(amount=200, reason="Fidélité"))
    tender.pay_meal_voucher(till.desk, 1000)
    tender.answer_card(till.desk, tender.ask_card(till.desk, 2000), "approved")
    tender.pay_cash(till.desk, 5000)
    return till.sales()[-1]


def differences(till: Till) -> list[tuple[str, str]]:
    """Return the lines in which the first two papers differ."""
    original, copy = (text_of(page) for _, page in till.counter.printed)
    return [
        (before.strip(), after.strip())
        for before, after in zip(original.splitlines(), copy.splitlines(), strict=True)
        if before != after
    ]


@pytest.mark.parametrize(("language", "paper"), [("fr", FRENCH), ("en", ENGLISH)])
def test_a_full_ticket_reads_word_for_word(language: str, paper: str) -> None:
    till = Till("france", language=language)
    full_sale(till)
    typed = till.desk.words().say(Sentence("Weight typed by hand"))
    assert text_of(till.counter.printed[0][1]) == paper.replace("{typed}", typed)


def test_a_duplicata_differs_from_the_original_in_its_mark_alone_even_after_a_restart(
    french_till: Till,
) -> None:
    full_sale(french_till)
    french_till.restart()
    assert tickets.print_ticket(french_till.desk) == 1
    assert differences(french_till) == [("ORIGINAL", "DUPLICATA n°1")]


def test_a_duplicata_stays_the_original_whatever_changed_since(french_till: Till) -> None:
    till = french_till
    full_sale(till)
    house = till.desk.rules
    moved = replace(
        house,
        shop=ShopFacts("Autre", "Autre SAS", ("2 rue Neuve", "75001 Paris"), "FR", naf="4711C",
                       siret=house.shop.siret, vat_number=house.shop.vat_number),
        vat=replace(house.vat, letters=dict.fromkeys(house.vat.letters, "Z")),
        zone="UTC",
        ticket_language="en",
        software="Comptoir 9",
    )  # fmt: skip
    till.change_rules = lambda _: moved
    till.language = "en"
    till.restart(MANAGER)
    staff.remove_person(till.desk, "staff-1")
    assert tickets.print_ticket(till.desk, till.sales()[0]) == 1
    assert differences(till) == [("ORIGINAL", "DUPLICATA n°1")]


@pytest.mark.parametrize("vat_number", ["", SHOP.vat_number])
def test_a_shop_that_charges_no_vat_opens_without_a_number_and_says_so(vat_number: str) -> None:
    exempt = replace(SHOP, vat_exempt=True, vat_number=vat_number)
    till = Till("france", change_rules=lambda house: replace(house, shop=exempt))
    full_sale(till)
    paper = text_of(till.counter.printed[0][1])
    assert "TVA non applicable, art. 293 B du CGI" in paper
    assert ("N° TVA" in paper) is bool(vat_number)


def test_the_signed_payload_can_be_made_again_from_the_journal_alone(french_till: Till) -> None:
    for _ in range(3):
        full_sale(french_till)
    head = ChainHead()
    bodies = [e.body for e in french_till.store.entries if e.kind == "sale.finished"]
    assert len(bodies) == 3
    for body in bodies:
        facts = json.loads(body)
        stamp = facts["fiscal"]
        local = stamp["payload"].split(",")[2]
        signed = SaleToSign(facts, "T01-K1", local)
        assert payloads.ticket(signed, head) == stamp["payload"]
        assert local == "20261124103000"
        head = ChainHead(stamp["number"], stamp["signature"])


def test_a_country_without_rules_prints_no_signature_and_no_guarantee() -> None:
    till = Till("none")
    full_sale(till)
    tickets.print_ticket(till.desk)
    paper = text_of(till.counter.printed[0][1])
    assert "Signature" not in paper
    assert "Garantie" not in paper
    assert "ORIGINAL" not in paper
    assert "A 20 %" in paper


def test_a_rounded_total_shows_its_rounding() -> None:
    rules = TenderRules(cash_rounding="five_cents")
    till = Till("none", change_rules=lambda house: replace(house, tenders=rules))
    till.scan(PAPER, BREAD, BREAD, PIECE_OF_CHEESE)
    sell.discount_ticket(till.desk, Discount(amount=8))
    tender.pay_cash(till.desk)
    tickets.print_ticket(till.desk)
    lines = [" ".join(line.split()) for line in text_of(till.counter.printed[0][1]).splitlines()]
    at = lines.index("TOTAL 12,52 €")
    assert lines[at + 1 : at + 3] == ["Arrondi -0,02 €", "Espèces 12,50 €"]


def test_the_country_is_named_once() -> None:
    till = Till("france")
    till.desk.rules = replace(
        till.desk.rules, shop=replace(till.desk.rules.shop, address=("1 rue Neuve", "FRANCE"))
    )
    full_sale(till)
    paper = text_of(till.counter.printed[0][1])
    assert paper.upper().count("FRANCE") == 1


def test_a_training_ticket_says_so(french_till: Till) -> None:
    french_till.desk.training = True
    full_sale(french_till)
    paper = text_of(french_till.counter.printed[0][1])
    assert "FACTICE – MODE ÉCOLE" in paper
    assert "T01-K1-X000001" in paper


def test_no_name_reaches_the_printer_as_a_command() -> None:
    kick = "\x1bp\x00\x19\xfa"
    rogue = Article("99", f"Farce{kick}", "FR20", ("03760000000017",), prices=(Price(100),))
    till = Till("france", articles=(rogue,))
    till.scan(BREAD)
    sell.discount_line(till.desk, 1, Discount(amount=5, reason=f"Geste{kick}"))
    tender.pay_cash(till.desk)
    tickets.print_ticket(till.desk)
    page = till.counter.printed[0][1]
    sent = b"".join(render_escpos(page, PrinterProfile("epson")))
    assert b"Farce" in sent
    assert b"\x1bp" not in sent
    assert "\x1b" not in text_of(page)
