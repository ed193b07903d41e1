"""A company's proxy between the till and its centre, from the settings or the environment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pos.ports.centre import CourierState
from sync.http import proxy_of
from tests.contract.courier_shop import Station, station
from tests.contract.courier_wires import Authority, Proxy

CENTRE = "https://centre.example"
"""A name that only the proxy knows."""


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    async with Proxy().serving() as found:
        yield found


@pytest.fixture
async def till(
    tmp_path: Path, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Station]:
    """A till, stopped, whose centre is reached through the proxy alone."""
    known = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(known.file))
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with station(tmp_path, tls=known.server("centre.example")) as one:
        await one.stop()
        proxy.target = int(one.server.url.rpartition(":")[2])
        one.server.url = CENTRE
        one.record(3)
        yield one
        one.start()


def shown(one: Station) -> CourierState:
    """Return what the till would show."""
    return one.mirror.last_report().state if one.mirror else CourierState.STOPPED


@pytest.mark.parametrize("by", ["settings", "environment"])
@pytest.mark.parametrize("password", ["", "shop:s3cret"])
async def test_entries_pass_through_a_proxy_and_are_seen_by_nobody_on_it(
    till: Station, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, by: str, password: str
) -> None:
    proxy.password = password
    if by == "settings":
        till.proxy = proxy.url
    else:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.removeprefix("http://"))
    till.start()
    await till.until(till.is_all_held)
    await till.until(lambda: shown(till) == CourierState.CONNECTED)
    assert set(proxy.asked) == {"CONNECT centre.example:443 HTTP/1.1"}
    assert "s3cret" not in str(till.logged)
    await till.stop()


TROUBLES = {
    "407 Proxy Authentication Required": CourierState.PROXY_ERROR,
    "403 Forbidden": CourierState.PROXY_ERROR,
    "502 Bad Gateway": CourierState.NO_ANSWER,
    "504 Gateway Timeout": CourierState.NO_ANSWER,
}


@pytest.mark.parametrize("answer", TROUBLES)
async def test_what_a_proxy_refuses_is_shown_by_its_name_and_all_arrives_after_it(
    till: Station, proxy: Proxy, answer: str
) -> None:
    till.proxy, proxy.answers = proxy.url, answer
    till.start()
    await till.until(lambda: shown(till) == TROUBLES[answer])
    proxy.answers = ""
    await till.until(till.is_all_held)
    await till.stop()


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://proxy.invalid:3128"])
async def test_a_proxy_that_is_not_there_is_told_apart_from_a_centre_that_is_not(
    till: Station, address: str
) -> None:
    till.proxy = address
    till.start()
    await till.until(lambda: shown(till) == CourierState.PROXY_ERROR)
    await till.stop()


async def test_a_proxy_that_breaks_tls_open_gets_nothing(
    till: Station, proxy: Proxy, tmp_path: Path
) -> None:
    (tmp_path / "proxy").mkdir()
    prying = Authority(tmp_path / "proxy").server("centre.example")
    async with till.server.serving(prying) as spy:
        proxy.target, till.proxy = int(spy.url.rpartition(":")[2]), proxy.url
        till.server.url = CENTRE
        before = len(spy.asked)
        till.start()
        await till.until(lambda: shown(till) == CourierState.NOT_TRUSTED)
        assert len(spy.asked) == before
        await till.stop()


CASES = [
    ({"https_proxy": "http://p:1"}, "https://c.example", "http://p:1"),
    ({"HTTPS_PROXY": "p:1"}, "https://c.example", "http://p:1"),
    ({"ALL_PROXY": "http://p:1"}, "https://c.example", "http://p:1"),
    ({"HTTP_PROXY": "http://p:1"}, "https://c.example", ""),
    ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "c.example"}, "https://c.example", ""),
    ({"HTTP_PROXY": "http://p:1", "ALL_PROXY": "http://p:1"}, "http://127.0.0.1:8000", ""),
    ({"HTTP_PROXY": "http://p:1"}, "http://localhost:8000", ""),
    ({"ALL_PROXY": "socks5://p:1"}, "https://c.example", ""),
]


@pytest.mark.parametrize(("told", "url", "due"), CASES)
def test_the_environment_says_which_proxy_and_none_stands_before_this_machine(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, str], url: str, due: str
) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, text in told.items():
        monkeypatch.setenv(name, text)
    assert proxy_of(url) == due
