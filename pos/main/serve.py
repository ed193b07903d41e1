"""`comptoir serve`: this machine's till in a browser, for a tablet at the desk.

The same screen, the same sign-in: the browser is only its glass. One at a time uses it, as a till
has one screen; who comes second is told. A page of another site can open nothing here: the browser
says whose page asks, and only our own may (RFC 6455 §10.2). Nothing is loaded from elsewhere.
"""

from __future__ import annotations

import shlex
import socket
import sys
from collections.abc import Sequence
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


def serve(host: str, port: int, public_url: str, told: Sequence[str] = ("till",)) -> int:
    """Serve `comptoir <told>` until it is stopped; say the address once it listens.

    Raises Refusal: `serve_missing` without its package; `not_encrypted` for an address that other
    machines reach, unless `public_url` says that a proxy in front speaks TLS; `port_taken`.
    """
    glass = _glass()
    _check_address(host, public_url)
    language = settings_file.load().till.language
    port = port or _free_port(host)
    url = public_url or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    command = shlex.join([sys.executable, "-m", "pos.main", *told])
    served = glass(command, host=host, port=port, title=TITLE, public_url=url, templates_path=PAGES)
    served.language, served.words = language, words_for(language)
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
        words: Words
        open = 0

        async def on_startup(self, app: web.Application) -> None:  # noqa: ARG002
            """Say where the till is."""
            sentence = Sentence("The till is at {url}", url=self.public_url)
            typer.echo(self.words.say(sentence))

        async def handle_index(self, request: web.Request) -> web.Response:
            """Give the page of the till."""
            busy = Sentence("The till is open in another browser; close it there first.")
            told = {
                "language": self.language,
                "opening": self.words.say(Sentence("The till opens…")),
                "closed": self.words.say(Sentence("The till is closed here.")),
                "again": self.words.say(Sentence("Try again")),
                "busy": self.words.say(busy) if self.open else "",
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
