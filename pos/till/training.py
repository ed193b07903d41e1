"""Training: what is sold is played, said so on every document, and counted nowhere.

The law wants it clearly identified, and to know who answers for it (BOI-TVA-DECLA-30-10-30 § 150).
"""

from __future__ import annotations

from pos.domain.errors import Refusal
from pos.domain.events import TrainingSwitched
from pos.domain.staff import Permission
from pos.till.desk import Desk, Loan


def switch(desk: Desk, on: bool, loan: Loan | None = None) -> None:
    """Begin or end training (permission `training`); it stays so until it is switched again.

    Who holds the permission answers for it: the lender of a loan. Nothing is done when it is so
    already. Raises Refusal: `training_always` on a till that is only for training, `basket_open`
    while a basket is open or put aside, since it would change what it is worth.
    """
    if on is desk.training:
        return
    if desk.rules.training:
        raise Refusal("training_always", "This till is only for training; see its settings.")
    if any(one.basket.steps or one.card for one in desk.baskets()):
        raise Refusal(
            "basket_open",
            "A basket is open or put aside; finish or abandon it before training begins or ends.",
        )
    used = desk.permit(Permission.TRAINING, loan)
    desk.record_permitted(used, loan, TrainingSwitched(on=on, staff=used.lender or used.staff))
    desk.training = on
