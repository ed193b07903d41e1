"""TLS between the courier and its centre: what is not the centre's own gets nothing at all."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pos.ports.centre import CourierState
from tests.contract.courier_shop import Station, station
from tests.contract.courier_wires import DAY, Authority

Serves = Callable[[Authority], ssl.SSLContext]

WRONG: dict[str, tuple[Serves, str]] = {
    "an expired one": (
        lambda known: known.server(begins=-2 * DAY, ends=timedelta(seconds=-60)),
        "expired",
    ),
    "one of tomorrow": (lambda known: known.server(begins=DAY / 2), "not yet valid"),
    "one of another name": (lambda known: known.server("other.example"), "mismatch"),
}


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The authority that this machine trusts."""
    found = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(found.file))
    return found


def shown(one: Station) -> CourierState:
    """Return what the till would show."""
    return one.mirror.last_report().state if one.mirror else CourierState.STOPPED


@pytest.mark.parametrize("kind", WRONG)
async def test_a_certificate_that_is_not_right_is_not_trusted_and_nothing_is_sent(
    tmp_path: Path, known: Authority, kind: str
) -> None:
    serves, why = WRONG[kind]
    async with station(tmp_path, tls=serves(known)) as one:
        await one.until(lambda: shown(one) == CourierState.NOT_TRUSTED)
        assert one.mirror is not None
        assert why in one.mirror.last_report().detail
        assert not one.server.asked


async def test_a_certificate_of_an_authority_that_nobody_knows_is_not_trusted(
    tmp_path: Path, known: Authority
) -> None:
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    assert other.file != known.file
    async with station(tmp_path, tls=other.server()) as one:
        await one.until(lambda: shown(one) == CourierState.NOT_TRUSTED)
        assert not one.server.asked


async def test_a_centre_whose_certificate_is_renewed_is_believed_again(
    tmp_path: Path, known: Authority
) -> None:
    stale = known.server(ends=timedelta(seconds=-60), begins=-2 * DAY)
    async with station(tmp_path, tls=stale) as one:
        await one.until(lambda: shown(one) == CourierState.NOT_TRUSTED)
        known.server()
        stale.load_cert_chain(tmp_path / "server.pem")
        await one.until(one.is_all_held)
        await one.until(lambda: shown(one) == CourierState.CONNECTED)


async def answering(one: Station, answer: bytes) -> None:
    """Put something else in the centre's place, that answers every connection alike."""

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(answer)
        writer.close()

    await one.stop()
    server = await asyncio.start_server(answers, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    one.server.url = f"https://localhost:{port}"
    one.start()


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (b"HTTP/1.1 302 Found\r\nlocation: http://login.example/\r\n\r\n", "not_trusted"),
        (b"", "half_answer"),
    ],
    ids=["a login page with no TLS", "a connection that is cut at once"],
)
async def test_what_is_no_tls_at_all_is_told_apart_from_a_cut_line(
    tmp_path: Path, known: Authority, answer: bytes, state: str
) -> None:
    async with station(tmp_path, tls=known.server()) as one:
        await one.until(one.is_all_held)
        await answering(one, answer)
        await one.until(lambda: shown(one) == CourierState(state))
