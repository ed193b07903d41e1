"""Enrolment: a one-time code lets a till in, once, and its earlier key out."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from pos.journal.signing import SeedKey
from sync.central import access, codes
from sync.central.service import utc_now
from sync.central.settings import Secrets
from sync.central.values import TillId
from sync.protocol import Enrol, Enrolled, Pull
from tests.central.serving import Process, Shop, Speaking, process, slug
from tests.central.tills import ScriptedTill, rows

PULL = Pull(request="r", heads={}, cursors={})


async def code_for(api: Process, shop: Shop, till: str = "T01", age_s: int = 0) -> str:
    """Make a one-time code as the command does, `age_s` seconds ago."""
    code, now = codes.fresh(), utc_now() - timedelta(seconds=age_s)
    async with shop.centre.session(shop.store) as session:
        hashed = Secrets.of(api.folder).peppered(code)
        await access.put_code(session, TillId(shop.store, till), hashed, now)
        await session.commit()
    return codes.shown(code)


def asked(shop: Shop, code: str, key: SeedKey, till: str = "T01") -> Enrol:
    return Enrol(
        code=code, public_key=key.public_key.hex(), store=shop.store, till=till, epoch="K1"
    )


def enrol(shop: Shop, message: Enrol, address: str = "") -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    if address:
        headers["X-Forwarded-For"] = address
    return httpx.post(shop.url + "/v1/enrol", content=message.model_dump_json(), headers=headers)


@pytest.fixture(scope="module")
def patient(api: Process) -> object:
    """A process that lets everybody try codes as often as they like, beside the other."""
    with process(api.folder, COMPTOIR_CENTRE_LIMITS='{"enrolments_burst": 1000}') as running:
        yield running


@pytest.fixture
def door(shop: Shop, patient: Process) -> Shop:
    """The store at that process."""
    return Shop(shop.centre, patient.url, shop.store)


async def test_a_code_lets_a_till_in_and_tells_what_it_reads(api: Process, door: Shop) -> None:
    key = SeedKey(b"1" * 32)
    answer = enrol(door, asked(door, await code_for(api, door), key))
    told = Enrolled.model_validate_json(answer.content)
    assert told.centre == "suite"
    assert told.centre_key == Secrets.of(api.folder).key.public_key.hex()
    assert set(told.scopes) == {
        "catalogue:MAIN",
        "prices:FR",
        f"store:{door.store}",
        f"till:{door.store}-T01",
    }
    till = Speaking(ScriptedTill(TillId(door.store, "T01"), key), door.url)
    assert (await till.post("/v1/pull", PULL)).status_code == 200


async def test_a_till_that_did_not_hear_the_answer_asks_again(api: Process, door: Shop) -> None:
    message = asked(door, await code_for(api, door), SeedKey(b"2" * 32))
    first, again = enrol(door, message), enrol(door, message)
    assert first.status_code == again.status_code == 200
    assert first.json()["scopes"] == again.json()["scopes"]


async def test_a_code_that_was_used_lets_no_other_key_in(api: Process, door: Shop) -> None:
    code = await code_for(api, door)
    assert enrol(door, asked(door, code, SeedKey(b"3" * 32))).status_code == 200
    answer = enrol(door, asked(door, code, SeedKey(b"4" * 32)))
    assert (answer.status_code, slug(answer)) == (403, "bad_code")


async def test_a_code_serves_for_ten_minutes(api: Process, door: Shop) -> None:
    assert access.CODE_LIFE.total_seconds() == 600
    code = await code_for(api, door, age_s=601)
    answer = enrol(door, asked(door, code, SeedKey(b"5" * 32)))
    assert (answer.status_code, slug(answer)) == (403, "bad_code")


async def test_a_newer_code_makes_the_earlier_one_void(api: Process, door: Shop) -> None:
    earlier, newer = await code_for(api, door), await code_for(api, door)
    assert enrol(door, asked(door, earlier, SeedKey(b"6" * 32))).status_code == 403
    assert enrol(door, asked(door, newer, SeedKey(b"6" * 32))).status_code == 200


async def test_a_code_serves_its_own_till_and_store_only(api: Process, door: Shop) -> None:
    code, other = await code_for(api, door), await door.other()
    await code_for(api, door, "T02")
    for message in (
        asked(door, code, SeedKey(b"7" * 32), "T02"),
        asked(other, code, SeedKey(b"7" * 32)),
        asked(door, "00000-00000", SeedKey(b"7" * 32)),
    ):
        answer = enrol(door, message)
        assert (answer.status_code, slug(answer)) == (403, "bad_code")


async def test_a_code_is_read_as_people_type_it(api: Process, door: Shop) -> None:
    code = (await code_for(api, door)).lower().replace("0", "o").replace("1", "l")
    assert enrol(door, asked(door, code, SeedKey(b"8" * 32))).status_code == 200


async def test_a_new_key_of_a_till_makes_the_earlier_one_void(api: Process, door: Shop) -> None:
    who = TillId(door.store, "T01")
    old, new = SeedKey(b"9" * 32), SeedKey(b"a" * 32)
    for key in (old, new):
        assert enrol(door, asked(door, await code_for(api, door), key)).status_code == 200
    answer = await Speaking(ScriptedTill(who, old), door.url).post("/v1/pull", PULL)
    assert (answer.status_code, slug(answer)) == (401, "revoked")
    answer = await Speaking(ScriptedTill(who, new), door.url).post("/v1/pull", PULL)
    assert answer.status_code == 200


async def test_a_key_serves_until_the_code_of_the_next_one_is_used(
    api: Process, door: Shop
) -> None:
    key = SeedKey(b"b" * 32)
    enrol(door, asked(door, await code_for(api, door), key))
    await code_for(api, door)
    till = Speaking(ScriptedTill(TillId(door.store, "T01"), key), door.url)
    assert (await till.post("/v1/pull", PULL)).status_code == 200


async def test_a_code_is_kept_as_a_keyed_hash_only(api: Process, shop: Shop) -> None:
    code = codes.plain(await code_for(api, shop))
    (row,) = await rows(
        shop.centre, shop.store, "SELECT * FROM enrol_code WHERE store_id = :store_id"
    )
    assert code not in str(row)
    assert Secrets(b"another centre's seed, 32 bytes.").peppered(code) not in row


def test_a_code_has_at_least_forty_bits_of_chance() -> None:
    assert len({codes.fresh() for _ in range(500)}) == 500
    assert codes.CHARACTERS * 5 >= 40


async def test_whoever_tries_many_codes_has_to_wait(api: Process, shop: Shop) -> None:
    with process(api.folder, COMPTOIR_CENTRE_LIMITS='{"enrolments_burst": 3}') as running:
        door = Shop(shop.centre, running.url, shop.store)
        message = asked(door, "00000-00000", SeedKey(b"c" * 32))
        answers = [enrol(door, message) for _ in range(4)]
    assert [one.status_code for one in answers] == [403, 403, 403, 429]
    assert slug(answers[-1]) == "too_many_tries"
    assert int(answers[-1].headers["retry-after"]) >= 1
