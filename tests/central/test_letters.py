"""Letters to customers over a real SMTP server: each once, whatever the server answers."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
import zxingcpp
from PIL import Image

from config.words import words_for
from pos.domain.events.orders import OrderAccepted, OrderPicked, OrderReady
from pos.domain.pickup_pass import opened, shown_code
from pos.domain.words import Words
from pos.journal.signing import SeedKey, verify
from sync.central import numbers
from sync.central.engine import Centre
from sync.central.mail.sender import AGAIN, TAKEN_FOR, TRIES_MOST, Postman
from sync.central.orders import placing
from sync.central.orders.held import Held
from sync.central.pass_keys import PassKeys
from sync.central.settings import MailSettings
from tests.central.ordering import placed, stocked
from tests.central.postbox import Postbox, postbox
from tests.central.tills import NOON, rows

KEY = SeedKey(bytes(range(32)))
STATES = "SELECT kind, state, problem FROM mail WHERE store_id = :store_id ORDER BY v, n"


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox() as running:
        yield running


def spoken(language: str, zone: str) -> Words:
    return words_for(language, zone=zone)


def postman(box: Postbox) -> Postman:
    mail = MailSettings(
        host="127.0.0.1", port=box.port, security="none", sender="orders@shop.example", timeout_s=5
    )
    return Postman(mail, PassKeys(KEY), spoken, "https://shop.example")


async def ready(centre: Centre) -> Held:
    """Return an order that the store's till picked and made ready."""
    await numbers.tell(centre, PassKeys(KEY), NOON)
    till = await stocked(centre, {"bread": 5})
    held = await placed(centre, {"bread": 2_000})
    name = held.order.order
    till.record(OrderAccepted(order=name, staff="2"))
    till.record(OrderPicked(order=name, staff="2", line=1, sku="bread", quantity=2_000))
    till.record(OrderReady(order=name, staff="2", shelf="A3", bags=1))
    await till.push(centre)
    return held


def parts(letter: EmailMessage) -> dict[str, EmailMessage]:
    return {part.get_content_type(): part for part in letter.walk()}


async def test_the_ready_letter_brings_a_pass_that_opens_with_the_public_key(
    centre: Centre, box: Postbox
) -> None:
    held = await ready(centre)
    await postman(box).deliver(centre, "S001", NOON)
    assert [one[:2] for one in await rows(centre, "S001", STATES)] == [
        ("received", "sent"),
        ("ready", "sent"),
    ]
    letter = box.of("ruiz@example.org")[-1]
    assert letter["From"] == "S001 <orders@shop.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    found = parts(letter)
    plain = found["text/plain"].get_content()
    assert shown_code(held.code) in plain
    assert f"https://shop.example/o/{held.token}" in plain
    assert "cid:pass@comptoir" in found["text/html"].get_content()
    picture = Image.open(io.BytesIO(found["image/png"].get_content()))
    (code,) = zxingcpp.read_barcodes(picture)
    made = opened(code.text)
    assert (made.claims.order, made.claims.store) == (held.order.order, 1)
    assert verify(KEY.public_key, made.signature, made.signed)


async def test_letters_speak_the_customers_language(centre: Centre, box: Postbox) -> None:
    await stocked(centre, {"bread": 5})
    for language in ("fr", "en"):
        customer = {"name": "Ada", "email": f"{language}@example.org", "language": language}
        await placed(centre, {"bread": 1_000}, customer=customer)
    await postman(box).deliver(centre, "S001", NOON)
    (french,), (english,) = box.of("fr@example.org"), box.of("en@example.org")
    assert "We have your order" in english["Subject"]
    assert french["Subject"] != english["Subject"]
    assert (french["Content-Language"], english["Content-Language"]) == ("fr", "en")


async def test_what_is_refused_for_now_is_tried_again_later_and_comes_once(
    centre: Centre, box: Postbox
) -> None:
    await stocked(centre, {"bread": 5})
    await placed(centre, {"bread": 1_000})
    box.answers = ["451 later"]
    await postman(box).deliver(centre, "S001", NOON)
    assert await rows(centre, "S001", STATES) == [("received", "waiting", "451 later")]
    await postman(box).deliver(centre, "S001", NOON + timedelta(seconds=1))
    assert not box.letters
    for minutes in (1, 2):
        await postman(box).deliver(centre, "S001", NOON + timedelta(minutes=minutes))
    assert len(box.letters) == 1
    assert [one[1] for one in await rows(centre, "S001", STATES)] == ["sent"]


async def test_what_is_refused_for_good_is_dead_at_once_and_says_why(
    centre: Centre, box: Postbox
) -> None:
    await stocked(centre, {"bread": 5})
    await placed(centre, {"bread": 1_000})
    box.answers = ["554 no such person"]
    await postman(box).deliver(centre, "S001", NOON)
    assert await rows(centre, "S001", STATES) == [("received", "dead", "554 no such person")]


async def test_a_server_that_ends_without_a_word_gets_the_same_letter_again_and_it_is_said(
    centre: Centre, box: Postbox
) -> None:
    await stocked(centre, {"bread": 5})
    await placed(centre, {"bread": 1_000})
    box.answers = [""]
    await postman(box).deliver(centre, "S001", NOON)
    assert await rows(centre, "S001", STATES) == [("received", "waiting", AGAIN)]
    await postman(box).deliver(centre, "S001", NOON + timedelta(minutes=1))
    assert await rows(centre, "S001", STATES) == [("received", "sent", AGAIN)]
    first, second = box.letters
    assert first["Message-ID"] == second["Message-ID"]


async def test_a_worker_that_died_in_the_middle_is_followed_by_another_after_a_while(
    centre: Centre, box: Postbox
) -> None:
    await stocked(centre, {"bread": 5})
    await placed(centre, {"bread": 1_000})
    async with centre.session("S001") as session:
        from sync.central.mail.sender import _take

        assert len(await _take(session, "S001", NOON)) == 1
    await postman(box).deliver(centre, "S001", NOON + timedelta(minutes=1))
    assert not box.letters
    await postman(box).deliver(centre, "S001", NOON + TAKEN_FOR)
    assert await rows(centre, "S001", STATES) == [("received", "sent", AGAIN)]


async def test_workers_side_by_side_send_each_letter_once(centre: Centre, box: Postbox) -> None:
    await stocked(centre, {"bread": 50})
    for _ in range(6):
        await placed(centre, {"bread": 1_000})
    men = [postman(box) for _ in range(4)]
    await asyncio.gather(*(man.deliver(centre, "S001", NOON) for man in men))
    names = [one["Message-ID"] for one in box.letters]
    assert (len(names), len(set(names))) == (6, 6)


async def test_a_server_that_is_away_is_tried_until_it_is_enough(centre: Centre) -> None:
    await stocked(centre, {"bread": 5})
    await placed(centre, {"bread": 1_000})
    away = postman(Postbox(port=1))
    now = NOON
    for _ in range(TRIES_MOST):
        await away.deliver(centre, "S001", now)
        now += timedelta(hours=5)
    ((_, state, problem),) = await rows(centre, "S001", STATES)
    assert (state, "cannot be reached" in problem) == ("dead", True)


async def test_a_letter_that_the_order_outran_is_dropped(centre: Centre, box: Postbox) -> None:
    held = await ready(centre)
    await placing.cancel(centre, "S001", held.order.order, placing.CUSTOMER, NOON)
    await postman(box).deliver(centre, "S001", NOON)
    assert [one[:2] for one in await rows(centre, "S001", STATES)] == [
        ("received", "sent"),
        ("ready", "dropped"),
        ("cancelled", "sent"),
        ("refund", "sent"),
    ]


async def test_what_a_customer_typed_never_becomes_a_header(centre: Centre, box: Postbox) -> None:
    await stocked(centre, {"bread": 5})
    customer = {"name": '"Zoé" <zoe@x.example>, b@y.example', "email": "zoe@example.org"}
    await placed(centre, {"bread": 1_000}, customer=customer, reference="Cc: c@z.example")
    await postman(box).deliver(centre, "S001", NOON)
    (letter,) = box.letters
    assert [one.addr_spec for one in letter["To"].addresses] == ["zoe@example.org"]
    assert letter["Cc"] is None


async def test_without_a_server_letters_wait(centre: Centre) -> None:
    await stocked(centre, {"bread": 5})
    await placed(centre, {"bread": 1_000})
    without = replace(postman(Postbox()), mail=MailSettings())
    await without.deliver(centre, "S001", NOON)
    assert [one[1] for one in await rows(centre, "S001", STATES)] == ["waiting"]
