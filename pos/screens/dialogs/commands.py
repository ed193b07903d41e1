"""Every gesture by name: the help, and the palette that finds one by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pos.domain.catalogue_words import fold
from pos.domain.words import Sentence
from pos.screens.prompt import Prompt
from pos.screens.widgets.choice_list import Choice

TEXTS: dict[str, Sentence] = {
    "help": Sentence("Help: every key"),
    "search": Sentence("Search an article by name"),
    "quantity": Sentence("Quantity of the line"),
    "discount": Sentence("Discount on the line"),
    "park": Sentence("Put the basket aside"),
    "recall": Sentence("Take a basket up again"),
    "print": Sentence("Print the last ticket"),
    "spare": Sentence("Send waiting papers to the spare printer"),
    "quick_cash": Sentence("Cash: choose the amount received"),
    "cash": Sentence("Cash: the typed amount, or exact"),
    "card": Sentence("Card"),
    "other_tender": Sentence("Cheque, meal vouchers, give back"),
    "settle": Sentence("Settle card payments and prints"),
    "cashier": Sentence("Another cashier"),
    "void_line": Sentence("Take the line out"),
    "undo": Sentence("Take the last step back"),
    "price": Sentence("Another price for the line"),
    "ticket_discount": Sentence("Discount on the whole ticket"),
    "abandon": Sentence("End the basket unsold"),
    "open_drawer": Sentence("Open the drawer"),
    "refund": Sentence("Goods come back: refund or exchange"),
    "gift": Sentence("Gift receipt of the last sale"),
    "card_terminal": Sentence("Choose the card terminal"),
    "card_receipt": Sentence("Receipt of the last card payment"),
    "cash_desk": Sentence("Cash desk: float, drop, count"),
    "stock": Sentence("Stock of the article, here and elsewhere"),
    "orders": Sentence("Orders: pick, hand over, put back"),
    "day": Sentence("The day: figures, X and Z"),
    "devices": Sentence("The machines around the till"),
    "readiness": Sentence("The network: what is unsent, how old all is"),
    "labels": Sentence("Labels for the shelf"),
    "training": Sentence("Begin or end training"),
    "theme": Sentence("Other colours"),
    "language": Sentence("Other language"),
    "about": Sentence("About this till"),
    "quit": Sentence("Close the till"),
}
"""What each gesture does, in the order of the help."""

CAPS: dict[str, Sentence] = {
    "delete": Sentence("Del"),
    "insert": Sentence("Ins"),
    "pageup": Sentence("PgUp"),
    "pagedown": Sentence("PgDn"),
    "home": Sentence("Home"),
    "end": Sentence("End"),
}
"""What a keyboard of the reader's language has on its keys."""


def cap(key: str, say: Callable[[Sentence], str] = str) -> str:
    """Return a key as it is written on a keyboard; `say` puts its name into a language.

    >>> cap("f9"), cap("ctrl+z"), cap("delete"), cap("shift+delete")
    ('F9', 'Ctrl+Z', 'Del', 'Shift+Del')
    """
    return "+".join(
        say(CAPS[part]) if part in CAPS else (part.upper() if len(part) < 4 else part.capitalize())
        for part in key.split("+")
    )


class CommandsPrompt(Prompt):
    """The gestures whose words fit what is typed; Enter does one."""

    holds = False
    is_aside = True

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("What to do?")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("↑ ↓, Enter: do it · Esc: go back")

    def rows(self) -> int:
        """Return a height that shows as much as there is room for."""
        return len(TEXTS) + len(self.session.options.extras)

    def changed(self) -> None:
        """Begin at the first that fits."""
        self.cursor = 0

    def choices(self) -> Sequence[Choice]:
        """Return the gestures that fit, with their keys."""
        return [choice for _, choice in self._fitting()]

    def enter(self) -> None:
        """Do the gesture under the cursor."""
        fitting = self._fitting()
        if fitting:
            name = fitting[self.cursor][0]
            self.close()
            self.session.do(name)

    def _fitting(self) -> list[tuple[str, Choice]]:
        say, keys = self.session.words.say, self.session.keys
        rows = [(name, say(text), keys.get(name, "")) for name, text in TEXTS.items()]
        rows += [(one.name, say(one.text), one.key) for one in self.session.options.extras]
        typed = fold(self.text).split()
        return [
            (name, Choice(text, cap(key, say)))
            for name, text, key in rows
            if all(word in fold(text) for word in typed)
        ]


class HelpPrompt(CommandsPrompt):
    """The same list, as an answer to: which keys are there?"""

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Every key")
