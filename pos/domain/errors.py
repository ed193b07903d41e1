"""The one way the shop's rules say no.

A `Refusal` is an answer, not an accident: it names the value and what to do, changes nothing, and
carries the sound a till makes. Programming mistakes stay ordinary exceptions.

>>> raise Refusal("unknown_code", "No article has the code {code}.", code="96385074")
Traceback (most recent call last):
pos.domain.errors.Refusal: No article has the code 96385074.
"""

from __future__ import annotations

from pos.domain.words import Sentence, Value


class Refusal(Exception):
    """A gesture the rules do not allow: `slug` is stable for tests, `sentence` is for people."""

    def __init__(self, slug: str, template: str, /, **values: Value) -> None:
        self.slug = slug
        self.sentence = Sentence(template, **values)
        super().__init__(str(self.sentence))


class StoreUnavailable(Exception):
    """The till's file cannot be written or read now; nothing was changed.

    `slug` is stable for tests and `sentence` is for people, as in a Refusal.
    """

    def __init__(self, slug: str, template: str, /, **values: Value) -> None:
        self.slug = slug
        self.sentence = Sentence(template, **values)
        super().__init__(str(self.sentence))
