"""The tables of what the till keeps of its centre: `centre.db`, and a few in `catalogue.db`.

Nothing here is the till's own: a file that is lost is read again from the centre. `centre.db` is
written by the courier; the till itself writes `taken`, and its questions into `elsewhere` and
`claim`.
"""

from __future__ import annotations

from sqlalchemy import Connection, LargeBinary
from sqlmodel import Field, SQLModel

from pos.store.tables import table

_WITHOUT_ROWID = {"sqlite_with_rowid": False}


class LaneRow(SQLModel, table=True):
    """How far the centre is known to hold an epoch of this till."""

    __tablename__ = "lane"
    __table_args__ = (_WITHOUT_ROWID,)

    epoch: str = Field(primary_key=True)
    acked: int
    until: int | None
    forked: int


class ForkRow(SQLModel, table=True):
    """An order to open a new epoch after entry `number` of `epoch`."""

    __tablename__ = "fork"
    __table_args__ = (_WITHOUT_ROWID,)

    epoch: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    hash: bytes = Field(sa_type=LargeBinary)


class ReadingRow(SQLModel, table=True):
    """How far a scope was read."""

    __tablename__ = "reading"
    __table_args__ = (_WITHOUT_ROWID,)

    scope: str = Field(primary_key=True)
    v: int
    nonce: str
    round: int
    sweeping: int


class FactRow(SQLModel, table=True):
    """Single facts: the enrolment, the courier's last report, as JSON."""

    __tablename__ = "fact"
    __table_args__ = (_WITHOUT_ROWID,)

    key: str = Field(primary_key=True)
    value: str


class LevelRow(SQLModel, table=True):
    """The stock of an article in the till's store, in thousandths; `round` is its snapshot's."""

    __tablename__ = "level"
    __table_args__ = (_WITHOUT_ROWID,)

    sku: str = Field(primary_key=True)
    quantity: int
    shelf: int
    reserved: int
    round: int


class ThingRow(SQLModel, table=True):
    """Any other thing of a scope, its fields as JSON; what is gone stays with none (NULL)."""

    __tablename__ = "thing"
    __table_args__ = (_WITHOUT_ROWID,)

    kind: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    scope: str
    fields: str | None
    round: int


class TakenRow(SQLModel, table=True):
    """Which state of a thing the till took for its own, as a digest of its fields."""

    __tablename__ = "taken"
    __table_args__ = (_WITHOUT_ROWID,)

    kind: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    digest: str


class ElsewhereRow(SQLModel, table=True):
    """An article whose stock in other stores the till asked for, and the last answer (JSON)."""

    __tablename__ = "elsewhere"
    __table_args__ = (_WITHOUT_ROWID,)

    sku: str = Field(primary_key=True)
    asked_at: str
    answered_at: str
    stores: str


class WaitingPriceRow(SQLModel, table=True):
    """Prices (JSON) of an article that the catalogue has not, or has not yet."""

    __tablename__ = "waiting_price"
    __table_args__ = (_WITHOUT_ROWID,)

    sku: str = Field(primary_key=True)
    prices: str


class SeenArticleRow(SQLModel, table=True):
    """An article that the snapshot under way named."""

    __tablename__ = "seen_article"

    article: int = Field(primary_key=True)


class SeenPriceRow(SQLModel, table=True):
    """An article whose prices the snapshot under way named."""

    __tablename__ = "seen_price"
    __table_args__ = (_WITHOUT_ROWID,)

    sku: str = Field(primary_key=True)


class ClaimRow(SQLModel, table=True):
    """A claim that the till asked for, and the answer; `answered_at` is "" while there is none."""

    __tablename__ = "claim"
    __table_args__ = (_WITHOUT_ROWID,)

    claim: str = Field(primary_key=True)
    what: str
    key: str
    granted: int
    holder: str
    answered_at: str
    why: str = Field(default="", sa_column_kwargs={"server_default": ""})


_CENTRE = (LaneRow, ForkRow, ReadingRow, FactRow, LevelRow, ThingRow, TakenRow, ElsewhereRow)
_CATALOGUE = (ReadingRow, WaitingPriceRow, SeenArticleRow, SeenPriceRow)


def create_centre_schema(connection: Connection) -> None:
    """Create the tables of `centre.db`."""
    SQLModel.metadata.create_all(connection, tables=[table(one) for one in (*_CENTRE, ClaimRow)])


def add_claims(connection: Connection) -> None:
    """Create what claims need, where it is not there yet."""
    SQLModel.metadata.create_all(connection, tables=[table(ClaimRow)])


def add_claim_reasons(connection: Connection) -> None:
    """Add why a claim was answered so, where it is not there yet."""
    columns = connection.exec_driver_sql("SELECT name FROM pragma_table_info('claim')").scalars()
    if "why" not in set(columns):
        connection.exec_driver_sql("ALTER TABLE claim ADD COLUMN why TEXT NOT NULL DEFAULT ''")


def create_feed_tables(connection: Connection) -> None:
    """Create what reading a feed into the catalogue's file needs, where it is not there yet."""
    SQLModel.metadata.create_all(connection, tables=[table(one) for one in _CATALOGUE])
