"""What a check finds, said in English and in French without any other file."""

from __future__ import annotations

from typing import NamedTuple

FINDINGS_MAX = 100
"""A check goes on after a finding, and stops keeping them at this many."""

SHOWN_MAX = 300
"""The most letters of a record's name that are shown."""

FINDINGS = {
    "altered": (
        "was altered: it is not what its hash says",
        "a été modifié : empreinte fausse",
    ),
    "forged": ("bears a false signature", "porte une fausse signature"),
    "unknown_key": ("is signed with a key that is not trusted", "est signé d'une clé inconnue"),
    "missing": ("is missing", "manque"),
    "inserted": ("is one too many", "est en trop"),
    "reordered": ("is not in its place", "n'est pas à sa place"),
    "unlinked": ("does not follow what comes before it", "ne suit pas ce qui le précède"),
    "truncated": ("is missing with all that followed", "manque avec tout ce qui suivait"),
    "chain": ("does not follow its fiscal chain", "ne suit pas sa chaîne fiscale"),
    "payload": ("is signed as what it is not", "est signé pour autre chose que ce qu'il est"),
    "unrecorded": ("lacks its fiscal record", "n'a pas son enregistrement fiscal"),
    "total": ("does not add up", "a des totaux faux"),
    "unreadable": ("cannot be what a till wrote", "ne peut venir d'une caisse"),
    "row": ("is not what the journal says", "n'est pas ce que dit le journal"),
    "file": ("is not what the manifest says", "n'est pas ce que dit le manifeste"),
    "container": ("was not packed by a till", "n'a pas été emballé par une caisse"),
    "damaged": ("cannot be read to its end", "ne peut être lu jusqu'au bout"),
    "oversized": ("is larger than it can be", "est plus grand qu'il ne peut l'être"),
    "manifest": ("says what the journal does not", "dit autre chose que le journal"),
}
"""What is wrong with a record or a file: its slug, in English, in French."""

NOTES = {
    "own_key": (
        "was checked with the key that the archive itself holds: compare it with the till's",
        "a été vérifié avec la clé que l'archive contient : comparez-la à celle de la caisse",
    ),
    "epoch": ("opened a new epoch of the till's file", "a ouvert une nouvelle époque du fichier"),
    "rules": (
        "is the first under other fiscal rules: what those do not sign is not checked",
        "est le premier sous d'autres règles fiscales : ce qu'elles ne signent pas n'est pas"
        " vérifié",
    ),
    "seller": (
        "is the first of another seller",
        "est le premier d'un autre vendeur",
    ),
    "no_marker": (
        "was checked without the till's marker: an end that was cut off cannot be seen",
        "a été vérifié sans la marque de la caisse : une fin coupée ne se verrait pas",
    ),
    "unsummed": (
        "holds what is not as it was written, or is missing: its sum was not checked",
        "contient ce qui a été modifié ou manque : sa somme n'a pas été vérifiée",
    ),
    "begun_before": (
        "began before what was read: its sum was not checked",
        "a commencé avant ce qui a été lu : sa somme n'a pas été vérifiée",
    ),
}
"""What is no fault and worth knowing."""


class Finding(NamedTuple):
    """One thing that is not as it was written, or worth knowing: what, where, which record."""

    slug: str
    where: str
    name: str
    detail: str = ""

    def text(self, language: str) -> str:
        """Return the finding as a sentence, in French for `fr` and else in English.

        >>> Finding("missing", "journal.csv:8", "S001-T01-K1/000007").text("fr")
        'journal.csv:8 : S001-T01-K1/000007 manque.'
        """
        text = {**FINDINGS, **NOTES}[self.slug][language == "fr"]
        where = self.where + (" : " if language == "fr" else ": ") if self.where else ""
        return f"{where}{self.name} {text}{f' ({self.detail})' if self.detail else ''}."


class Findings:
    """The findings so far, the first hundred, and the notes."""

    def __init__(self) -> None:
        self.where = ""
        self.wrong: list[Finding] = []
        self.notes: list[Finding] = []

    def add(self, slug: str, name: str, detail: str = "", where: str = "") -> None:
        """Keep a finding or a note; `where` is that of what is being read unless told."""
        kept = self.notes if slug in NOTES else self.wrong
        if len(kept) < FINDINGS_MAX:
            kept.append(Finding(slug, where or self.where, _shown(name), _shown(detail)))


def _shown(text: str) -> str:
    r"""Return what a forger may have written so that no terminal obeys it, and not endlessly.

    >>> _shown("T01\x1b[2J-K1")
    'T01?[2J-K1'
    """
    return "".join(letter if letter.isprintable() else "?" for letter in text[:SHOWN_MAX])
