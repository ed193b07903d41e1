"""`comptoir-central` as an installer uses it: a folder, an embedded PostgreSQL, sentences."""

from __future__ import annotations

import asyncio
import signal
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from pos.domain.errors import Refusal
from pos.journal.signing import SeedKey
from sync.central import settings
from sync.central.commands.command import app
from sync.central.engine import Centre
from sync.central.settings import Secrets
from sync.central.values import TillId
from sync.protocol import Cursor, Enrol, Pull, PullAnswer
from tests.central.conftest import Databases
from tests.central.serving import Process, Speaking, command, make_centre, process
from tests.central.tills import ScriptedTill, enrolled, open_store, rows

ARTICLES = """sku;code;libellé;prix TTC;tva
100;3400949497706;Miel;14,66;5,5 %
200;;Pain;1,10;5,5 %
"""


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


def run(folder: Path, *asked: str) -> Done:
    """Run a command in English."""
    environ = {"LANG": "en_GB.UTF-8", "LC_ALL": ""}
    done = CliRunner().invoke(app, [*asked, "--folder", str(folder)], env=environ)
    if isinstance(done.exception, Refusal):
        return Done(1, done.stdout, str(done.exception))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


async def do(folder: Path, *asked: str) -> Done:
    """Run a command beside the loop of the test."""
    return await asyncio.to_thread(run, folder, *asked)


@pytest.fixture(scope="module")
def folder(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre with one store on the suite's server."""
    made = tmp_path_factory.mktemp("centre")
    make_centre(made, asyncio.run(databases.new()))
    assert run(made, "store", "add", "S001", "Au coin").code == 0
    return made


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Process]:
    """A process of that centre."""
    with process(folder) as found:
        yield found


@pytest.fixture
async def kept(folder: Path) -> Centre:
    """Its databases."""
    return Centre.of([settings.load(folder).database])


def enrol(running: Process, code: str, key: SeedKey, till: str = "T01") -> httpx.Response:
    message = Enrol(code=code, public_key=key.public_key.hex(), store="S001", till=till, epoch="K1")
    headers = {"Content-Type": "application/json"}
    return httpx.post(running.url + "/v1/enrol", content=message.model_dump_json(), headers=headers)


async def test_a_till_is_let_in_listed_and_shown_out(folder: Path, running: Process) -> None:
    printed = await do(folder, "enrol-code", "S001-T01", "--url", running.url)
    assert printed.code == 0
    code, key = printed.out.splitlines()[0], SeedKey(b"k" * 32)
    assert enrol(running, code, key).status_code == 200
    assert "S001-T01" in (await do(folder, "till", "list")).out
    assert "enrolled" in (await do(folder, "till", "list")).out
    till = Speaking(ScriptedTill(TillId("S001", "T01"), key), running.url)
    asked = Pull(request="r", heads={}, cursors={})
    assert (await till.post("/v1/pull", asked)).status_code == 200
    assert (await do(folder, "till", "revoke", "S001-T01")).code == 0
    assert (await till.post("/v1/pull", asked)).status_code == 401
    assert (await do(folder, "till", "revoke", "S001-T01")).code == 1


async def test_a_rotated_key_serves_until_the_new_one_is_there(
    folder: Path, running: Process
) -> None:
    old, new = SeedKey(b"l" * 32), SeedKey(b"m" * 32)
    enrol(running, (await do(folder, "enrol-code", "S001-T02")).out.splitlines()[0], old, "T02")
    code = (await do(folder, "till", "rotate", "S001-T02")).out.splitlines()[0]
    till = Speaking(ScriptedTill(TillId("S001", "T02"), old), running.url)
    asked = Pull(request="r", heads={}, cursors={})
    assert (await till.post("/v1/pull", asked)).status_code == 200
    assert enrol(running, code, new, "T02").status_code == 200
    assert (await till.post("/v1/pull", asked)).status_code == 401


async def test_articles_and_prices_reach_a_till(
    folder: Path, running: Process, tmp_path: Path
) -> None:
    file = tmp_path / "articles.csv"
    file.write_text(ARTICLES, "utf-8")
    done = await do(folder, "catalogue", "import", str(file))
    assert (done.code, done.out.split(" ")[0]) == (0, "2")
    again = await do(folder, "catalogue", "import", str(file))
    assert "2 unchanged" in again.out
    priced = await do(folder, "price", "set", "100", "12,50", "--from", "2126-12-24")
    assert priced.code == 0
    key = SeedKey(b"n" * 32)
    enrol(running, (await do(folder, "enrol-code", "S001-T03")).out.splitlines()[0], key, "T03")
    till = Speaking(ScriptedTill(TillId("S001", "T03"), key), running.url)
    cursors = {"catalogue:MAIN": Cursor(), "prices:FR": Cursor()}
    answer = await till.post("/v1/pull", Pull(request="r", heads={}, cursors=cursors))
    pages = PullAnswer.model_validate_json(answer.content).scopes
    names = {
        sku: (fields or {})["name"]
        for sku, fields in pages["catalogue:MAIN"].things["article"].items()
    }
    assert names == {"100": "Miel", "200": "Pain"}
    told = pages["prices:FR"].things["price"]
    prices = {sku: (fields or {})["prices"] for sku, fields in told.items()}
    assert [amount for _, amount in prices["100"]] == [1466, 1250]
    assert prices["200"][0][1] == 110


REFUSALS = [
    (("store", "add", "s1", "x"), 2),
    (("enrol-code", "S001"), 2),
    (("enrol-code", "S999-T01"), 1),
    (("price", "set", "nothing", "1,00"), 1),
    (("price", "set", "100", "much"), 1),
    (("price", "set", "100", "1,00", "--from", "soon"), 1),
    (("catalogue", "import", "/nowhere.csv"), 1),
    (("conflicts", "show", "S001", "nothing"), 1),
    (("conflicts", "settle", "S001", "nothing"), 1),
    (("init",), 1),
]


@pytest.mark.parametrize(("asked", "code"), REFUSALS, ids=str)
def test_a_refusal_is_one_sentence_and_no_traceback(
    folder: Path, asked: tuple[str, ...], code: int
) -> None:
    done = run(folder, *asked)
    assert done.code == code
    assert done.err
    assert "Traceback" not in done.err


async def test_what_was_not_understood_waits_in_the_inbox_until_a_newer_program(
    folder: Path, running: Process, kept: Centre
) -> None:
    key = SeedKey(b"o" * 32)
    enrol(running, (await do(folder, "enrol-code", "S001-T04")).out.splitlines()[0], key, "T04")
    scripted = ScriptedTill(TillId("S001", "T04"), key)
    scripted.install()
    scripted.write("moon.landed", b'{"far":"away"}')
    scripted.sell({"bread": 1})
    till = Speaking(scripted, running.url)
    answer = await till.post("/v1/journal", scripted.request())
    assert [one["number"] for one in answer.json()["parked"]] == [2]
    listed = await do(folder, "conflicts", "list", "--store", "S001")
    assert "moon.landed" in listed.out
    name = next(part for part in listed.out.split() if part.startswith("parked:"))
    assert "S001-T04-K1/000002" in (await do(folder, "conflicts", "show", "S001", name)).out
    assert (await do(folder, "worker", "--once")).code == 0
    assert "moon.landed" in (await do(folder, "conflicts", "list")).out
    settled = await do(folder, "conflicts", "settle", "S001", name, "--note", "a test")
    assert settled.code == 0
    assert "moon.landed" not in (await do(folder, "conflicts", "list")).out
    assert "moon.landed" in (await do(folder, "conflicts", "list", "--all")).out
    assert await rows(
        kept, "S001", "SELECT note FROM conflict WHERE store_id = :store_id AND name = :n", n=name
    ) == [("a test",)]


def test_the_doctor_says_what_is_wrong_and_changes_nothing(folder: Path) -> None:
    done = run(folder, "doctor", "--deep")
    assert "fsync off" in done.out
    assert (done.code, "S001: 0 rows" in done.out) == (1, True)
    key = folder / "centre.key"
    key.chmod(0o644)
    try:
        assert str(key) in run(folder, "doctor").out
    finally:
        key.chmod(0o600)


async def test_a_backup_is_checked_entry_by_entry(databases: Databases, tmp_path: Path) -> None:
    url = await databases.new()
    make_centre(tmp_path, url)
    centre = Centre.of([url])
    await open_store(centre, "S001")
    till = await enrolled(centre)
    for _ in range(3):
        till.sell({"bread": 1})
    await till.push(centre)
    await centre.close()
    sound, forged = await databases.new(url), await databases.new(url)
    till.sell({"bread": 1})
    await till.push(centre)
    await centre.close()
    done = await do(tmp_path, "backup-check", sound)
    assert (done.code, "4 entries checked, 0 wrong" in done.out) == (0, True)
    assert "by 1 entries" in done.out
    copy = Centre.of([forged])
    await change(copy, "UPDATE journal SET body = body || ' '::bytea"
                 " WHERE store_id = 'S001' AND number = 3")  # fmt: skip
    await copy.close()
    done = await do(tmp_path, "backup-check", forged)
    assert done.code == 1
    assert "S001-T01-K1/000003: altered" in done.err


async def change(centre: Centre, statement: str) -> None:
    async with centre.session("S001") as session:
        await session.execute(text(statement))
        await session.commit()


def test_the_command_itself_ends_in_one_sentence(folder: Path) -> None:
    asked = command(folder, "enrol-code", "S999-T01")
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "there is no store S999.\n"


def test_a_folder_alone_makes_a_centre_with_its_own_postgresql(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    assert run(folder, "init", "--name", "acme").code == 0
    for name in ("centre.toml", "centre.key"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    with process(folder) as running:
        assert run(folder, "store", "add", "S001", "Au coin").code == 0
        assert httpx.get(running.url + "/ready").status_code == 200
        assert running.end(signal.SIGTERM) == 0
    assert not (folder / "postgres" / "postmaster.pid").exists()
    assert "Au coin" in run(folder, "store", "list").out
    assert not (folder / "postgres" / "postmaster.pid").exists()


def test_settings_come_from_the_file_and_then_from_the_environment(tmp_path: Path) -> None:
    make_centre(tmp_path, "postgresql://nowhere/x")
    assert settings.load(tmp_path, {}).port == settings.PORT
    told = settings.load(tmp_path, {"COMPTOIR_CENTRE_PORT": "99", "COMPTOIR_CENTRE_POOL": "5"})
    assert (told.port, told.pool, told.name) == (99, 5, "suite")


WRONG = [
    ({"COMPTOIR_CENTRE_PORT": "many"}, "bad_setting"),
    ({"COMPTOIR_CENTRE_LIMITS": "{"}, "bad_setting"),
    ({"COMPTOIR_CENTRE_CERTIFICATE": "/x.pem"}, "bad_setting"),
]


@pytest.mark.parametrize(("environ", "slug"), WRONG)
def test_a_setting_that_cannot_be_is_named(
    tmp_path: Path, environ: dict[str, str], slug: str
) -> None:
    make_centre(tmp_path, "postgresql://nowhere/x")
    with pytest.raises(Refusal) as refusal:
        settings.load(tmp_path, environ)
    assert refusal.value.slug == slug


def test_a_key_that_is_lost_is_asked_for_by_name(tmp_path: Path) -> None:
    make_centre(tmp_path, "postgresql://nowhere/x")
    (tmp_path / "centre.key").write_text("short\n")
    with pytest.raises(Refusal) as refusal:
        Secrets.of(tmp_path)
    assert str(tmp_path / "centre.key") in str(refusal.value)
