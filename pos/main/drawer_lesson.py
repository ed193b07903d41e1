"""`comptoir devices drawer`: finds out how the drawer tells that it is open, and writes it."""

from __future__ import annotations

import typer

from config import settings as settings_file
from config.places import places
from config.words import words_for
from devices.counter import Counter
from devices.drawer.learn import Step, learn
from devices.printer.profile import profile
from pos.domain.errors import Refusal
from pos.domain.words import Sentence

STEPS = {
    Step.OPENS: Sentence("The drawer opens now; if it does not, open it with its key."),
    Step.CLOSE_IT: Sentence("It is open. Shut it."),
}


def teach(wait_s: float) -> int:
    """Have the drawer opened and shut, and write what its sensor said; 1 when it said nothing."""
    settings = settings_file.load()
    devices, words = settings.devices, words_for(settings.till.language)
    if devices.drawer.url != "printer":
        raise Refusal(
            "no_sensor",
            "Only a drawer on the printer's cable has a sensor; name that one in the settings:"
            ' [devices.drawer] url = "printer".',
        )
    typer.echo(words.say(Sentence("Shut the drawer, then press Enter.")))
    typer.get_text_stream("stdin").readline()
    counter = Counter(lambda _event: None)
    try:
        printer = counter.open_printer(
            "printer", devices.printer.url, profile(devices.printer.profile)
        )
        is_high = learn(printer, lambda step: typer.echo(words.say(STEPS[step])), wait_s)
    finally:
        counter.close()
    open_when = "never" if is_high is None else "high" if is_high else "low"
    file = places().config
    settings_file.put(file, "devices.drawer", {"open_when": open_when})
    if is_high is None:
        typer.echo(words.say(Sentence("This drawer tells nothing; the till will not watch it.")))
    else:
        typer.echo(words.say(Sentence("Learnt: the till sees when the drawer is open.")))
    typer.echo(words.say(Sentence("Written into {file}.", file=str(file))))
    return 1 if is_high is None else 0
