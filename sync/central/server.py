"""One API process on one socket: TLS where others could listen, an orderly end at SIGTERM.

At the end it takes no new connection, ends the streams, finishes the requests that are under way
and leaves; what takes longer than `FINISH_S` is cut, and its till asks again.
"""

from __future__ import annotations

import gc
import signal
import socket
import ssl
from pathlib import Path
from types import FrameType

import uvicorn

from pos.domain.errors import Refusal
from sync.central.app import create_app
from sync.central.service import Service
from sync.central.settings import CentreSettings, is_loopback

FINISH_S = 25
KEEP_ALIVE_S = 75
BACKLOG = 512


class Server(uvicorn.Server):
    """The server of a process, which tells its parts when it closes."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Refuse what is new, end what only waits, finish the rest."""
        self._service.closing.set()
        self._service.news.end()
        await super().shutdown(sockets)


def check_address(settings: CentreSettings) -> None:
    """Refuse to be heard in the clear by others than this machine.

    Raises Refusal `needs_tls`, or `bad_certificate`.
    """
    if settings.certificate:
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
                settings.certificate, settings.certificate_key
            )
        except (OSError, ssl.SSLError) as error:
            raise Refusal(
                "bad_certificate",
                "The certificate {file} cannot be used: {why}.",
                file=settings.certificate,
                why=error.strerror or type(error).__name__,
            ) from error
    elif not (settings.behind_proxy or is_loopback(settings.host)):
        raise Refusal(
            "needs_tls",
            "{host} can be reached by other machines, so it needs a certificate; "
            "or say --behind-proxy when a proxy in front of it speaks TLS.",
            host=settings.host,
        )


def bind(settings: CentreSettings) -> socket.socket:
    """Return the socket to listen on; port 0 asks the system for one. Raises Refusal `no_port`."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise Refusal(
            "no_port",
            "Nothing can listen on {host} port {port}: {why}.",
            host=settings.host,
            port=settings.port,
            why=error.strerror or type(error).__name__,
        ) from error
    return listening


def config_of(service: Service) -> uvicorn.Config:
    """Return how the server runs."""
    settings = service.settings
    return uvicorn.Config(
        create_app(service),
        lifespan="on",
        http="httptools",
        ws="none",
        loop="uvloop",
        access_log=False,
        log_config=None,
        backlog=BACKLOG,
        server_header=False,
        proxy_headers=settings.behind_proxy,
        forwarded_allow_ips=list(settings.proxies),
        ssl_certfile=Path(settings.certificate) if settings.certificate else None,
        ssl_keyfile=Path(settings.certificate_key) if settings.certificate_key else None,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=FINISH_S,
    )


def serve(service: Service, listening: socket.socket) -> None:
    """Answer until SIGTERM or SIGINT, then return: what is to be tidied up comes after it."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stay)  # the server raises the signal again when it has ended
    _spare_memory()
    Server(config_of(service), service).run(sockets=[listening])


def _spare_memory() -> None:
    """Rows are made and let go by the thousand: the collector need not look each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _stay(_number: int, _frame: FrameType | None) -> None:
    """Do not die of a signal: the server has heard it."""
