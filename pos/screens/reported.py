"""What devices report to a screen at work: said where a person must know, and handed to the open
prompt that waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.ports import CardEnded, DeviceEvent, PrintEnded, PrintOutcome, StatusChanged
from pos.screens.dialogs.card import ended
from pos.screens.watch import DRAWER
from pos.till.readiness import NETWORK
from pos.till.shelf import JOB as LABELS_JOB

if TYPE_CHECKING:
    from pos.screens.session import Session


def reported(session: Session, event: DeviceEvent) -> None:
    """Take what a device reported, once the till took it."""
    if isinstance(event, PrintEnded) and event.job.startswith(LABELS_JOB):
        if event.outcome in (PrintOutcome.FAILED, PrintOutcome.UNKNOWN):
            session.refuse(Sentence("Not every label was printed; look at their printer."))
    elif isinstance(event, PrintEnded) and event.outcome is PrintOutcome.FAILED:
        session.refuse(Sentence("The ticket was not printed; look at the printer, then ask again."))
    if isinstance(event, StatusChanged):
        session.device_log.heard(event, session.desk.ports.clock.now())
    if isinstance(event, StatusChanged) and event.device == DRAWER:
        session.drawer_answered(event.state)
    if isinstance(event, StatusChanged) and event.device == NETWORK:
        session.quietly(session.hear_centre)
        session.quietly(session.hear_orders)
        session.refresh()
    if isinstance(event, CardEnded):
        ended(session, event)
    if session.prompt is not None:
        session.prompt.reported(event)
