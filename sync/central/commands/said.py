"""What the command says to a person, in the language of the machine."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

import typer

from config.words import LOCALES, GettextWords, words_for
from pos.domain.words import Sentence


def words() -> GettextWords:
    """Return the words of the machine's language: French or English."""
    named = os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    return words_for("fr" if named.startswith("fr") else "en")


def words_of(language: str, zone: str) -> GettextWords:
    """Return the words of a customer's language, French for one that is not spoken."""
    return words_for(language if language in LOCALES else "fr", zone=zone)


def say(sentence: Sentence) -> None:
    """Print a sentence."""
    typer.echo(words().say(sentence))


def complain(sentence: Sentence | str) -> None:
    """Print a sentence on the error output."""
    typer.echo(words().say(sentence), err=True)


def tell(facts: Mapping[str, Any]) -> None:
    """Print one JSON object, for a program that reads."""
    typer.echo(json.dumps(facts, ensure_ascii=False, default=str))
