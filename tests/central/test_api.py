"""Each path of the API, asked by a till that may: what it answers and what is kept then."""

from __future__ import annotations

import gzip

import httpx
import pytest

from sync.central.engine import Centre
from sync.protocol import (
    BODY_BYTES_MOST,
    Cursor,
    HeadText,
    Match,
    Matched,
    Pull,
    PullAnswer,
    PushAnswer,
)
from tests.central.serving import Process, Shop, slug
from tests.central.tills import rows

SALES = "SELECT label FROM sale WHERE store_id = :store_id ORDER BY label"


async def labels(centre: Centre, store: str) -> list[str]:
    return [label for (label,) in await rows(centre, store, SALES)]


@pytest.mark.parametrize("packed", [False, True])
async def test_a_push_over_http_is_kept_and_answered(shop: Shop, packed: bool) -> None:
    asking = await shop.till()
    asking.till.sell({"bread": 1})
    answer = await asking.post("/v1/journal", asking.till.request(), packed=packed)
    told = PushAnswer.model_validate_json(answer.content)
    assert (told.state, told.expected, told.request) == ("ok", 3, "r")
    assert await labels(shop.centre, shop.store) == ["T01-K1-000001"]


async def test_a_push_that_was_sent_twice_is_kept_once(shop: Shop) -> None:
    asking = await shop.till()
    asking.till.sell({"bread": 1})
    answers = [await asking.post("/v1/journal", asking.till.request()) for _ in range(2)]
    assert [PushAnswer.model_validate_json(one.content).expected for one in answers] == [3, 3]
    assert await labels(shop.centre, shop.store) == ["T01-K1-000001"]


async def test_a_pull_tells_the_heads_and_the_stock_of_the_store(shop: Shop) -> None:
    asking = await shop.till()
    asking.till.sell({"bread": 2})
    await asking.post("/v1/journal", asking.till.request())
    scope = f"store:{shop.store}"
    ours = asking.till.entries[-1]
    asked = Pull(
        request="p",
        heads={"K1": HeadText(number=0, hash="0" * 64)},
        cursors={scope: Cursor(), "catalogue:MAIN": Cursor()},
    )
    told = PullAnswer.model_validate_json((await asking.post("/v1/pull", asked)).content)
    assert told.expected["K1"] == HeadText(number=2, hash=ours.hash.hex())
    assert told.scopes[scope].things == {
        "stock": {"bread": {"quantity": -2000, "reserved": 0, "shelf": 0}}
    }
    assert told.scopes[scope].included == {"T01-K1": 2}


async def test_the_last_entry_that_both_hold_is_found(shop: Shop) -> None:
    asking = await shop.till()
    for _ in range(3):
        asking.till.sell({"bread": 1})
    await asking.post("/v1/journal", asking.till.request())
    hashes = {entry.number: entry.hash.hex() for entry in asking.till.entries}
    asked = Match(request="m", epoch="K1", hashes={**hashes, 3: "0" * 64, 4: "0" * 64})
    told = Matched.model_validate_json((await asking.post("/v1/match", asked)).content)
    assert (told.number, told.held) == (2, 4)


async def test_a_large_answer_comes_compressed_for_who_understands_it(shop: Shop) -> None:
    asking = await shop.till()
    asking.till.sell({f"article-{n}": 1 for n in range(60)})
    await asking.post("/v1/journal", asking.till.request())
    asked = Pull(request="p", heads={}, cursors={f"store:{shop.store}": Cursor()})
    answers = [
        await asking.post("/v1/pull", asked, headers={"Accept-Encoding": coding})
        for coding in ("gzip", "identity")
    ]
    assert [one.headers.get("content-encoding") for one in answers] == ["gzip", None]
    pages = [PullAnswer.model_validate_json(one.content).scopes for one in answers]
    assert pages[0] == pages[1]
    assert len(pages[0][f"store:{shop.store}"].things["stock"]) == 60


def bomb(size: int) -> bytes:
    return gzip.compress(bytes(size), mtime=0)


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(shop: Shop) -> None:
    asking = await shop.till()
    answer = await asking.post("/v1/journal", b" " * (BODY_BYTES_MOST + 1))
    assert (answer.status_code, slug(answer)) == (413, "too_large")


async def test_a_small_body_that_unpacks_to_a_large_one_is_refused(shop: Shop) -> None:
    asking = await shop.till()
    packed = {"Content-Encoding": "gzip"}
    answer = await asking.post("/v1/journal", bomb(BODY_BYTES_MOST + 1), headers=packed)
    assert (answer.status_code, slug(answer)) == (413, "too_large")


BODIES = [
    (b"{", {}, 422, "not_understood"),
    (b"{}", {}, 422, "not_understood"),
    (b"{}", {"Content-Type": "text/plain"}, 415, "not_json"),
    (b"{}", {"Content-Encoding": "br"}, 415, "unsupported_encoding"),
    (b"{}", {"Content-Encoding": "gzip"}, 400, "malformed"),
    (gzip.compress(b"{}", mtime=0)[:-4], {"Content-Encoding": "gzip"}, 400, "malformed"),
    (gzip.compress(b"{}", mtime=0) + b"more", {"Content-Encoding": "gzip"}, 400, "malformed"),
]


@pytest.mark.parametrize(("body", "headers", "status", "named"), BODIES)
async def test_a_body_that_is_no_message_is_told_why(
    shop: Shop, body: bytes, headers: dict[str, str], status: int, named: str
) -> None:
    asking = await shop.till()
    answer = await asking.post("/v1/pull", body, headers=headers)
    assert (answer.status_code, slug(answer)) == (status, named)


PLACES = [
    ("GET", "/v1/nothing", 404, "no_such_place"),
    ("GET", "/v1/journal", 405, "not_that_way"),
    ("DELETE", "/health", 405, "not_that_way"),
    ("GET", "/docs", 404, "no_such_place"),
]


@pytest.mark.parametrize(("method", "path", "status", "named"), PLACES)
async def test_a_place_that_is_not_there_is_told_as_a_problem(
    api: Process, method: str, path: str, status: int, named: str
) -> None:
    answer = httpx.request(method, api.url + path)
    assert (answer.status_code, slug(answer)) == (status, named)
    assert status != 405 or answer.headers["allow"]


async def test_a_till_of_an_older_protocol_is_told_so(shop: Shop) -> None:
    asking = await shop.till()
    answer = await asking.post("/v1/pull", b"{}", headers={"Comptoir-Version": "0"})
    assert (answer.status_code, slug(answer)) == (426, "too_old")


async def test_the_wrong_value_of_a_body_is_never_said_back(shop: Shop) -> None:
    asking = await shop.till()
    answer = await asking.post("/v1/pull", b'{"request": ["4970101234567890"]}')
    assert slug(answer) == "not_understood"
    assert "4970101234567890" not in answer.text


def test_the_process_says_that_it_runs_and_may_be_asked(api: Process) -> None:
    assert httpx.get(api.url + "/health").json() == {"state": "ok"}
    assert httpx.get(api.url + "/ready").json() == {"state": "ok"}


async def test_the_meters_count_what_was_pushed(shop: Shop) -> None:
    asking = await shop.till()
    asking.till.sell({"bread": 1})
    await asking.post("/v1/journal", asking.till.request())
    text = httpx.get(shop.url + "/metrics").text
    assert 'comptoir_requests_total{method="POST",route="/v1/journal",status="200"}' in text
    assert 'comptoir_entries_total{state="ok"}' in text
