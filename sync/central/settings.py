"""The centre's settings: `centre.toml` of its folder, and over it what the environment says.

`COMPTOIR_CENTRE_DATABASE` and the like name one setting each; `COMPTOIR_CENTRE_FOLDER` the folder.
The centre's own key lies beside them in `centre.key`, for its owner's eyes only; processes on
several machines share both files.
"""

from __future__ import annotations

import hmac
import json
import os
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pos.domain.errors import Refusal
from pos.journal.signing import SeedKey
from sync.central.pass_keys import SEED_BYTES, PassKeys
from sync.central.private import write_private

PREFIX = "COMPTOIR_CENTRE_"
PORT = 8470
_SEVERAL = ("limits", "orders", "mail", "metrics_from", "proxies")
_FILE, _KEY = "centre.toml", "centre.key"


class Limits(BaseModel):
    """What one process takes on at most, and how much of it one till, sales channel or address
    may ask.

    Rates are requests a second in the long run, bursts what may come at once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests_most: Annotated[int, Field(ge=1)] = 64
    live_most: Annotated[int, Field(ge=0)] = 2_000
    live_s: Annotated[int, Field(ge=1)] = 900
    heartbeat_s: Annotated[int, Field(ge=1)] = 15
    body_s: Annotated[int, Field(ge=1)] = 30
    answer_s: Annotated[int, Field(ge=1)] = 60
    address_per_s: Annotated[int, Field(ge=1)] = 100
    address_burst: Annotated[int, Field(ge=1)] = 400
    till_per_s: Annotated[int, Field(ge=1)] = 20
    till_burst: Annotated[int, Field(ge=1)] = 100
    channel_per_s: Annotated[int, Field(ge=1)] = 20
    channel_burst: Annotated[int, Field(ge=1)] = 100
    enrolments_per_minute: Annotated[int, Field(ge=1)] = 10
    enrolments_burst: Annotated[int, Field(ge=1)] = 5


class MailSettings(BaseModel):
    """The server that takes letters to customers; no `host`: none are sent.

    `sender` is the address they come from. `password_file` holds the password of `user`, for the
    centre's eyes only. `security` is `tls` (RFC 8314), `starttls`, or `none` on loopback alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, Field(max_length=255)] = ""
    port: Annotated[int, Field(ge=0, le=65_535)] = 465
    security: Literal["tls", "starttls", "none"] = "tls"
    user: Annotated[str, Field(max_length=255)] = ""
    password_file: Annotated[str, Field(max_length=1_000)] = ""
    sender: Annotated[str, Field(max_length=254)] = "orders@localhost.localdomain"
    timeout_s: Annotated[int, Field(ge=1, le=600)] = 30

    @model_validator(mode="after")
    def _is_not_read_on_the_way(self) -> Self:
        if self.host and self.security == "none" and not is_loopback(self.host):
            raise ValueError("mail leaves this machine over TLS only: tls or starttls")
        return self


class OrderRules(BaseModel):
    """How orders to collect are promised and kept.

    `spare` pieces of an article are never promised, and `spare_per_hour` more for each hour since
    the store's tills were heard; after `unheard_minutes` an order is a request until the store
    accepts it. An order that is ready is kept for `keep_hours`; the customer is reminded
    `remind_hours` before the end. `forget_days` after it nothing says any more whose it was.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "EUR"
    prepare_minutes: Annotated[int, Field(ge=0, le=43_200)] = 120
    keep_hours: Annotated[int, Field(ge=1, le=2_160)] = 168
    forget_days: Annotated[int, Field(ge=15, le=3_650)] = 60
    remind_hours: Annotated[int, Field(ge=0, le=720)] = 24
    spare: Annotated[int, Field(ge=0, le=1_000)] = 0
    spare_per_hour: Annotated[int, Field(ge=0, le=10_000)] = 2
    unheard_minutes: Annotated[int, Field(ge=1, le=10_080)] = 60


class CentreSettings(BaseModel):
    """What an installer decides. No `database`: an embedded PostgreSQL in the folder.

    `database` may be several URLs with spaces between, one for each server that the stores are
    spread over. `name` is what tills call the centre; it is in every token, so it never changes.
    `proxies` are the addresses that are believed when they say for whom they ask. `public_url` is
    where customers reach the centre (`https://shop.example`), for the links of their letters;
    `demo_shop` opens a shop window at `/shop`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,39}$")] = "centre"
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "FR"
    time_zone: Annotated[str, Field(max_length=40)] = "Europe/Paris"
    database: Annotated[str, Field(max_length=4_000)] = ""
    pool: Annotated[int, Field(ge=2, le=100)] = 10
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = PORT
    certificate: str = ""
    certificate_key: str = ""
    behind_proxy: bool = False
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    metrics_from: tuple[str, ...] = ("127.0.0.1", "::1")
    public_url: Annotated[str, Field(pattern=r"^(https?://[^\s/]+)?$", max_length=200)] = ""
    demo_shop: bool = False
    mail: MailSettings = MailSettings()
    limits: Limits = Limits()
    orders: OrderRules = OrderRules()

    @model_validator(mode="after")
    def _certificate_is_whole(self) -> Self:
        if bool(self.certificate) != bool(self.certificate_key):
            raise ValueError("certificate and certificate_key go together")
        return self

    def urls(self) -> tuple[str, ...]:
        """Return the URL of each server; none when PostgreSQL is embedded."""
        return tuple(self.database.split())


def folder_of(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the centre's folder: of the environment, else where the system keeps data."""
    named = environ.get(f"{PREFIX}FOLDER")
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("comptoir-centre", appauthor=False)


def load(folder: Path, environ: Mapping[str, str] = os.environ) -> CentreSettings:
    """Return the settings in force. Raises Refusal `no_centre` before `init`, or `bad_setting`."""
    file = folder / _FILE
    try:
        told: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise Refusal(
            "no_centre",
            "There is no centre in {folder} yet: run comptoir-central init.",
            folder=str(folder),
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Refusal(
            "bad_setting", "{file} cannot be read: {why}.", file=str(file), why=str(error)
        ) from error
    return checked({**told, **_of_environment(environ)})


def checked(told: Mapping[str, Any]) -> CentreSettings:
    """Return settings that are possible. Raises Refusal `bad_setting`, which names the first."""
    try:
        return CentreSettings.model_validate(dict(told))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise Refusal(
            "bad_setting",
            "The setting {name} cannot be so: {why}.",
            name=".".join(map(str, first["loc"])) or "certificate",
            why=first["msg"],
        ) from error


def _of_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings that the environment names; those that hold several are JSON."""
    told: dict[str, Any] = {}
    for name in CentreSettings.model_fields:
        text = environ.get(f"{PREFIX}{name.upper()}")
        if text is None:
            continue
        try:
            told[name] = json.loads(text) if name in _SEVERAL else text
        except ValueError as error:
            raise Refusal(
                "bad_setting",
                "The setting {name} cannot be so: {why}.",
                name=f"{PREFIX}{name.upper()}",
                why=str(error),
            ) from error
    return told


def write(folder: Path, settings: CentreSettings) -> None:
    """Make the folder with its settings and its key. Raises Refusal when one is there already."""
    if (folder / _FILE).exists():
        raise Refusal("a_centre_is_here", "There is a centre in {folder}.", folder=str(folder))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / _KEY).exists():
        write_private(folder / _KEY, os.urandom(SEED_BYTES).hex() + "\n")
    lines = [
        f'name = "{settings.name}"',
        f'country = "{settings.country}"',
        f'time_zone = "{settings.time_zone}"',
        *([f'database = "{settings.database}"'] if settings.database else []),
    ]
    write_private(folder / _FILE, "\n".join(lines) + "\n")


class Secrets:
    """What only the centre knows: its key, those of passes, and a pepper for one-time codes."""

    def __init__(self, seed: bytes, folder: Path | None = None) -> None:
        self.key = SeedKey(seed)
        self.passes = PassKeys(self.key, folder)
        self._pepper = hmac.digest(seed, b"comptoir enrolment", "sha256")

    @classmethod
    def of(cls, folder: Path) -> Secrets:
        """Read the key of a folder. Raises Refusal when it is not there, or not a key."""
        try:
            seed = bytes.fromhex((folder / _KEY).read_text("ascii").strip())
        except (OSError, ValueError) as error:
            raise Refusal(
                "no_centre_key",
                "{file} cannot be read: put it back from the safe copy.",
                file=str(folder / _KEY),
            ) from error
        if len(seed) != SEED_BYTES:
            raise Refusal(
                "no_centre_key",
                "{file} cannot be read: put it back from the safe copy.",
                file=str(folder / _KEY),
            )
        return cls(seed, folder)

    def peppered(self, text: str) -> str:
        """Return the keyed hash under which a one-time code is kept, hexadecimal."""
        return hmac.digest(self._pepper, text.encode(), "sha256").hex()


def is_loopback(host: str) -> bool:
    """Tell whether an address can only be reached from this machine.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
