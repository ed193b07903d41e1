"""One key sends what waits to the spare printer; the status line tells how old a state is."""

from __future__ import annotations

from config.themes import PALETTES
from config.words import words_for
from pos.doubles import RecordedCounter
from pos.ports import DeviceState, PrintEnded, PrintOutcome, StatusChanged
from pos.screens import view
from pos.screens.face import Face
from pos.screens.session import Session
from pos.screens.themes import Look, Palette
from pos.screens.wedge import Typed
from pos.till import tender
from tests.screens.shop import BREAD, Shop
from tests.screens.test_trouble import session_of


def away() -> tuple[Shop, Session, RecordedCounter]:
    """A till whose printer has no paper and whose spare printer is ready, with a ticket waiting."""
    shop, spare = Shop().opened(), RecordedCounter()
    shop.desk.ports.spare = spare
    session = session_of(shop)
    session.device(StatusChanged("spare", DeviceState.READY))
    session.device(StatusChanged("printer", DeviceState.ATTENTION, "no paper"))
    session.scan(BREAD)
    tender.pay_cash(shop.desk)
    session.key(Typed("f7", None))
    return shop, session, spare


def face() -> Face:
    return Face(words_for("en"), Look.of(Palette.of(PALETTES["dark"])))


def test_one_key_offers_the_spare_printer_and_sends_what_waits_there() -> None:
    shop, session, spare = away()
    assert "1 paper waits" in " ".join(view.status(session, face()).warnings)
    assert [cap.text for cap in view.caps(session, face()) if cap.key == "F7"] == ["Spare (1)"]
    session.key(Typed("f7", None))
    assert len(spare.printed) == 1
    assert shop.counter.printed == []
    assert "Ticket" in [cap.text for cap in view.caps(session, face()) if cap.key == "F7"]


def test_the_status_line_tells_for_how_long_a_printer_has_been_as_it_is() -> None:
    shop, session, _ = away()
    assert {light.age for light in view.status(session, face()).lights} == {""}
    shop.clock.pass_s(300)
    [printer] = [one for one in view.status(session, face()).lights if one.name == "Printer"]
    assert (printer.detail, printer.age) == ("no paper", "5 min")


def test_labels_that_did_not_all_come_out_are_said() -> None:
    session = away()[1]
    session.device(PrintEnded("shelf-1", PrintOutcome.UNKNOWN))
    assert session.notice is not None
    assert "Not every label" in str(session.notice.sentence)


def test_the_label_of_the_last_line_is_printed_by_a_manager() -> None:
    shop = Shop().opened()
    session = session_of(shop)
    session.scan(BREAD)
    session.gesture("labels")
    session.key(Typed("1", "1"))
    job, page = shop.counter.printed[-1]
    assert job.startswith("shelf-")
    assert "Baguette tradition" in str(page.blocks)
