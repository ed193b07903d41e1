"""`comptoir enrol` and `comptoir courier`: the till becomes known to a centre and speaks with it.

The courier is a process of its own. It reads the till's file and writes two others, so that it
may be killed at any moment, and be an older or a newer one than the till.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import secrets
import signal
import sys
from collections.abc import Callable, Mapping

import typer

from config import settings as settings_file
from config.places import Places, places
from config.sections import Settings
from config.words import words_for
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.main import enrol_code
from pos.main.join import store_of
from pos.main.keeper import LOCKED as LOCKED
from pos.main.log import open_log
from pos.main.rules import software
from pos.main.world import SystemClock
from pos.ports import Signer, StoreUnavailable
from pos.ports.centre import Enrolment
from pos.store.keys import OWN, file_key, next_key, take_next
from pos.store.lock import FileLock
from pos.store.mirror import MirrorFile
from pos.store.mirror_facts import FILE as CENTRE_FILE
from pos.store.open import FILE, KEYS, MARKER
from pos.store.outbox import OutboxFile
from pos.till.readiness import WORDS
from sync.around import Pace, Surroundings
from sync.courier import Courier
from sync.http import HttpWire, Identity
from sync.protocol import Enrol, Enrolled
from sync.wire import Trouble

GENTLE = 5
"""How far the courier stands back for the till on a busy processor (`nice`)."""

TIDY_EVERY_S = 4
LEFT_MOST = 500
"""How many things that were made since may lie about before it is looked which are left over."""


def enrol(code: str, url: str) -> int:
    """Make this till known to a centre by a one-time code, and write the address down."""
    settings, found = settings_file.load(), places()
    said = enrol_code.told(code) if code else enrol_code.ask(settings)
    if said is None:
        raise _bad_code()
    _check_till(said.till, settings)
    url = said.url or url.rstrip("/") or settings.centre.url
    _check_address(url)
    own, epoch = _own(settings, found)
    asked = Enrol(
        code=said.code,
        public_key=own.public_key.hex(),
        store=settings.till.store,
        till=settings.till.name,
        epoch=epoch,
        software=software(),
    )
    enrolment = _let_in(url, settings, found, own, asked)
    mirror = MirrorFile(found.data)
    try:
        mirror.enrol(enrolment)
    finally:
        mirror.close()
    settings_file.put(found.config, "centre", {"url": url, "enabled": True})
    say = words_for(settings.till.language).say
    typer.echo(
        say(Sentence("This till belongs to the centre “{name}” now.", name=enrolment.centre))
    )
    typer.echo(say(Sentence("It is spoken with from the next start of the till on.")))
    return 0


def run_courier(*, tied: bool = False) -> int:
    """Speak with the centre until a signal; `tied`: also until the standard input ends."""
    settings, found = settings_file.load(), places()
    if not settings.centre.url or not settings.centre.enabled:
        raise Refusal("no_centre", "The settings name no centre; run: comptoir enrol.")
    try:
        lock = FileLock(found.state / "courier.lock")
    except StoreUnavailable:
        _say(settings, Sentence("A courier works for this till already."))
        return LOCKED
    try:
        os.nice(GENTLE)
        open_log(found.log / "courier")
        return asyncio.run(_work(settings, found, tied=tied))
    finally:
        lock.release()


async def _work(settings: Settings, found: Places, *, tied: bool) -> int:
    mirror = MirrorFile(found.data)
    enrolment = mirror.enrolment()
    if enrolment is None:
        raise Refusal("not_enrolled", "No centre knows this till yet; run: comptoir enrol.")
    signer = file_key(found.state / KEYS / OWN)
    outbox = OutboxFile(found.data / FILE, found.state / MARKER, signer.key_id)
    till = f"{settings.till.store}-{settings.till.name}"
    clock = SystemClock()
    who = Identity(till, enrolment.centre, signer)
    wire = HttpWire(settings.centre.url, who, clock.now, proxy=settings.centre.proxy)
    around = Surroundings(
        outbox=outbox,
        mirror=mirror,
        wire=wire,
        clock=clock,
        name=lambda: secrets.token_hex(12),
        chance=random.SystemRandom().random,
        changed=outbox.version,
        log=_log,
    )
    _spare_memory()
    courier = Courier(around, enrolment.scopes, Pace(), mirror.last_report())
    task = asyncio.create_task(courier.run())
    tidying = asyncio.create_task(_let_go())
    _end_with(task, tied=tied)
    try:
        await task
    except asyncio.CancelledError:
        return 0
    finally:
        tidying.cancel()
        await wire.close()
        outbox.close()
        mirror.close()
    return 0


def _end_with(task: asyncio.Task[None], *, tied: bool) -> None:
    """End the work at a signal, and with the till that started it."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    if tied:
        file = sys.stdin.fileno()
        os.set_blocking(file, False)
        loop.add_reader(file, lambda: _end_at_the_end(file, task.cancel))


def _end_at_the_end(file: int, end: Callable[[], object]) -> None:
    if not os.read(file, 1_024):
        asyncio.get_running_loop().remove_reader(file)
        end()


def _spare_memory() -> None:
    """Let the collector look only at what stays: a page's rows are let go by their own counts.

    Two pages at most are in memory, and with them fewer things than the threshold.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)


async def _let_go() -> None:
    """Let go of what each request leaves behind in a circle, long before it is a threshold full."""
    while True:
        await asyncio.sleep(TIDY_EVERY_S)
        if gc.get_count()[0] > LEFT_MOST:
            gc.collect()


async def _ask(url: str, proxy: str, message: Enrol) -> Enrolled:
    """Ask a centre to let this till in. Raises Refusal with what a person can do."""
    wire = HttpWire(url, None, proxy=proxy)
    try:
        return await wire.ask("/v1/enrol", message, Enrolled)
    except Trouble as trouble:
        if "bad_code" in trouble.detail:
            raise _bad_code() from trouble
        if "key_revoked" in trouble.detail:
            raise Refusal(
                "key_revoked", "The centre revoked the key of this till: another one is needed."
            ) from trouble
        raise Refusal(
            "no_answer",
            "The centre at {url} was not reached: {why}",
            url=url,
            why=WORDS[trouble.state].page,
        ) from trouble
    finally:
        await wire.close()


def _let_in(url: str, settings: Settings, found: Places, own: Signer, asked: Enrol) -> Enrolment:
    """Ask to be let in, by a new key where the till's own served before or was revoked.

    The new key takes the place of the old one when it was let in, not before: a code that is no
    good changes nothing. The till opens a new epoch for it at its next start.
    """
    keys = found.state / KEYS
    signer = next_key(keys) if _served(found) == own.key_id else own

    def ask() -> Enrolled:
        message = asked.model_copy(update={"public_key": signer.public_key.hex()})
        return asyncio.run(_ask(url, settings.centre.proxy, message))

    try:
        answer = ask()
    except Refusal as refused:
        if refused.slug != "key_revoked":
            raise
        signer = next_key(keys, another=True)
        answer = ask()
    if signer is not own:
        take_next(keys)
    return Enrolment(url, answer.centre, answer.centre_key, tuple(answer.scopes), signer.key_id)


def _served(found: Places) -> str:
    """Return the id of the key by which the till was let in before, "" when it never was."""
    if not (found.data / CENTRE_FILE).exists():
        return ""
    mirror = MirrorFile(found.data)
    try:
        enrolment = mirror.enrolment()
    finally:
        mirror.close()
    return "" if enrolment is None else enrolment.key_id


def _bad_code() -> Refusal:
    return Refusal(
        "bad_code",
        "The centre does not know this code: it serves once, for ten minutes, and for one till."
        " Ask for another.",
    )


def _check_till(meant: str, settings: Settings) -> None:
    """Refuse the code of another till before it is used up."""
    own = f"{settings.till.store}-{settings.till.name}"
    if meant and meant != own:
        raise Refusal(
            "other_till",
            "This code is for the till {meant}, and this is {own}: ask for one of its own.",
            meant=meant,
            own=own,
        )


def _check_address(url: str) -> None:
    """Refuse an address that the settings would refuse later, and none at all."""
    from config.sections import Centre

    try:
        is_good = bool(Centre(url=url, proxy="", enabled=True).url)
    except ValueError:
        is_good = False
    if not is_good:
        raise Refusal(
            "bad_address",
            "“{url}” is no address of a centre; one is https://centre.example.",
            url=url,
        )


def _own(settings: Settings, found: Places) -> tuple[Signer, str]:
    """Return the till's key and present epoch; a till that never ran gets its file now."""
    path = found.data / FILE
    if not path.exists():
        store_of(settings, found).close()
    outbox = OutboxFile(path)
    try:
        epochs = list(outbox.heads())
    finally:
        outbox.close()
    return file_key(found.state / KEYS / OWN), epochs[-1]


def _say(settings: Settings, sentence: Sentence) -> None:
    typer.echo(words_for(settings.till.language).say(sentence), err=True)


def _log(event: str, facts: Mapping[str, object]) -> None:
    import structlog

    structlog.get_logger().info(f"courier {event}", **dict(facts))
