"""`comptoir serve`: this machine's till, or its kiosk, in a browser, for a tablet.

The same screen, the same sign-in: the browser is only its glass, with keys to touch below it where
people type. One at a time uses it, as a till has one screen; who comes second is told. A page of
another site can open nothing here: the browser says whose page asks, and only our own may (RFC 6455
§10.2). Nothing is loaded from elsewhere.
"""

from __future__ import annotations

import shlex
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import typer

from config import settings as settings_file
from config.words import words_for
from pos.domain.errors import Refusal
from pos.domain.words import Sentence, Words

TITLE = "Comptoir"
PAGES = Path(__file__).parent / "served"


@dataclass(frozen=True, slots=True)
class Screen:
    """What is served: the command behind it, what its page says, and its least size in cells."""

    command: str
    at: Sentence
    opening: Sentence
    closed: Sentence
    busy: Sentence
    rows: int


SCREENS = {
    "till": Screen(
        "till",
        Sentence("The till is at {url}"),
        Sentence("The till opens…"),
        Sentence("The till is closed here."),
        Sentence("The till is open in another browser; close it there first."),
        30,
    ),
    "kiosk": Screen(
        "kiosk",
        Sentence("The kiosk is at {url}"),
        Sentence("One moment…"),
        Sentence("One moment…"),
        Sentence("The kiosk is open in another browser; close it there first."),
        24,
    ),
    "customer-screen": Screen(
        "customer-screen",
        Sentence("The customers' screen is at {url}"),
        Sentence("One moment…"),
        Sentence("One moment…"),
        Sentence("The customers' screen is open in another browser; close it there first."),
        24,
    ),
}
"""By the kind of till that the settings name; the last is beside a till."""

COLUMNS = 80


@dataclass(frozen=True, slots=True)
class Touched:
    """A key below the till: what stands on it, what a terminal would send; "" shows letters."""

    text: str
    sends: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of keys; those with letters are shown when they are asked for."""

    keys_: Sequence[Touched]
    is_letters: bool = False


LETTERS = {
    "fr": ("AZERTYUIOP", "QSDFGHJKLM", "WXCVBN"),
    "en": ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"),
}
"""The letters of a keyboard, by language."""


def key_rows(language: str, words: Words, orders_key: str) -> list[Row]:
    """Return the keys below the till, top row first; `orders_key` is what opens the orders."""
    first, second, third = LETTERS.get(language, LETTERS["en"])
    opens = _control(orders_key)
    space = Touched(words.say(Sentence("space")), " ", wide=True)
    last = [Touched("-", "-"), *_typed(third), Touched("’", "'"), space]
    moves = [
        Touched("Esc", "\x1b"),
        Touched("Tab", "\t"),
        Touched(words.say(Sentence("Del")), "\x1b[3~"),
        Touched("↑", "\x1b[A"),
        Touched("↓", "\x1b[B"),
        *([Touched(words.say(Sentence("Orders")), opens)] if opens else []),
        Touched("ABC", ""),
        Touched("⏎", "\r", wide=True),
    ]
    digits = [*_typed("1234567890,*"), Touched("⌫", "\x7f", wide=True)]
    return [Row(_typed(first), True), Row(_typed(second), True), Row(last, True), Row(digits),
            Row(moves)]  # fmt: skip


def _control(key: str) -> str:
    """Return what a terminal sends for a key with Ctrl, "" for another key.

    >>> ord(_control("ctrl+g")), _control("f4")
    (7, '')
    """
    letter = key.removeprefix("ctrl+")
    return chr(ord(letter) - 96) if letter != key and letter.isascii() and len(letter) == 1 else ""


def _typed(characters: str) -> list[Touched]:
    return [Touched(one, one) for one in characters]


def serve(host: str, port: int, public_url: str, kind: str = "") -> int:
    """Serve this machine's till or kiosk until it is stopped; say the address once it listens.

    `kind` names another of `SCREENS`.
    Raises Refusal: `serve_missing` without its package; `not_encrypted` for an address that other
    machines reach, unless `public_url` says that a proxy in front speaks TLS; `port_taken`.
    """
    glass = _glass()
    _check_address(host, public_url)
    settings = settings_file.load()
    screen, language = SCREENS[kind or settings.till.kind], settings.till.language
    port = port or _free_port(host)
    url = public_url or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    command = shlex.join([sys.executable, "-m", "pos.main", screen.command])
    served = glass(command, host=host, port=port, title=TITLE, public_url=url, templates_path=PAGES)
    served.screen, served.language, served.words = screen, language, words_for(language)
    served.orders_key = settings.keys.get("orders", "")
    try:
        served.serve()
    except OSError as error:
        raise Refusal(
            "port_taken", "The till cannot be served at {url}: {why}.", url=url, why=str(error)
        ) from error
    return 0


def _glass() -> Any:
    """Return what serves; its package is an extra, so that tills without it need no web server."""
    try:
        import aiohttp_jinja2
        from aiohttp import web
        from textual_serve.server import Server
    except ImportError as error:
        raise Refusal(
            "serve_missing",
            "Serving the till in a browser needs one package more: pip install comptoir[serve].",
        ) from error

    class Glass(Server):
        """A server that says one sentence, and lets in one browser and no other site's page."""

        language = "en"
        screen: Screen
        words: Words
        orders_key = ""
        open = 0

        async def on_startup(self, app: web.Application) -> None:  # noqa: ARG002
            """Say where the till is."""
            sentence = Sentence(self.screen.at.template, url=self.public_url)
            typer.echo(self.words.say(sentence))

        async def handle_index(self, request: web.Request) -> web.Response:
            """Give the page of the till."""
            screen = self.screen
            told = {
                "language": self.language,
                "opening": self.words.say(screen.opening),
                "closed": self.words.say(screen.closed),
                "again": self.words.say(Sentence("Try again")),
                "busy": self.words.say(screen.busy) if self.open else "",
                "is_kiosk": screen.command != "till",
                "columns": COLUMNS,
                "rows": screen.rows,
                "key_rows": key_rows(self.language, self.words, self.orders_key),
                "font_size": 16,
                "app_websocket_url": f"{self.public_url.replace('http', 'ws', 1)}/ws",
                "config": {"static": {"url": f"{self.public_url}/static/"}},
                "application": {"name": self.title},
            }
            return aiohttp_jinja2.render_template("app_index.html", request, told)

        async def handle_websocket(self, request: web.Request) -> Any:
            """Connect the one browser whose page is ours."""
            told = request.headers.get("Origin", "")
            if urlsplit(told).netloc != urlsplit(self.public_url).netloc:
                raise web.HTTPForbidden(text="This page is not the till's own.")
            if self.open:
                raise web.HTTPConflict(text="The till is open in another browser.")
            self.open += 1
            try:
                return await super().handle_websocket(request)
            finally:
                self.open -= 1

        def initialize_logging(self) -> None:
            """Leave the log alone."""

    return Glass


def _check_address(host: str, public_url: str) -> None:
    try:
        is_near = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        is_near = False
    if not is_near and not public_url.startswith("https://"):
        raise Refusal(
            "not_encrypted",
            "Other machines reach {host}: put a proxy with TLS in front, and name it by"
            " --public-url https://….",
            host=host,
        )


def _free_port(host: str) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as found:
        found.bind((host, 0))
        return int(found.getsockname()[1])
