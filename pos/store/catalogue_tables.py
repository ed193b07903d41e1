"""The tables of the catalogue: articles, the keys that find them, their prices, their words.

The full-text index takes words that `pos.domain.catalogue_words` has already folded, so its
tokenizer only splits at spaces (unicode61 would not fold `œ`). Its rowid is `rank_rowid`: the
length of the name, then the article. FTS5 reads rowids in order, so short names come first
without any sorting, however broad the prefix. The first word of a name is indexed a second time
behind a `^`, which answers "names that start with" without positions (`detail=none`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Index, Table, func
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex
from sqlmodel import Field, SQLModel

from pos.domain.catalogue_words import words

LENGTH_SHIFT = 40
"""An article id stays under 2**40 in the rowid of the full-text index."""

TAIL_DIGITS = 4
"""A search by the end of a code is answered by an index on this many last characters."""


class ArticleRow(SQLModel, table=True):
    """One article; amounts in minor units."""

    __tablename__ = "article"

    id: int = Field(primary_key=True)
    sku: str
    name: str
    vat: str
    unit: str
    department: str
    age: int
    meal_voucher: int
    guarantee_months: int
    eco: int


class ArticleCodeRow(SQLModel, table=True):
    """A key that names one article: a 14-digit GTIN, an in-store key or the SKU.

    `only_sku` is 1 when the key is the article's SKU and was never given as a code.
    """

    __tablename__ = "article_code"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: str = Field(primary_key=True)
    article: int = Field(foreign_key="article.id")
    only_sku: int


class ArticlePriceRow(SQLModel, table=True):
    """A price including VAT, from `since` on (seconds since 1970, UTC); 0 is "always"."""

    __tablename__ = "article_price"
    __table_args__ = ({"sqlite_with_rowid": False},)

    article: int = Field(primary_key=True, foreign_key="article.id")
    since: int = Field(primary_key=True)
    amount: int


class ArticleWordRow(SQLModel, table=True):
    """A folded word that some name holds, and the same word backwards (for a slip at its start).

    Words are never removed: a word that no name holds any more finds nothing.
    """

    __tablename__ = "article_word"
    __table_args__ = ({"sqlite_with_rowid": False},)

    word: str = Field(primary_key=True)
    backwards: str = Field(index=True)


class ImportNoteRow(SQLModel, table=True):
    """An import that came in, as the facts of its journal entry; see `catalogue_notes`."""

    __tablename__ = "import_note"

    id: int | None = Field(default=None, primary_key=True)
    facts: str


class FillingRow(SQLModel, table=True):
    """While a snapshot comes in: the last article that everybody sees; see `filling`."""

    __tablename__ = "filling"

    after: int = Field(primary_key=True)


def _table(model: type[SQLModel]) -> Table:
    return cast(Table, cast(Any, model).__table__)


TABLES = [
    _table(model)
    for model in (
        ArticleRow,
        ArticleCodeRow,
        ArticlePriceRow,
        ArticleWordRow,
        ImportNoteRow,
        FillingRow,
    )
]


def _made(index: Index) -> str:
    made = CreateIndex(index, if_not_exists=True)
    return str(made.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))


_CODE = TABLES[1].c
CODE_OWNERS = "ix_article_code_article"
CODE_OWNERS_SQL = _made(Index(CODE_OWNERS, _CODE.article))
"""The index that knows the codes of an article, and the statement that makes it."""

CODE_ENDS = "ix_article_code_tail"
CODE_ENDS_SQL = _made(Index(CODE_ENDS, func.substr(_CODE.key, -TAIL_DIGITS)))
"""The index that answers a search by the end of a code, and the statement that makes it."""

_WORD_INDEX = """
CREATE VIRTUAL TABLE IF NOT EXISTS article_fts USING fts5(
    words, content='', contentless_delete=1, detail=none,
    prefix='1 2 3', tokenize="ascii tokenchars '^'"
)
"""


def create_catalogue_schema(connection: Connection) -> None:
    """Create the catalogue's tables and index where they do not exist yet; changes nothing else."""
    SQLModel.metadata.create_all(connection, tables=TABLES)
    connection.exec_driver_sql(_WORD_INDEX)


def rank_rowid(name: str, article: int) -> int:
    """Return the full-text rowid of an article: shorter names first."""
    return (min(len(name), 255) << LENGTH_SHIFT) | article


def article_of(rowid: int) -> int:
    """Return the article id inside a full-text rowid."""
    return rowid & ((1 << LENGTH_SHIFT) - 1)


def index_text(folded: Sequence[str]) -> str:
    """Return what the full-text index holds of a name's folded words (at least one)."""
    return f"{' '.join(folded)} ^{folded[0]}"


def index_entries(articles: Iterable[tuple[int, str]], met: set[str]) -> list[tuple[int, str]]:
    """Return the rows of the full-text index for articles (id, name); their words go to `met`."""
    entries: list[tuple[int, str]] = []
    for article, name in articles:
        found = words(name)
        if found:
            met.update(found)
            entries.append((rank_rowid(name, article), index_text(found)))
    return entries
