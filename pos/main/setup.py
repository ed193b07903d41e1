"""A till that may not sell yet: every reason at once, not one a start."""

from __future__ import annotations

from collections.abc import Sequence

from pos.domain.words import Sentence


class SetUpIncomplete(Exception):
    """The country's rules forbid to sell with these settings; a sentence for each reason."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(*map(str, sentences))
