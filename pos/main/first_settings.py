"""`comptoir config init`: a settings file to fill in, and what the country still wants of it."""

from __future__ import annotations

import typer

from config import settings as settings_file
from config.places import places
from config.words import words_for
from pos.main.rules import fiscal_rules, house_rules
from pos.till.start import set_up_problems


def write_settings() -> int:
    """Write the settings file; say where it lies, then what the till does not sell without."""
    path = places().config
    settings_file.init(path)
    typer.echo(str(path))
    settings = settings_file.load()
    words = words_for(settings.till.language)
    for sentence in set_up_problems(fiscal_rules(settings), house_rules(settings)):
        typer.echo(words.say(sentence))
    return 0
