"""The import of a catalogue into a real SQLite file, from bytes as people send them."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pos.domain.catalogue import Article, Price, Unit
from pos.domain.catalogue_import import Defaults
from pos.domain.errors import Refusal
from pos.ports import StoreUnavailable
from pos.store.catalogue_writer import StoredCatalogueWriter
from pos.till import catalogue as gesture
from pos.till.catalogue import Progress, import_catalogue, refusals_csv
from tests.contract.catalogue_shop import BREAD, MILK, NOW, RULES, Shop, counts

DEMO = Path(__file__).parents[2] / "config" / "demo_catalogue.csv"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path / "till.sqlite")
    yield shop
    shop.engine.dispose()


FILES = [
    ("comma, UTF-8", f"barcode,name,price\n{BREAD},Crème brûlée,12.50\n".encode()),
    ("semicolon, UTF-8 BOM", f"ean;libellé;prix\n{BREAD};Crème brûlée;12,50\n".encode("utf-8-sig")),
    ("CP1252", f"ean;libellé;prix\r\n{BREAD};Crème brûlée;12,50 €\r\n".encode("cp1252")),
    ("tabs", f"ean\tlibellé\tprix\n{BREAD}\tCrème brûlée\t12,5\n".encode()),
    ("quotes", f'"ean";"libellé";"prix"\n"{BREAD}";"Crème brûlée";"12,50"\n'.encode()),
    ("a name over two lines", f'ean,nom,prix\n{BREAD},"Crème\nbrûlée","12,50"\n'.encode()),
    ("no end of line, empty lines", f"\n\nean;nom;prix\n\n{BREAD};Crème brûlée;12,50".encode()),
    ("gzip", gzip.compress(f"ean;nom;prix\n{BREAD};Crème brûlée;12,50\n".encode(), mtime=0)),
    (
        "JSON Lines",
        json.dumps({"EAN": BREAD, "libellé": "Crème brûlée", "prix": 12.5, "x": [1]}).encode(),
    ),
    (
        "JSON Lines, numbers",
        f'{{"code": {BREAD}, "name": "Crème brûlée", "price": 12.50, "age": null}}\n'.encode(),
    ),
]


@pytest.mark.parametrize("content", [f[1] for f in FILES], ids=[f[0] for f in FILES])
def test_a_file_is_read_however_it_was_written(shop: Shop, content: bytes) -> None:
    assert counts(shop.take(content)) == (1, 0, 0, 0)
    assert shop.article("0" + BREAD) == Article(
        sku="0" + BREAD,
        name="Crème brûlée",
        vat="FR055",
        codes=("0" + BREAD,),
        prices=(Price(1250),),
    )


def test_a_stream_that_cannot_go_back_is_read_too(shop: Shop) -> None:
    chunks = iter([b"code;name\n", BREAD.encode(), b";Pain\n"])
    report = import_catalogue(chunks, "csv", RULES, StoredCatalogueWriter(shop.engine))
    assert counts(report) == (1, 0, 0, 0)


WHOLE_FILES = [
    (b"", "empty_file"),
    ("code;name\n".encode("utf-16"), "not_a_text"),
    (b"code;name\n\0\0\0", "not_a_text"),
    (b"x" * 3_000_000, "not_a_text"),
    (gzip.compress(b"code;name\n" * 100, mtime=0)[:-12], "damaged_file"),
    (b"colour;size\nred;3\n", "no_column"),
]


@pytest.mark.parametrize(("content", "slug"), WHOLE_FILES)
def test_a_file_that_is_no_catalogue_is_refused_whole(
    shop: Shop, content: bytes, slug: str
) -> None:
    with pytest.raises(Refusal) as refused:
        shop.take(content)
    assert refused.value.slug == slug


def test_too_many_rows_are_refused_and_nothing_changes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gesture, "ROWS_MAX", 1)
    with pytest.raises(Refusal, match="more than 1 rows"):
        shop.take(f"code;name\n{BREAD};Pain\n{MILK};Lait\n")
    assert shop.catalogue.find("0" + BREAD) is None


def test_every_refused_row_is_named_and_the_good_ones_are_kept(shop: Shop) -> None:
    report = shop.take(
        "code;name;price;vat\n"
        f"{BREAD};Pain;1,30;5,5\n"
        "2400000000014;Pain;1,30;5,5\n"
        f"{MILK};Lait;cher;5,5\n"
        f"{BREAD};Encore du pain;1,30;5,5\n"
        f"{MILK};Lait;1,09;19,6\n"
        ";Rien;1,09;20\n"
        f"{MILK};;1,09;20\n"
        "{" + "x" * 70_000 + ";Long;1;20\n"
        f"{MILK};Lait;1,09;5,5\n"
    )
    assert [(r.line, r.field) for r in report.refusals] == [
        (3, "code"),
        (4, "price"),
        (5, "code"),
        (6, "vat"),
        (7, "code"),
        (9, "row"),
        (10, "code"),
        (8, "name"),
    ]
    assert report.rows == 9
    assert all(len(r.value) <= 40 for r in report.refusals)
    assert str(report.refusals[2].reason).startswith("The line 2 already names this article")
    assert shop.article("0" + BREAD).name == "Pain"


def test_a_quote_that_is_never_closed_costs_one_row(shop: Shop) -> None:
    report = shop.take(
        f'code;name;price\n2400000000037;"Sel;0,90\n{BREAD};Pain;1,30\n{MILK};"Lait";1,09\n'
    )
    assert [(r.line, str(r.reason)) for r in report.refusals] == [
        (2, "A quote on this line is never closed.")
    ]
    assert report.added == 2


def test_refused_rows_beyond_the_list_are_counted_and_still_written(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gesture, "REFUSED_KEPT", 2)
    text = io.StringIO()
    report = import_catalogue(
        [b"code;name\n", b"1;a\n", b"2;b\n", b"3;c\n"],
        "csv",
        RULES,
        StoredCatalogueWriter(shop.engine),
        refused=refusals_csv(text, str),
    )
    assert (report.refused, len(report.refusals)) == (3, 2)
    assert text.getvalue().splitlines()[3].startswith('4,code,3,"The code 3 has 1 digits;')


def test_a_second_import_of_the_same_file_changes_nothing(shop: Shop) -> None:
    first = shop.take(DEMO.read_bytes())
    assert counts(first) == (63, 0, 0, 0)
    assert counts(shop.take(DEMO.read_bytes())) == (0, 0, 63, 0)


def test_the_demonstration_catalogue_has_every_kind_of_article(shop: Shop) -> None:
    shop.take(DEMO.read_bytes())
    kettle = shop.article("MAI-01")
    assert (kettle.guarantee_months, kettle.eco, kettle.vat) == (24, 50, "FR20")
    assert shop.article("2100101").unit is Unit.KG
    assert shop.article("0200302").prices == ()
    assert shop.article("DIV-01").price_at(NOW) is None
    assert shop.article("CAV-05").age == 18
    assert shop.article("09791234567896").vat == "FR055"
    galette = shop.article("BOU-05")
    assert [galette.price_at(NOW), galette.price_at(datetime(2027, 2, 1, tzinfo=UTC))] == [
        1650,
        1490,
    ]
    with shop.engine.connect() as connection:
        used = set(connection.exec_driver_sql("SELECT DISTINCT vat FROM article").scalars())
    assert {"FR20", "FR10", "FR055", "FR021"} <= used


def test_an_empty_cell_says_nothing_about_an_article_already_known(shop: Shop) -> None:
    shop.take(f"code;name;price;vat;rayon\n{BREAD};Pain;1,30;20;Boulangerie\n")
    assert counts(shop.take(f"code;price\n{BREAD};1,40\n")) == (0, 1, 0, 0)
    assert counts(shop.take(f"code;name;price;rayon\n{BREAD};;;\n")) == (0, 0, 1, 0)
    bread = shop.article("0" + BREAD)
    assert (bread.name, bread.vat, bread.department, bread.prices) == (
        "Pain",
        "FR20",
        "Boulangerie",
        (Price(140),),
    )


def test_a_new_article_without_a_name_or_a_vat_is_refused(shop: Shop) -> None:
    report = shop.take(f"code;price\n{BREAD};1,30\n", replace(RULES, defaults=Defaults()))
    assert [(r.field, r.line) for r in report.refusals] == [("name", 2)]
    report = shop.take(f"code;name\n{BREAD};Pain\n", replace(RULES, defaults=Defaults()))
    assert [(r.field, r.line) for r in report.refusals] == [("vat", 2)]


def test_a_renamed_article_is_found_by_its_new_name_only(shop: Shop) -> None:
    shop.take(f"code;name\n{BREAD};Pain complet\n")
    shop.take(f"code;name\n{BREAD};Boule de seigle\n")
    assert (shop.names("complet"), shop.names("seigle")) == ([], ["Boule de seigle"])


def test_a_code_of_another_article_is_refused(shop: Shop) -> None:
    shop.take(f"ref;code;name\nA;{BREAD};Pain\nB;{MILK};Lait\n")
    report = shop.take(f"ref;code;name\nB;{BREAD};Lait\nC;{MILK};Crème\n")
    assert counts(report) == (0, 0, 0, 2)
    assert str(report.refusals[0].reason) == (
        f"The code 0{BREAD} already belongs to the article A, Pain."
    )


def test_an_article_known_by_its_bar_code_takes_the_reference_a_file_gives_it(shop: Shop) -> None:
    shop.take(f"code;name\n{BREAD};Pain\n")
    assert counts(shop.take(f"ref;code;name\nPAIN;{BREAD};Pain\n")) == (0, 1, 0, 0)
    assert shop.article("PAIN") == shop.article("0" + BREAD)
    assert (shop.article("PAIN").sku, shop.article("PAIN").codes) == ("PAIN", ("0" + BREAD,))
    assert counts(shop.take(f"ref;code;name\nPAIN;{BREAD};Pain\n")) == (0, 0, 1, 0)


def test_several_bar_codes_of_one_reference_are_one_article(shop: Shop) -> None:
    file = f"ref;code;name\nA;{BREAD};Pain\nA;{MILK};\n"
    assert counts(shop.take(file)) == (1, 0, 0, 0)
    assert shop.article("A").codes == ("0" + BREAD, "0" + MILK)
    assert counts(shop.take(file)) == (0, 0, 1, 0)


def test_an_undated_price_replaces_todays_and_keeps_the_planned_one(shop: Shop) -> None:
    shop.take(
        f"code;name;prix;valable dès\n{BREAD};Pain;1,00;\n{BREAD};Pain;1,10;2026-11-01\n"
        f"{BREAD};Pain;1,20;2027-01-01\n"
    )
    assert shop.article("0" + BREAD).price_at(NOW) == 110
    assert counts(shop.take(f"code;prix\n{BREAD};1,15\n")) == (0, 1, 0, 0)
    bread = shop.article("0" + BREAD)
    assert bread.price_at(NOW) == 115
    assert bread.price_at(datetime(2027, 1, 2, tzinfo=UTC)) == 120
    assert counts(shop.take(f"code;prix\n{BREAD};1,15\n")) == (0, 0, 1, 0)


def test_a_file_with_dates_is_the_truth_for_all_prices_it_names(shop: Shop) -> None:
    head = "code;name;prix;valable dès\n"
    shop.take(f"{head}{BREAD};Pain;1,00;\n{BREAD};Pain;1,20;2027-01-01\n")
    assert counts(shop.take(f"{head}{BREAD};Pain;1,00;\n")) == (0, 1, 0, 0)
    assert shop.article("0" + BREAD).prices == (Price(100),)


def test_the_progress_ends_at_the_whole_file(shop: Shop) -> None:
    told: list[Progress] = []
    content = "code;name\n" + "".join(f"{n};x\n" for n in range(4_500))
    import_catalogue(
        [content.encode()], "csv", RULES, StoredCatalogueWriter(shop.engine), progress=told.append
    )
    assert [p.rows for p in told] == [2_000, 4_000, 4_500]
    assert told[-1].bytes_done == told[-1].bytes_total == len(content)


def test_a_reader_sees_the_old_catalogue_until_the_new_one_is_whole(shop: Shop) -> None:
    shop.take(f"code;name;price\n{BREAD};Pain;1,00\n")
    seen: list[tuple[str, list[str]]] = []

    def look(_: Progress) -> None:
        seen.append((shop.article("0" + BREAD).name, shop.names("brioche")))

    content = f"code;name;price\n{BREAD};Brioche;2,00\n" + "1;x\n" * 45_000
    import_catalogue(
        [content.encode()], "csv", RULES, StoredCatalogueWriter(shop.engine), progress=look
    )
    assert set(map(str, seen[:-1])) == {"('Pain', [])"}
    assert seen[-1] == ("Brioche", ["Brioche"])


def test_a_locked_file_says_so_and_keeps_the_old_catalogue(shop: Shop) -> None:
    with shop.engine.begin(), pytest.raises(StoreUnavailable) as refused:
        shop.take(f"code;name\n{BREAD};Pain\n")
    assert refused.value.slug == "locked"


KILLED = """
    import os, sys
    from pathlib import Path
    from pos.store.engine import open_engine
    from tests.contract.catalogue_shop import RULES
    from pos.store.catalogue_writer import StoredCatalogueWriter
    from pos.till.catalogue import import_catalogue
    from scripts.benches.catalogue_data import lines

    def told(progress):
        if progress.rows >= 50_000:
            print("under way", flush=True)
            sys.stdin.read()

    writer = StoredCatalogueWriter(open_engine(Path(sys.argv[1])))
    import_catalogue(lines(60_000), "csv", RULES, writer, progress=told)
"""


def test_an_import_killed_in_the_middle_leaves_the_old_catalogue(
    shop: Shop, tmp_path: Path
) -> None:
    shop.take(f"code;name;price\n{BREAD};Pain;1,00\n")
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path / "till.sqlite")],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"under way\n"
        os.kill(process.pid, signal.SIGKILL)
    fresh = Shop(tmp_path / "till.sqlite")
    with fresh.engine.connect() as connection:
        for table in ("article", "article_code", "article_price"):
            asked = connection.exec_driver_sql(f"SELECT count(*) FROM {table}")
            assert asked.scalar_one() == 1
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    assert fresh.names("pain") == ["Pain"]
    assert fresh.names("chocolat") == []
    assert counts(fresh.take(f"code;name;price\n{BREAD};Pain;1,00\n")) == (0, 0, 1, 0)
    fresh.engine.dispose()
