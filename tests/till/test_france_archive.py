"""What an inspector looks for in the archive of a French till: every file, column and line."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pos.archive.writer import Before, Source, write_archive
from pos.domain.events import FiscalSigned, PrintAsked
from pos.doubles import HashSigner
from tests.till.deeds import DEEDS, do
from tests.till.shop import MANAGER, Till


@dataclass(frozen=True)
class Table:
    """A CSV file: its columns and its lines."""

    columns: set[str]
    rows: list[dict[str, str]]


@pytest.fixture(scope="module")
def lived() -> Till:
    till = Till("france").restart(MANAGER)
    for n in (7, 14, 21):
        for deed in DEEDS:
            do(till, deed, n)
    return till


@pytest.fixture(scope="module")
def archive(lived: Till, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Table]:
    """Return the lines of every CSV file of the till's archive."""
    path: Path = tmp_path_factory.mktemp("archive") / "archive.zip"
    entries = enumerate(lived.store.entries, 1)
    source = Source(entries, Before(), "Comptoir 0.1.0", "2.0", (b"",))
    write_archive(path, source, HashSigner())
    with zipfile.ZipFile(path) as packed:
        names = [name for name in packed.namelist() if name.endswith(".csv")]
        return {name: table(packed.read(name)) for name in names}


def table(content: bytes) -> Table:
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    reader = csv.DictReader(text, delimiter=";")
    return Table(set(reader.fieldnames or ()), list(reader))


def records(till: Till, chain: str) -> int:
    signed = [one for one in till.store.events if isinstance(one, FiscalSigned)]
    return sum(record.stamp.chain == chain for one in signed for record in one.records)


SIGNED = "numero texte_signe signature cle"
RUNNING = "cumul_exercice cumul_perpetuel cumul_perpetuel_absolu"

SCHEMA: list[tuple[str, str, Callable[[Till], int]]] = [
    (
        "tickets.csv",
        "ticket date jour caisse vendeur operation ecole total_ttc devise logiciel"
        f" version_fiscale chaine {SIGNED}",
        lambda till: len(till.sales()),
    ),
    (
        "tickets_lignes.csv",
        "ticket ligne article libelle quantite unite prix_ttc remise total_ttc taux_tva total_ht"
        " tva ticket_rendu ligne_rendue motif_retour",
        lambda till: sum(len(sale.lines) for sale in till.sales()),
    ),
    (
        "tickets_tva.csv",
        "ticket taux_tva ttc ht tva",
        lambda till: sum(len(sale.vat) for sale in till.sales()),
    ),
    (
        "paiements.csv",
        "ticket moyen montant remis ticket_origine",
        lambda till: sum(len(sale.tenders) for sale in till.sales()),
    ),
    (
        "grands_totaux.csv",
        f"document niveau periode total_ttc {RUNNING} {SIGNED}",
        lambda till: (
            sum(not sale.training for sale in till.sales()) + len(till.events("period.closed"))
        ),
    ),
    (
        "clotures.csv",
        f"cloture niveau periode date caisse total_ttc {RUNNING} {SIGNED}",
        lambda till: len(till.events("period.closed")),
    ),
    ("jet.csv", f"code_jet operateur date {SIGNED}", lambda till: records(till, "jet")),
    (
        "duplicatas.csv",
        f"document copie papier operateur date {SIGNED}",
        lambda till: records(till, "duplicate"),
    ),
    ("archives.csv", f"sha256 premier_jour dernier_jour {SIGNED}", lambda _: 0),
    ("journal.csv", "ordinal kind body hash", lambda till: len(till.store.entries)),
]


@pytest.mark.parametrize(("name", "columns", "count"), SCHEMA, ids=[name for name, *_ in SCHEMA])
def test_an_archive_holds_every_column_and_line_that_the_law_wants_kept(
    lived: Till, archive: dict[str, Table], name: str, columns: str, count: Callable[[Till], int]
) -> None:
    """ArchiveSchemaTest."""
    assert set(columns.split()) <= archive[name].columns
    assert len(archive[name].rows) == count(lived)
    assert all(set(row) == archive[name].columns for row in archive[name].rows)


def test_every_copy_that_was_asked_for_is_told_in_the_archive(
    lived: Till, archive: dict[str, Table]
) -> None:
    asked = [one for one in lived.store.events if isinstance(one, PrintAsked)]
    counted = [(one.document, str(one.copy_number)) for one in asked if one.copy_number]
    assert [(row["document"], row["copie"]) for row in archive["duplicatas.csv"].rows] == counted
    assert counted
