"""Who collects, and what was seen of them: the kind of a document, an age; no number, no name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pos.domain.events.orders import Document
from pos.domain.words import Sentence
from pos.screens.pickup.menu import Act, MenuPrompt

if TYPE_CHECKING:
    from pos.screens.session import Session

DOCUMENTS: dict[Document, Sentence] = {
    "id_card": Sentence("Identity card"),
    "passport": Sentence("Passport"),
    "driving_licence": Sentence("Driving licence"),
    "residence_permit": Sentence("Residence permit"),
    "other": Sentence("Another document with a photo"),
}
"""What a clerk looks at; only the kind is written down."""


def ask_document(session: Session, why: Sentence, seen: Callable[[Document], None]) -> None:
    """Ask which document was seen; `why` is the question."""

    def act(document: Document) -> Act:
        return Act(DOCUMENTS[document], lambda: seen(document))

    acts = [act(document) for document in DOCUMENTS]
    choose = Sentence("Look at the document, then choose which it is.")
    session.ask(MenuPrompt(session, why, acts, Sentence("Document seen?"), choose))


def ask_receiver(session: Session, name: Sentence, told: Callable[[Document, bool], None]) -> None:
    """Ask who stands here without a pass, then which document was seen."""

    def receiver(is_proxy: bool) -> None:
        why = Sentence("Does the document bear the name? Which is it?")
        if is_proxy:
            why = Sentence("The document of whoever collects it: which is it?")
        ask_document(session, why, lambda document: told(document, is_proxy))

    acts = (
        Act(Sentence("The customer"), lambda: receiver(False)),
        Act(Sentence("Somebody the customer sent"), lambda: receiver(True)),
    )
    who = Sentence("{order}: who collects it, without a pass?", order=name)
    session.ask(MenuPrompt(session, who, acts, Sentence("Who collects it?")))
