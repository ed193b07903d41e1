"""The token of a request: who asks, for which request, and for how long it may be believed.

`Authorization: Comptoir <token>`; the token is a compact JWS (RFC 7515) with the algorithm EdDSA
(RFC 8037), signed by the till's own journal key (`kid` is its key id). It lives a minute at most
and covers the exact bytes of the body and the method and path, so it serves one request only.
Nothing here asks the clock or chance: seconds since 1970 (UTC) and the `jti` are handed in.

>>> from pos.journal.signing import SeedKey
>>> key = SeedKey(bytes(32))
>>> asked = Asked("POST", "/v1/pull", b"{}")
>>> token = sign(key, Claims("S001-T01", "acme", 1_700_000_000, "r1"), asked)
>>> key_named(token) == key.key_id
True
>>> check(token, key.public_key, "acme", asked, now_s=1_700_000_005).issuer
'S001-T01'
>>> check(token, key.public_key, "acme", Asked("POST", "/v1/pull", b"[]"), now_s=1_700_000_005)
Traceback (most recent call last):
    ...
sync.token.TokenRefused: body: the token was made for another body
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pos.journal import signing
from pos.journal.signing import Signer

SCHEME = "Comptoir"
"""The word before the token in the header `Authorization`."""

LIFE_S = 60
"""The longest life of a token, in seconds."""

LEEWAY_S = 30
"""How far the clocks of a till and the centre may stand apart, in seconds."""

TOKEN_CHARACTERS_MOST = 1_000
_JTI_CHARACTERS_MOST = 40


class TokenRefused(Exception):
    """Why a token is not believed: a stable `slug` and words for a log, never the token itself.

    Slugs: `malformed`, `algorithm`, `forged`, `audience`, `not_yet`, `expired`, `too_long`, `body`
    and `path`. A till that hears `not_yet` or `expired` has a wrong clock.
    """

    def __init__(self, slug: str, why: str) -> None:
        super().__init__(f"{slug}: {why}")
        self.slug = slug


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its method, its path (no host, the query included) and its body as sent."""

    method: str
    path: str
    body: bytes

    @property
    def line(self) -> str:
        """The method and path as the token has them."""
        return f"{self.method} {self.path}"

    @property
    def digest(self) -> str:
        """The SHA-256 of the body's bytes, hexadecimal: compressed ones when it was compressed."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says of its maker: `issuer` is `S001-T01`, `audience` the centre's name.

    `issued_s` is the maker's clock; `jti` names the request once and for all.
    """

    issuer: str
    audience: str
    issued_s: int
    jti: str
    life_s: int = LIFE_S

    @property
    def forget_s(self) -> int:
        """Until when a centre must remember `jti`, so that the token serves once."""
        return self.issued_s + self.life_s + LEEWAY_S

    @property
    def store(self) -> str:
        """The store part of the issuer."""
        return self.issuer.partition("-")[0]

    @property
    def till(self) -> str:
        """The till part of the issuer."""
        return self.issuer.partition("-")[2]


def sign(signer: Signer, claims: Claims, asked: Asked) -> str:
    """Return the token of one request."""
    header = {"alg": "EdDSA", "kid": signer.key_id, "typ": "JWT"}
    payload = {
        "iss": claims.issuer,
        "aud": claims.audience,
        "iat": claims.issued_s,
        "exp": claims.issued_s + claims.life_s,
        "jti": claims.jti,
        "bod": asked.digest,
        "pth": asked.line,
    }
    signed = f"{_written(header)}.{_written(payload)}"
    return f"{signed}.{_encoded(signer.sign(signed.encode()))}"


def key_named(token: str) -> str:
    """Return the key id that a token names, so that its key can be found; nothing is believed yet.

    Raises TokenRefused for what is no token, or one with another algorithm.
    """
    header = _read(_parts(token)[0])
    if header.get("alg") != "EdDSA":
        raise TokenRefused("algorithm", "the token is not signed with EdDSA")
    name = header.get("kid")
    if not isinstance(name, str) or not name or len(name) > 32:
        raise TokenRefused("malformed", "the token names no key")
    return name


def issuer_named(token: str) -> str:
    """Return the till that a token names (`S001-T01`), to look its key up; nothing is believed yet.

    Raises TokenRefused for what is no token.

    >>> from pos.journal.signing import SeedKey
    >>> claims = Claims("S001-T01", "acme", 1_700_000_000, "r1")
    >>> issuer_named(sign(SeedKey(bytes(32)), claims, Asked("GET", "/v1/live", b"")))
    'S001-T01'
    """
    name = _read(_parts(token)[1]).get("iss")
    if not isinstance(name, str):
        raise TokenRefused("malformed", "the token lacks a claim")
    return name


def check(
    token: str,
    public_key: bytes,
    audience: str,
    asked: Asked,
    *,
    now_s: int,
    verify: Callable[[bytes, bytes, bytes], bool] = signing.verify,
) -> Claims:
    """Return what a token says, once it is believed for this very request.

    Whether the key is the issuer's and not revoked, and whether `jti` came before, is for the
    caller to ask. Raises TokenRefused.
    """
    key_named(token)
    header, payload, signature = _parts(token)
    if not verify(public_key, _decoded(signature), f"{header}.{payload}".encode()):
        raise TokenRefused("forged", "the signature is not that of the key")
    said = _read(payload)
    claims = _claims(said)
    if claims.audience != audience:
        raise TokenRefused("audience", "the token was made for another centre")
    _check_window(claims, now_s)
    if said.get("pth") != asked.line:
        raise TokenRefused("path", "the token was made for another request")
    if said.get("bod") != asked.digest:
        raise TokenRefused("body", "the token was made for another body")
    return claims


def _check_window(claims: Claims, now_s: int) -> None:
    if not 0 < claims.life_s <= LIFE_S:
        raise TokenRefused("too_long", f"a token lives {LIFE_S} s at most")
    if now_s < claims.issued_s - LEEWAY_S:
        raise TokenRefused("not_yet", "the token is from the future: a clock is wrong")
    if now_s > claims.issued_s + claims.life_s + LEEWAY_S:
        raise TokenRefused("expired", "the token is too old: a clock is wrong, or it came late")


def _claims(said: dict[str, Any]) -> Claims:
    texts = [said.get(name) for name in ("iss", "aud", "jti")]
    times = [said.get(name) for name in ("iat", "exp")]
    if not all(isinstance(text, str) and text for text in texts):
        raise TokenRefused("malformed", "the token lacks a claim")
    if not all(type(time) is int and 0 <= time < 2**53 for time in times):
        raise TokenRefused("malformed", "the token's times are not whole seconds")
    issuer, audience, jti = (str(text) for text in texts)
    if len(jti) > _JTI_CHARACTERS_MOST:
        raise TokenRefused("malformed", "the token's own name is too long")
    issued, expires = (int(str(time)) for time in times)
    return Claims(issuer, audience, issued, jti, expires - issued)


def _parts(token: str) -> tuple[str, str, str]:
    parts = token.split(".") if len(token) <= TOKEN_CHARACTERS_MOST else []
    if len(parts) != 3:
        raise TokenRefused("malformed", "the token has not three parts")
    return parts[0], parts[1], parts[2]


def _written(said: dict[str, Any]) -> str:
    return _encoded(json.dumps(said, separators=(",", ":"), sort_keys=True).encode())


def _read(part: str) -> dict[str, Any]:
    try:
        said = json.loads(_decoded(part))
    except (ValueError, RecursionError) as error:
        raise TokenRefused("malformed", "a part of the token is not JSON") from error
    if not isinstance(said, dict):
        raise TokenRefused("malformed", "a part of the token is not an object")
    return said


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(part: str) -> bytes:
    """One text a value: what is not exactly what `_encoded` writes is refused."""
    try:
        raw = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as error:
        raise TokenRefused("malformed", "a part of the token is not base64url") from error
    if _encoded(raw) != part:
        raise TokenRefused("malformed", "a part of the token is not base64url")
    return raw
