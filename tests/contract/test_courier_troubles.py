"""The courier against a real server that misbehaves: every failure has its name, and ends."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pos.ports import StoreUnavailable
from pos.ports.centre import CourierState, FeedPage, ReadingKept
from pos.store.catalogue import StoredCatalogue
from pos.store.mirror import MirrorFile
from sync.protocol import BODY_BYTES_MOST, ENTRIES_MOST
from tests.contract.courier_shop import Station, certificate, station

TROUBLES = {
    "500": CourierState.SERVER_ERROR,
    "502": CourierState.SERVER_ERROR,
    "407": CourierState.PROXY_ERROR,
    "login": CourierState.LOGIN_PAGE,
    "redirect": CourierState.LOGIN_PAGE,
    "json": CourierState.LOGIN_PAGE,
    "cut-json": CourierState.HALF_ANSWER,
    "half": CourierState.HALF_ANSWER,
    "cut": CourierState.HALF_ANSWER,
    "hang": CourierState.TOO_SLOW,
    "busy 0": CourierState.SERVER_ERROR,
    "problem 401/revoked": CourierState.REVOKED,
    "problem 401/unknown_key": CourierState.NOT_ENROLLED,
    "problem 422/altered": CourierState.REJECTED,
    "problem 426/too_old": CourierState.TOO_OLD,
}


@pytest.mark.parametrize("order", TROUBLES)
async def test_every_trouble_is_shown_by_its_name_and_all_arrives_after_it(
    tmp_path: Path, order: str
) -> None:
    async with station(tmp_path) as one:
        await one.until(one.is_all_held)
        one.server.always = order
        one.record(3)
        await one.until(lambda: _shown(one) == TROUBLES[order])
        one.server.always = ""
        await one.until(one.is_all_held)
        await one.until(lambda: _shown(one) == CourierState.CONNECTED)


def _shown(one: Station) -> CourierState:
    """Return what the till would show."""
    return one.mirror.last_report().state if one.mirror else CourierState.STOPPED


async def test_a_courier_with_nothing_to_send_is_not_connected_before_the_centre_answered(
    tmp_path: Path,
) -> None:
    async with station(tmp_path) as one:
        await one.until(lambda: _shown(one) == CourierState.CONNECTED)
        await one.until(one.is_all_held)
        assert one.states()[0] == CourierState.CONNECTING
        await one.stop()
        one.logged.clear()
        one.server.always = "hang"
        one.start()
        await one.until(lambda: _shown(one) == CourierState.TOO_SLOW)
        assert one.states() == [CourierState.CONNECTING, CourierState.TOO_SLOW]
        one.server.always = ""
        await one.until(lambda: _shown(one) == CourierState.CONNECTED)


async def test_nobody_there_and_a_name_nobody_has_are_told_apart(tmp_path: Path) -> None:
    async with station(tmp_path) as one:
        await one.until(one.is_all_held)
        await one.stop()
        url = one.server.url
        for other, state in (
            ("http://localhost:1", CourierState.NO_ANSWER),
            ("http://centre.invalid:8000", CourierState.NAME_NOT_FOUND),
        ):
            one.server.url = other
            one.start()
            await one.until(lambda state=state: state in one.states())  # type: ignore[misc]
            await one.stop()
        one.server.url = url
        one.start()


async def test_a_certificate_of_somebody_else_is_not_trusted_and_nothing_is_sent(
    tmp_path: Path,
) -> None:
    async with station(tmp_path, tls=certificate(tmp_path)) as one:
        await one.until(lambda: _shown(one) == CourierState.NOT_TRUSTED)
        assert not one.server.asked


async def test_a_certificate_that_the_machine_trusts_lets_entries_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
    async with station(tmp_path, tls=tls) as one:
        await one.until(one.is_all_held)


async def test_a_batch_that_is_too_large_halves_until_it_passes_and_grows_again(
    tmp_path: Path,
) -> None:
    async with station(tmp_path) as one:
        await one.until(one.is_all_held)
        await one.stop()
        one.record(1_000)
        one.server.pushed.clear()
        one.server.orders.extend(["413"] * 3)
        one.start()
        await one.until(one.is_all_held)
        assert one.server.pushed[0] < ENTRIES_MOST
        assert ENTRIES_MOST in one.server.pushed
        assert 1_000 <= sum(one.server.pushed) <= 1_001  # the first entry may have gone unheard


async def test_a_page_that_is_too_long_is_asked_for_again_in_smaller_parts(tmp_path: Path) -> None:
    long = {"name": "Pain", "vat": "FR055", "note": "x" * 2_000}
    async with station(tmp_path) as one:
        await one.until(one.is_all_held)
        things = {("article", f"A{n}"): long for n in range(6_000)}
        assert len(things) * 2_000 > BODY_BYTES_MOST
        one.server.centre.write("catalogue:MAIN", things)
        one.server.news.set()
        catalogue = StoredCatalogue(one.store.catalogue)
        await one.until(lambda: catalogue.find("A5999") is not None)
        assert not {CourierState.LOGIN_PAGE, CourierState.HALF_ANSWER} & set(one.states())


async def test_a_clock_that_is_wrong_is_told_and_what_is_sold_arrives_anyway(
    tmp_path: Path,
) -> None:
    async with station(tmp_path, skew=timedelta(hours=-3)) as one:
        one.record(2)
        await one.until(one.is_all_held)
        await one.until(lambda: _shown(one) == CourierState.CLOCK_WRONG)
        assert one.mirror is not None
        assert abs(one.mirror.last_report().offset_s - 3 * 3600) < 5


async def test_what_the_centre_asks_to_be_left_alone_for_is_heeded(tmp_path: Path) -> None:
    async with station(tmp_path) as one:
        await one.until(one.is_all_held)
        one.server.always = "busy 5"
        one.record()
        await one.until(lambda: _shown(one) == CourierState.SERVER_ERROR)
        await one.until(lambda: len([o for _, o in one.server.asked if o]) >= 2)
        one.server.always = ""
        held = [order for _, order in one.server.asked if order]
        assert len(held) == 2  # one push and one pull, and each waits since
        assert not one.is_all_held()


async def test_being_asked_to_slow_down_is_no_trouble_to_show(tmp_path: Path) -> None:
    async with station(tmp_path) as one:
        await one.until(lambda: _shown(one) == CourierState.CONNECTED)
        one.server.orders.extend(["hasty"] * 5)
        one.record(3)
        await one.until(lambda: one.is_all_held() and not one.server.orders)
        shown = {CourierState.CONNECTING, CourierState.CONNECTED, CourierState.SENDING}
        assert set(one.states()) <= shown


async def test_a_full_disk_stops_what_comes_down_is_shown_and_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with station(tmp_path) as one:
        await one.until(lambda: _shown(one) == CourierState.CONNECTED)
        with monkeypatch.context() as full:
            full.setattr(MirrorFile, "apply", _refuses)
            thing = {("article", "A1"): {"name": "Pain", "vat": "FR20"}}
            one.server.centre.write("catalogue:MAIN", thing)
            await one.until(lambda: _shown(one) == CourierState.DISK)
            one.record(2)
            await one.until(one.is_all_held)
        await one.until(lambda: _cursor(one) == 1)
        await one.until(lambda: _shown(one) == CourierState.CONNECTED)


def _refuses(_mirror: MirrorFile, _page: FeedPage) -> int:
    raise StoreUnavailable("disk_full", "The disk is full.")


async def test_news_of_the_centre_is_fetched_at_once_and_a_sale_is_sent_at_once(
    tmp_path: Path,
) -> None:
    from dataclasses import replace

    from tests.contract.courier_shop import QUICK

    async with station(tmp_path, pace=replace(QUICK, idle_s=3600)) as one:
        await one.until(one.is_all_held)
        await one.until(lambda: _read(one, "catalogue:MAIN"))
        one.server.centre.write("catalogue:MAIN", {("article", "A1"): {"name": "P", "vat": "V"}})
        one.server.news.set()
        await one.until(lambda: _cursor(one) == 1)
        one.record()
        await one.until(one.is_all_held)


def _read(one: Station, scope: str) -> bool:
    assert one.mirror is not None
    return scope in one.mirror.last_report().read_at


def _cursor(one: Station) -> int:
    assert one.mirror is not None
    return one.mirror.readings().get("catalogue:MAIN", ReadingKept()).v
