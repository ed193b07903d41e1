"""The worker's step that sends letters: each once, as far as SMTP allows.

A row is taken (`sending`, with a time after which it may be taken again), sent, and written down
as `sent`. A server that answered its last word wrongly, or a process that died in between, leaves
open whether the letter went: it is sent again under the same Message-ID, and the row says that it
may have come twice (RFC 5321 §4.5.4 and RFC 1047 on why nobody can do better). A refusal for good
(5yz) is `dead`, at once; what cannot be sent now is tried again, later each time. A letter that
the order outran (ready, but collected meanwhile) is `dropped`.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import aiosmtplib
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.errors import Refusal
from pos.domain.order import Order, OrderState
from pos.domain.order_money import coming_back
from sync.central.engine import Centre
from sync.central.mail.letter import Letter, message_of
from sync.central.mail.texts import WITH_PASS, Told, letter_of
from sync.central.orders.held import Held, by_ids
from sync.central.orders.steps import MailKind
from sync.central.pass_keys import PassKeys, Ring, ring
from sync.central.passes import pass_of
from sync.central.settings import MailSettings
from sync.central.values import WordsFor

AT_ONCE = 20
TRIES_MOST = 12
TAKEN_FOR = timedelta(minutes=10)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=4)
REFUSED_FOR_GOOD = 500
AGAIN = "the last try ended without a word: it may have come twice"

_TAKE = text(
    "UPDATE mail AS m SET state = 'sending', tries = m.tries + 1, next_at = :until"
    " FROM (SELECT store_id, order_id, v, n, state AS was FROM mail"
    " WHERE store_id = :store_id AND state IN ('waiting', 'sending') AND next_at <= :now"
    " ORDER BY next_at LIMIT :most FOR UPDATE SKIP LOCKED) AS due"
    " WHERE m.store_id = :store_id AND m.store_id = due.store_id AND m.order_id = due.order_id"
    " AND m.v = due.v AND m.n = due.n"
    " RETURNING m.order_id, m.v, m.n, m.kind, m.amount, m.tries, due.was, m.problem"
)
_STORE = text("SELECT name, number, time_zone FROM store WHERE store_id = :store_id")
_END = text(
    "UPDATE mail SET state = :state, next_at = :next_at, problem = :problem,"
    " done_at = CASE WHEN :is_done THEN CAST(:now AS timestamptz) END"
    " WHERE store_id = :store_id AND order_id = :order AND v = :v AND n = :n"
)


@dataclass(frozen=True, slots=True)
class Shop:
    """A store as letters name it, and the keys of its passes."""

    store: str
    name: str
    number: int
    zone: str
    keys: Ring


@dataclass(frozen=True, slots=True)
class Due:
    """A row that was taken: which letter, of which order, and how often it was tried."""

    order: str
    v: int
    n: int
    kind: MailKind
    amount: int
    tries: int
    was: str
    problem: str

    def name(self, store: str) -> str:
        """Return the letter's own name."""
        return f"{store}.{self.order}.{self.v}.{self.n}".lower()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a try ended; `wait` until the next one."""

    state: str
    problem: str = ""
    wait: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Postman:
    """What sending letters needs: the server, the keys of passes, the words, the public address."""

    mail: MailSettings
    keys: PassKeys
    words_for: WordsFor
    public_url: str

    async def deliver(self, centre: Centre, store: str, now: datetime) -> None:
        """Send what is due of a store (a step of the worker)."""
        if not self.mail.host:
            return
        while due := await centre.done(store, lambda session: _take(session, store, now)):
            await self._send_all(centre, store, due, now)
            if len(due) < AT_ONCE:
                return

    async def _send_all(
        self, centre: Centre, store: str, due: Sequence[Due], now: datetime
    ) -> None:
        async with centre.session(store) as session:
            found = (await session.execute(_STORE, {"store_id": store})).one()
            held = await by_ids(session, store, {one.order for one in due})
            keys = await ring(session, self.keys)
            shop = Shop(store, found.name, found.number, found.time_zone, keys)
        smtp = _Connection(self.mail)
        try:
            for one in due:
                ended = await self._send(smtp, shop, one, held.get(one.order))
                await centre.done(store, lambda session: _end(session, store, one, ended, now))  # noqa: B023
        finally:
            await smtp.close()

    async def _send(self, smtp: _Connection, shop: Shop, due: Due, held: Held | None) -> Ended:
        if held is None or not held.email or _is_outrun(due.kind, held.order):
            return Ended("dropped")
        try:
            words = self.words_for(held.order.language, shop.zone)
            message = message_of(self._letter(shop, due, held), words)
        except Refusal as refused:
            return Ended("waiting", str(refused.sentence)[:200], FIRST_WAIT)
        except ValueError as error:
            return Ended("dead", f"the letter cannot be written: {error}"[:200])
        ended = await smtp.send(message)
        if ended.state == "waiting" and due.tries >= TRIES_MOST:
            ended = replace(ended, state="dead")
        if ended.state == "waiting":
            ended = replace(ended, wait=min(LONGEST_WAIT, FIRST_WAIT * 2 ** (due.tries - 1)))
        twice = due.was == "sending" or due.problem == AGAIN
        if twice and not ended.problem:
            ended = replace(ended, problem=AGAIN)
        structlog.get_logger().info(
            "mail", letter=due.name(shop.store), kind=due.kind, state=ended.state, tries=due.tries
        )
        return ended

    def _letter(self, shop: Shop, due: Due, held: Held) -> Letter:
        order = held.order
        until = _local(order.expires_at, shop.zone)
        back = coming_back(order) - order.removed if due.kind in WITH_PASS else due.amount
        told = Told(order.reference, shop.name, until, back, order.reason, order.due)
        return Letter(
            name=due.name(shop.store),
            sender=self.mail.sender,
            to=held.email,
            to_name=order.name,
            language=order.language,
            shop=shop.name,
            page=f"{self.public_url}/o/{held.token}" if self.public_url else "",
            texts=letter_of(due.kind, told),
            shown=pass_of(held, shop.number, shop.keys) if due.kind in WITH_PASS else None,
        )


class _Connection:
    """The way to the server, opened at the first letter and once more after it broke."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._smtp: aiosmtplib.SMTP | None = None

    async def send(self, message: EmailMessage) -> Ended:
        """Send a letter and tell how that ended; nothing is raised for what a server does."""
        try:
            smtp = await self._opened()
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
            await self.close()
            return Ended("waiting", f"the server cannot be reached: {type(error).__name__}")
        try:
            await smtp.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [one.code for one in error.recipients]
            return _refused(max(codes, default=REFUSED_FOR_GOOD), "the address was refused")
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            await self.close()
            structlog.get_logger().warning("mail_unanswered", why=type(error).__name__)
            return Ended("waiting", AGAIN)
        return Ended("sent")

    async def close(self) -> None:
        """Say good-bye, or just go."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            await smtp.quit()
        except (aiosmtplib.SMTPException, OSError):
            smtp.close()

    async def _opened(self) -> aiosmtplib.SMTP:
        if self._smtp is not None and self._smtp.is_connected:
            return self._smtp
        told = self._settings
        password = Path(told.password_file).read_text("utf-8").strip() if told.user else None
        self._smtp = aiosmtplib.SMTP(
            hostname=told.host,
            port=told.port,
            timeout=told.timeout_s,
            use_tls=told.security == "tls",
            start_tls=told.security == "starttls",
            username=told.user or None,
            password=password,
        )
        await self._smtp.connect()
        return self._smtp


def _refused(code: int, why: str) -> Ended:
    problem = f"{code} {why}"[:200]
    return Ended("dead" if code >= REFUSED_FOR_GOOD else "waiting", problem)


def _is_outrun(kind: MailKind, order: Order) -> bool:
    return kind in WITH_PASS and order.state is not OrderState.READY


def _local(told: str, zone: str) -> datetime | None:
    return datetime.fromisoformat(told).astimezone(ZoneInfo(zone)) if told else None


async def _take(session: AsyncSession, store: str, now: datetime) -> list[Due]:
    given = {"store_id": store, "now": now, "until": now + TAKEN_FOR, "most": AT_ONCE}
    rows = (await session.execute(_TAKE, given)).all()
    await session.commit()
    return sorted((Due(*row) for row in rows), key=lambda one: (one.v, one.n))


async def _end(session: AsyncSession, store: str, due: Due, ended: Ended, now: datetime) -> None:
    given = {
        "store_id": store,
        "order": due.order,
        "v": due.v,
        "n": due.n,
        "state": ended.state,
        "problem": ended.problem,
        "now": now,
        "is_done": ended.state != "waiting",
        "next_at": now + ended.wait,
    }
    await session.execute(_END, given)
    await session.commit()
