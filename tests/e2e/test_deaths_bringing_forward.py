"""A till of the first version is brought forward: killed anywhere, nothing of it is lost.

It is the dump of a file that the first version of the program wrote on 22 November: three tickets,
a basket put aside, one that is open, and no closing, which it could not make. Its key is a seed of
zeros.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pysqlite3 import dbapi2

from pos.journal.chain import Head
from pos.journal.signing import SeedKey
from pos.store.keys import PUBLIC
from pos.store.marker import Mark, Marker
from pos.store.migrations import STEPS
from tests.e2e.cases import COMMIT, MANAGER, SIGN_IN
from tests.e2e.child import Death
from tests.e2e.conftest import PARIS
from tests.e2e.home import Home, copy_of
from tests.till_v1 import dump

SEED = bytes(32)
OLD = [f"T01-K1-{number:06d}" for number in (1, 2, 3)]
OLD_TOTAL = 4310


@pytest.fixture
def home(shop: Home, tmp_path: Path) -> Home:
    """The till as the first version left it, two days later."""
    home = copy_of(shop, tmp_path / "home")
    home.go_to(datetime(2026, 11, 24, 9, tzinfo=PARIS))
    for file in home.database.parent.glob(f"{home.database.name}*"):
        file.unlink()
    connection = dbapi2.connect(str(home.database))
    connection.executescript(dump("shop_rows"))
    connection.execute("PRAGMA user_version = 1")
    last = "SELECT number, hash FROM entry ORDER BY ordinal DESC LIMIT 1"
    (number, hashed) = connection.execute(last).fetchone()
    nonce = connection.execute("SELECT value FROM till_state WHERE key = 'nonce'").fetchone()[0]
    connection.close()
    home.database.chmod(0o600)
    _keep_key(home.path / "state" / "keys")
    (home.path / "state" / "marker").unlink()
    marker = Marker(home.path / "state" / "marker")
    marker.write(Mark(Head("K1", number, hashed), nonce))
    marker.close()
    return home


def _keep_key(folder: Path) -> None:
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "till.pem").write_bytes(pem)
    (folder / PUBLIC).write_text(f"{SeedKey(SEED).public_key.hex()}\n", "ascii")


DEATHS = [
    Death("pos.store.migrations:_keep_copy"),
    Death("pos.store.migrations:_keep_copy", after=True),
    Death("pos.store.migrations:create_triggers"),
    Death("pos.store.replay:project", "kind='sale.finished'", call=2),
    Death("pos.store.migrations:replay", after=True),
    Death("pos.store.open:migrate", "till.db", after=True),
    Death(COMMIT, "kind='till.started'", after=True),
    Death(COMMIT, "level='day'", after=True),
]


@pytest.mark.parametrize("death", DEATHS, ids=str)
def test_a_till_of_the_first_version_killed_while_it_is_brought_forward_keeps_all_it_had(
    home: Home, death: Death
) -> None:
    home.play(SIGN_IN, dies=death)
    after = home.play(
        *(SIGN_IN, "expect ticket T01-K1-000003", "expect parked 1", "expect lines 1"),
        *("expect perpetual 43.10", "expect closed-day 2026-11-23"),
        *("cash", "expect ticket T01-K1-000004", "expect perpetual 44.40"),
        *("ticket 1", "return 2 rassis", "cash", "expect operation refund"),
    )
    assert after.code == 0, after
    assert home.sold()[:3] == OLD
    assert home.closed() == ["2026-11-22", "2026-11-23"]
    days = [one["figures"]["total"] for one in home.entries("period.closed")]
    assert days == [OLD_TOTAL, 0]
    assert home.rows("SELECT DISTINCT epoch FROM entry") == [("K1",)]
    assert home.database.with_name(f"till.db.before-v{len(STEPS)}").is_file()
    assert home.command("journal", "verify").code == 0
    assert home.command("rebuild", "--check").code == 0


def test_a_till_of_the_first_version_closes_its_old_day_and_the_next_like_any_other(
    home: Home,
) -> None:
    done = home.play(MANAGER, "recall", "cash", "close-day", "expect closed-day 2026-11-24")
    assert done.code == 0, done
    assert "2 days that nobody had closed are closed now" in done.err
    closed = home.entries("period.closed")
    assert [one["running"]["perpetual"] for one in closed] == [OLD_TOTAL, OLD_TOTAL, 4800]
