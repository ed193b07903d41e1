"""A centre restored to before what a till purged: the till's archive brings the entries back."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from config import settings as settings_file
from config.places import places
from pos.archive.verifier import JOURNAL
from pos.domain.events.base import BaseEvent
from pos.journal.signing import key_id
from pos.main.join import store_of
from pos.main.world import ShiftedClock
from pos.ports.centre import CourierState
from pos.store.catalogue import StoredCatalogue
from pos.store.engine import open_reader
from pos.store.mirror import MirrorFile
from pos.store.open import CATALOGUE_FILE
from pos.store.outbox import OutboxFile
from sync.central import rebuild, settings
from sync.central.engine import Centre
from tests.central.conftest import Databases
from tests.central.proxy import Cable, cable
from tests.central.serving import make_centre, process
from tests.central.test_central_command import Done, do
from tests.central.tills import rows
from tests.contract.archive_shop import opened, packed, rows_of, with_digests
from tests.e2e.home import LONG_S, Home, copy_of, make_shop

SELL = ("sign-in 1 1357", "scan 2400000000013", "cash")
SELL_HONEY = ("sign-in 1 1357", "scan 3400949497706", "cash")
ARTICLES = "sku;code;libellé;prix TTC;tva\n100;3400949497706;Miel;14,66;5,5 %\n"
HELD = (
    "SELECT epoch, number, kind, version, at, body, previous, hash, signature, key_id, is_parked"
    " FROM journal WHERE store_id = :store_id ORDER BY epoch, number"
)
SALES = "SELECT label, identity, total FROM sale WHERE store_id = :store_id ORDER BY label"


@pytest.fixture(autouse=True)
def guarded() -> None:
    """The statements that a till runs on its own files are of one store anyway."""


@dataclass
class Joined:
    """A till of a centre that holds all of it, and the cable between them."""

    folder: Path
    home: Home
    line: Cable


async def told(folder: Path) -> dict[str, list[object]]:
    """Return what a centre holds of the till, and what it counts."""
    centre = Centre.of([settings.load(folder).database])
    found = {
        name: await rows(centre, "S001", sql) for name, sql in (("held", HELD), ("sales", SALES))
    }
    await centre.close()
    return found


@contextmanager
def courier(home: Home) -> Iterator[None]:
    """Run the till's courier, as a service of the machine would."""
    command = [sys.executable, "-m", "pos.main", "courier"]
    running = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=home.environ())
    try:
        yield
    finally:
        running.terminate()
        running.wait(LONG_S)


async def until_sent(home: Home, folder: Path) -> None:
    """Wait until the centre holds what the till's file ends with."""
    outbox = OutboxFile(home.database)
    head = list(outbox.heads().values())[-1]
    outbox.close()
    async with asyncio.timeout(LONG_S):
        while (head.epoch, head.number) not in [row[:2] for row in (await told(folder))["held"]]:  # type: ignore[index]
            await asyncio.sleep(0.1)


async def until_state(home: Home, state: CourierState) -> None:
    """Wait until the courier says that it stands so."""
    async with asyncio.timeout(LONG_S):
        while True:
            mirror = MirrorFile(home.path / "data")
            report = mirror.last_report()
            is_so = report.state is state
            mirror.close()
            if is_so:
                return
            await asyncio.sleep(0.1)


async def until_honey(home: Home) -> None:
    """Wait until the till can sell what the centre's catalogue has."""
    engine = open_reader(home.path / "data" / CATALOGUE_FILE)
    async with asyncio.timeout(LONG_S):
        while StoredCatalogue(engine).find("100") is None:
            await asyncio.sleep(0.1)
    engine.dispose()


@contextmanager
def answering(folder: Path, line: Cable) -> Iterator[None]:
    """Run the centre at the other end of the cable."""
    with process(folder) as running:
        line.target = ("127.0.0.1", int(running.url.rpartition(":")[2]))
        yield


def in_first(kept: dict[str, list[object]]) -> list[object]:
    """Return what a centre holds of the till's first epoch, which begins with entry 1."""
    return [row for row in kept["held"] if isinstance(row, tuple) and row[0] == "K1"]


async def until_told(folder: Path, sentence: str) -> Done:
    """Wait until the centre's doctor says something."""
    async with asyncio.timeout(LONG_S):
        while sentence not in (found := await do(folder, "doctor")).out:
            await asyncio.sleep(0.1)
    return found


async def restored(at: Joined, backup: str) -> None:
    """Let the centre go on with an old copy of its database."""
    whole = settings.load(at.folder)
    (at.folder / "centre.toml").unlink()
    settings.write(at.folder, whole.model_copy(update={"database": backup}))


async def sent(at: Joined) -> None:
    """Let the courier work, by the machine's clock, until the centre holds all of the till."""
    ahead, at.home.ahead = at.home.ahead, timedelta()
    with answering(at.folder, at.line), courier(at.home):
        await until_sent(at.home, at.folder)
        await until_state(at.home, CourierState.CONNECTED)
        await until_honey(at.home)
    at.home.ahead = ahead


async def till(home: Home, *asked: str) -> None:
    """Run a command of the till, beside the loop of the test."""
    done = await asyncio.to_thread(home.command, *asked)
    assert done.code == 0, done


async def sell(home: Home, *gestures: str) -> None:
    """Let the till sell, beside the loop of the test."""
    done = await asyncio.to_thread(home.play, *(gestures or SELL_HONEY))
    assert done.code == 0, done


@pytest.fixture
async def joined(databases: Databases, tmp_path: Path) -> AsyncIterator[Joined]:
    """A till sold three days ago and became known to a centre, which holds all of it."""
    folder, first = tmp_path / "centre", datetime.now(UTC) - timedelta(days=3)
    make_centre(folder, await databases.new())
    (tmp_path / "articles.csv").write_text(ARTICLES, "utf-8")
    since = f"{first - timedelta(days=3):%Y-%m-%d}"
    for asked in (
        ("store", "add", "S001", "Au coin"),
        ("catalogue", "import", str(tmp_path / "articles.csv")),
        ("price", "set", "100", "14,66", "--from", since),
    ):
        assert (await do(folder, *asked)).code == 0
    home = await asyncio.to_thread(make_shop, tmp_path / "till", first)
    await sell(home, *SELL)
    async with cable("http://127.0.0.1:1") as line:
        code = (await do(folder, "enrol-code", "S001-T01")).out.splitlines()[0]
        with answering(folder, line):
            await till(home, "enrol", code, "--url", line.url)
        at = Joined(folder, home, line)
        await sent(at)
        yield at


async def test_what_a_till_purged_comes_back_from_its_archives_and_the_till_goes_on_by_itself(
    joined: Joined, databases: Databases, tmp_path: Path
) -> None:
    folder, home, whole = joined.folder, joined.home, settings.load(joined.folder)
    backup = await databases.new(whole.database)
    archives = tmp_path / "first.zip", tmp_path / "second.zip"
    for path in archives:
        home.ahead += timedelta(days=1)
        await sell(home)
        await till(home, "fiscal", "archive", str(path))
        await sent(joined)
        await till(home, "fiscal", "purge", str(path))
    home.ahead = timedelta()
    await sell(home)
    await sent(joined)
    before = await told(folder)
    await restored(joined, backup)
    assert len((await told(folder))["held"]) < len(before["held"])
    with answering(folder, joined.line), courier(home):
        await until_state(home, CourierState.MISSING)
        early = await do(folder, "journal", "import", str(archives[1]))
        assert (early.code, "Import the archive before it first" in early.err) == (1, True)
        for path in archives:
            done = await do(folder, "journal", "import", str(path))
            assert (done.code, "S001-T01 sends what follows" in done.out) == (0, True), done
        await until_sent(home, folder)
        await until_state(home, CourierState.CONNECTED)
    assert await told(folder) == before
    again = await do(folder, "journal", "import", str(archives[0]))
    assert (again.code, ": 0 of " in again.out) == (0, True)
    assert await told(folder) == before
    centre = Centre.of([backup])
    async with centre.session("S001") as session:
        assert (await rebuild.compare(session, "S001")).count == 0
    await centre.close()


async def test_a_restored_centre_says_what_it_lacks_of_an_epoch_that_left_the_till_whole(
    joined: Joined, databases: Databases, tmp_path: Path
) -> None:
    folder, home, whole = joined.folder, joined.home, settings.load(joined.folder)
    backup = await databases.new(whole.database)
    since = (datetime.now(UTC) + home.ahead).date()
    home.ahead += timedelta(days=1)
    await sell(home)
    (home.path / "state" / "marker").unlink()
    await sell(home)
    await sent(joined)
    home.ahead += timedelta(days=1)
    await sell(home)
    archive = tmp_path / "archive.zip"
    await till(home, "fiscal", "archive", str(archive))
    await sent(joined)
    await till(home, "fiscal", "purge", str(archive))
    home.ahead = timedelta()
    await sell(home)
    await sent(joined)
    assert "K1" not in {epoch for (epoch,) in home.rows("SELECT DISTINCT epoch FROM entry")}
    before = await told(folder)
    await restored(joined, backup)
    lost, held = len(in_first(before)), len(in_first(await told(folder)))
    assert held < lost
    told_of = f"S001-T01: entries {held + 1} to {lost} of K1 are not here;"
    with answering(folder, joined.line), courier(home):
        await until_state(home, CourierState.MISSING)
        asked = await until_told(folder, told_of)
        assert f"import all its archives since {since:%d/%m/%Y}" in asked.out, asked
        listed = (await do(folder, "conflicts", "list")).out
        assert f"lacking:T01-K1/{lost:06d}" in listed
        done = await do(folder, "journal", "import", str(archive))
        assert done.code == 0, done
        await until_sent(home, folder)
        await until_state(home, CourierState.CONNECTED)
    assert await told(folder) == before
    assert "are not here" not in (await do(folder, "doctor")).out
    assert "lacking:" not in (await do(folder, "conflicts", "list")).out


async def test_what_the_till_did_not_write_is_refused_and_nothing_of_it_is_taken(
    joined: Joined, tmp_path: Path
) -> None:
    home, path = joined.home, tmp_path / "archive.zip"
    home.ahead += timedelta(days=1)
    await sell(home)
    await till(home, "fiscal", "archive", str(path))
    kept = await told(joined.folder)
    cases = {
        "altered": (_altered(path), "nothing of it was taken in"),
        "one file more": (packed({**opened(path), "more.csv": b"1"}), "nothing of it was taken in"),
        "cut": (path.read_bytes()[:-500], "is not an archive"),
        "no entries": (packed({**opened(path), JOURNAL: b""}), "is not an archive"),
        "no ZIP": (b"sku;price\r\n", "is not an archive"),
        "another key": (await _of_another(tmp_path / "liar", "T01"), "nothing of it was taken in"),
        "another till": (await _of_another(tmp_path / "other", "T09"), "is not known here"),
    }
    for name, (content, why) in cases.items():
        (tmp_path / "bad.zip").write_bytes(content)
        done = await do(joined.folder, "journal", "import", str(tmp_path / "bad.zip"))
        assert (done.code, why in done.err) == (1, True), (name, done)
    none = await do(joined.folder, "journal", "import", str(tmp_path / "none.zip"))
    assert (none.code, "cannot be opened" in none.err) == (1, True)
    assert await told(joined.folder) == kept
    assert (await do(joined.folder, "journal", "import", str(path))).code == 0
    assert len((await told(joined.folder))["held"]) > len(kept["held"])


async def test_a_key_that_the_centre_never_knew_is_vouched_for_by_a_person(
    joined: Joined, tmp_path: Path
) -> None:
    """As after a restore to before the till got its key: here another machine's archive."""
    path = tmp_path / "archive.zip"
    path.write_bytes(await _of_another(tmp_path / "other", "T02"))
    printed = await asyncio.to_thread(
        Home(tmp_path / "other", name="T02").command, "journal", "key"
    )
    (key,) = re.findall(r"\b[0-9a-f]{64}\b", printed.out)
    (tmp_path / "key.pub").write_text(f"{key}\n", "ascii")
    asked = ("journal", "import", str(path))
    unknown = await do(joined.folder, *asked)
    assert (unknown.code, "T02 is not known here" in unknown.err) == (1, True)
    assert (await do(joined.folder, *asked, "--key", key)).code == 1
    assert (await do(joined.folder, "enrol-code", "S001-T02")).code == 0
    for wrong in ("7a" * 32, "nothing", str(path)):
        assert (await do(joined.folder, *asked, "--key", wrong)).code == 1
    done = await do(joined.folder, *asked, "--key", str(tmp_path / "key.pub"))
    assert (done.code, key_id(bytes.fromhex(key)) in done.err) == (0, True), done
    again = await do(joined.folder, *asked)
    assert (again.code, again.err, ": 0 of " in again.out) == (0, "", True), again
    let_in = (await do(joined.folder, "till", "list")).out
    assert "not let in" in next(one for one in let_in.splitlines() if "T02" in one)


async def test_an_archive_with_another_history_waits_in_the_inbox_and_changes_nothing(
    joined: Joined, tmp_path: Path
) -> None:
    home, path = joined.home, tmp_path / "archive.zip"
    copy = await asyncio.to_thread(copy_of, home, tmp_path / "copy")
    await sell(home)
    await sent(joined)
    before = await told(joined.folder)
    await sell(copy)
    copy.ahead += timedelta(days=1)
    await sell(copy)
    await till(copy, "fiscal", "archive", str(path))
    done = await do(joined.folder, "journal", "import", str(path))
    assert done.code == 1
    assert "Of S001-T01-K1 the centre holds other entries under the same numbers" in done.err
    assert await told(joined.folder) == before
    listed = (await do(joined.folder, "conflicts", "list")).out
    assert "fork:T01-K1" in listed


async def test_an_entry_of_an_archive_that_nobody_understands_is_kept_and_told(
    joined: Joined, tmp_path: Path
) -> None:
    home, path = joined.home, tmp_path / "archive.zip"
    await asyncio.to_thread(_write_of_a_newer_program, home)
    home.ahead += timedelta(days=1)
    await sell(home)
    await till(home, "fiscal", "archive", str(path))
    done = await do(joined.folder, "journal", "import", str(path))
    assert (done.code, "1 entry is kept that" in done.err) == (0, True), done
    kept = [
        row for row in (await told(joined.folder))["held"] if isinstance(row, tuple) and row[-1]
    ]
    assert [row[2] for row in kept] == ["shelf.labelled"]
    assert "parked:" in (await do(joined.folder, "conflicts", "list")).out


def _write_of_a_newer_program(home: Home) -> None:
    """Append an entry of a kind that this program does not know."""

    class Labelled(BaseEvent):
        kind: Literal["shelf.labelled"] = "shelf.labelled"

    found = places({"COMPTOIR_HOME": str(home.path)})
    store = store_of(settings_file.load(home.path / "config.toml"), found, ShiftedClock(home.ahead))
    store.ledger.record(Labelled())  # type: ignore[arg-type]
    store.close()


async def _of_another(folder: Path, name: str) -> bytes:
    """Return a sound archive of a till that this centre never knew."""
    when = datetime.now(UTC) - timedelta(days=3)
    home = await asyncio.to_thread(make_shop, folder, when, name)
    await sell(home, *SELL)
    home.ahead += timedelta(days=1)
    await sell(home, SELL[0])
    await till(home, "fiscal", "archive", str(folder / "archive.zip"))
    return (folder / "archive.zip").read_bytes()


def _altered(path: Path) -> bytes:
    """Another price in the journal, with digests in the manifest that fit."""
    contents = opened(path)
    assert rows_of(contents)
    changed = contents[JOURNAL].replace(b'""total"":', b'""total"":1', 1)
    assert changed != contents[JOURNAL]
    return packed(with_digests({**contents, JOURNAL: changed}))
