"""From a terminal's settings to how it is spoken to: which protocol, and which of its habits."""

from __future__ import annotations

from devices.card.driver import Speech
from devices.card.protocol import caisse_ap, concert
from devices.card.protocol.caisse_ap import CaisseAp
from devices.card.protocol.concert import Concert

PROTOCOLS = ("caisse-ap", "concert-e", "concert-e+")


def speech_of(
    protocol: str,
    *,
    number: str = "01",
    answer_s: float = 180.0,
    reply_s: float = 2.0,
    version: str = "0300",
    with_reference: bool = False,
    handshake: bool = True,
    with_rep: bool = False,
) -> Speech:
    """Return how a terminal is spoken to; habits that its protocol does not have are left out."""
    if protocol == "caisse-ap":
        ap = caisse_ap.Manner(number, version, with_reference, answer_s)
        return Speech(lambda asked, _known: CaisseAp(asked, ap), answer_s, hears_late=False)
    plus = protocol == "concert-e+"
    manner = concert.Manner(number, plus, with_rep, handshake, answer_s, reply_s)
    return Speech(lambda asked, known: Concert(asked, manner, known), answer_s, hears_late=True)
