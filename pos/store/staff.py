"""The people who may use this till. Their names and PIN hashes stay here, never in the journal.

Failures and locks follow the sign-in entries, in the transaction of the entry that says so.
"""

from __future__ import annotations

from datetime import timedelta

from pysqlite3 import dbapi2
from sqlalchemy import Engine

from pos.domain.errors import Refusal
from pos.domain.events import Event, LoanGiven, SignInRefused, StaffRemoved, StaffSignedIn
from pos.domain.shift import instant, instant_text
from pos.domain.staff import Person
from pos.journal.entry import Entry
from pos.ports import Credentials
from pos.store.engine import reading
from pos.store.writer import Cursor, Writer

_PUT = """
INSERT INTO staff (ref, number, name, role, pin_hash, failures, locked_until, removed)
VALUES (?, ?, ?, ?, ?, 0, '', 0)
ON CONFLICT (ref) DO UPDATE SET number = excluded.number, name = excluded.name,
    role = excluded.role, pin_hash = excluded.pin_hash, failures = 0, locked_until = '', removed = 0
"""


class StaffFile:
    """The port `People` on the till's file."""

    def __init__(self, engine: Engine, writer: Writer) -> None:
        self._engine = reading(engine)
        self._writer = writer

    def by_number(self, number: str) -> Credentials | None:
        """Return the credentials of whoever types `number`, or None."""
        with self._engine.connect() as connection:
            row = connection.exec_driver_sql(
                "SELECT ref, number, name, role, pin_hash, failures, locked_until"
                " FROM staff WHERE number = ? AND removed = 0",
                (number,),
            ).first()
        return None if row is None else Credentials(Person(*row[:4]), *row[4:])

    def all(self) -> list[Person]:
        """Return everyone who may use the till, by number."""
        with self._engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT ref, number, name, role FROM staff WHERE removed = 0"
                " ORDER BY length(number), number"
            )
            return [Person(*row) for row in rows]

    def add(self, person: Person, pin_hash: str) -> None:
        """Add a person, or replace the one with the same reference (and forget wrong PINs).

        Raises Refusal (`number_taken`) when the number is someone else's.
        """
        row = (person.ref, person.number, person.name, person.role, pin_hash)
        try:
            self._writer.execute(_PUT, row)
        except dbapi2.IntegrityError as error:
            raise Refusal(
                "number_taken", "The number {number} is taken.", number=person.number
            ) from error


def follow_staff(cursor: Cursor, entry: Entry, event: Event) -> None:
    """Bring who may sign in, and after how many wrong PINs, to what an entry says.

    Inside its transaction. The right PIN forgets the wrong ones, to sign in or to lend.
    """
    if isinstance(event, StaffSignedIn):
        _count(cursor, event.staff, 0, "")
    elif isinstance(event, LoanGiven):
        _count(cursor, event.lender, 0, "")
    elif isinstance(event, StaffRemoved):
        cursor.execute("UPDATE staff SET removed = 1, pin_hash = '' WHERE ref = ?", (event.staff,))
    elif isinstance(event, SignInRefused):
        until = instant(entry.at) + timedelta(seconds=event.wait_s)
        _count(cursor, event.staff, event.failures, instant_text(until) if event.wait_s else "")


def _count(cursor: Cursor, staff: str, failures: int, until: str) -> None:
    cursor.execute(
        "UPDATE staff SET failures = ?, locked_until = ? WHERE ref = ?", (failures, until, staff)
    )
