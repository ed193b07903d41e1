"""The people who may use this till. Their names and PIN hashes stay here, never in the journal."""

from __future__ import annotations

from dataclasses import dataclass

from pysqlite3 import dbapi2
from sqlalchemy import Engine

from pos.domain.errors import Refusal
from pos.store.engine import reading
from pos.store.projections import INSERT
from pos.store.writer import Writer

_COLUMNS = "ref, number, name, role, pin_hash, failures, locked_until"


@dataclass(frozen=True, slots=True)
class StaffRecord:
    """One person: `ref` is the opaque reference of the journal, `number` what is typed.

    `pin_hash` is argon2id's own text; `locked_until` is UTC text, empty when not locked.
    """

    ref: str
    number: str
    name: str
    role: str
    pin_hash: str
    failures: int = 0
    locked_until: str = ""


class StaffFile:
    """The staff table."""

    def __init__(self, engine: Engine, writer: Writer) -> None:
        self._engine = reading(engine)
        self._writer = writer

    def by_number(self, number: str) -> StaffRecord | None:
        """Return the person who types `number`, or None."""
        return self._one("number", number)

    def by_ref(self, ref: str) -> StaffRecord | None:
        """Return the person of a journal's reference, or None."""
        return self._one("ref", ref)

    def everyone(self) -> list[StaffRecord]:
        """Return all, by number."""
        with self._engine.connect() as connection:
            rows = connection.exec_driver_sql(f"SELECT {_COLUMNS} FROM staff ORDER BY number")
            return [StaffRecord(*row) for row in rows]

    def add(self, person: StaffRecord) -> None:
        """Add a person. Raises Refusal when the number or the reference is taken."""
        row = (
            person.ref,
            person.number,
            person.name,
            person.role,
            person.pin_hash,
            person.failures,
            person.locked_until,
        )
        try:
            self._writer.execute(INSERT["staff"], row)
        except dbapi2.IntegrityError as error:
            raise Refusal(
                "staff_number_taken",
                "Number {number} already belongs to someone. Choose another.",
                number=person.number,
            ) from error

    def set_pin(self, ref: str, pin_hash: str) -> None:
        """Replace a PIN's hash (a new PIN, or the same one under stronger parameters)."""
        self._writer.execute("UPDATE staff SET pin_hash = ? WHERE ref = ?", (pin_hash, ref))

    def set_failures(self, ref: str, failures: int, locked_until: str) -> None:
        """Remember wrong PINs in a row and until when (UTC text, "" for not) the next waits."""
        self._writer.execute(
            "UPDATE staff SET failures = ?, locked_until = ? WHERE ref = ?",
            (failures, locked_until, ref),
        )

    def _one(self, column: str, value: str) -> StaffRecord | None:
        with self._engine.connect() as connection:
            row = connection.exec_driver_sql(
                f"SELECT {_COLUMNS} FROM staff WHERE {column} = ?", (value,)
            ).first()
            return None if row is None else StaffRecord(*row)
