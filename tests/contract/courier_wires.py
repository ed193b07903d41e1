"""What stands between a till and its centre: certificates of all kinds, and a proxy."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


class Authority:
    """Who signs certificates; a machine trusts it when `SSL_CERT_FILE` is its `file`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority")])
        self.file = folder / "authority.pem"
        made = self._certify(self._name, self._key.public_key(), -DAY, DAY, host="")
        self.file.write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def server(
        self, host: str = "localhost", begins: timedelta = -DAY, ends: timedelta = DAY
    ) -> ssl.SSLContext:
        """Return a server's TLS: its certificate is for `host`, valid from `begins` to `ends`."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        made = self._certify(name, key.public_key(), begins, ends, host)
        secret = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (self._folder / "server.pem").write_bytes(
            made.public_bytes(serialization.Encoding.PEM) + secret
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._folder / "server.pem")
        return context

    def _certify(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePublicKey,
        begins: timedelta,
        ends: timedelta,
        host: str,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        draft = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begins)
            .not_valid_after(now + ends)
            .add_extension(x509.BasicConstraints(ca=not host, path_length=None), critical=True)
        )
        if host:
            alternative = x509.SubjectAlternativeName([x509.DNSName(host)])
            draft = draft.add_extension(alternative, critical=False)
        return draft.sign(self._key, hashes.SHA256())


@dataclass
class Proxy:
    """A company's proxy: every name leads to `target`; `answers` is what it says instead of 200.

    With `password` (`name:password`) it asks for that.
    """

    target: int = 0
    password: str = ""
    answers: str = ""
    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address, as settings name it."""
        name = f"{self.password}@" if self.password else ""
        return f"http://{name}127.0.0.1:{self.port}"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Proxy]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.asked.append(head.partition("\r\n")[0])
            refusal = self._refusal(head)
            if refusal:
                writer.write(f"HTTP/1.1 {refusal}\r\ncontent-length: 0\r\n\r\n".encode())
                await writer.drain()
            else:
                there, back = await asyncio.open_connection("127.0.0.1", self.target)
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await asyncio.gather(_pass(reader, back), _pass(there, writer))
        writer.close()

    def _refusal(self, head: str) -> str:
        if self.answers:
            return self.answers
        told = base64.b64encode(self.password.encode()).decode()
        is_known = f"proxy-authorization: basic {told.lower()}" in head.lower()
        return "" if is_known or not self.password else "407 Proxy Authentication Required"


async def _pass(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while chunk := await source.read(65_536):
        sink.write(chunk)
        await sink.drain()
    sink.close()
