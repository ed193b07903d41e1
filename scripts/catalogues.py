"""The translations' workshop: messages in the source → `comptoir.po` → `comptoir.mo`.

    scripts/locales update   take up new messages, compile, and list what waits for a translator
    scripts/locales check    say what is missing, broken or stale; exit 1 if anything is

A message is a literal handed to one of `KEYWORDS`. One that counts (`{count}`) has two forms, also
in English; the English catalogue holds these alone, since the message ids are English.
"""

from __future__ import annotations

import ast
import io
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parents[1]
LOCALES = HERE / "config" / "locales"
LANGUAGES = ("fr", "en")
ROOMS = ("pos", "devices", "sync", "config")
KEYWORDS = {
    "Sentence": 1,
    "Refusal": 2,
    "StoreUnavailable": 2,
    "JournalBroken": 2,
    "StatusChanged": 3,
    "PrintEnded": 3,
    "say": 1,
    "N_": 1,
    "_": 1,
}
"""The calls that hold a message, and at which place."""

_UNUSED = re.compile(
    r'^"(?:POT-Creation-Date|PO-Revision-Date|Report-Msgid-Bugs-To|Last-Translator|Language-Team'
    r"|Project-Id-Version|Generated-By): .*\n",
    re.MULTILINE,
)
Forms = tuple[str, ...]


def extract() -> Catalog:
    """Return every message of the product's source, with the files that say it."""
    found = Catalog(project="Comptoir", version="", fuzzy=False)
    for room in ROOMS:
        for file in sorted((HERE / room).rglob("*.py")):
            place = file.relative_to(HERE).as_posix()
            for text in messages(ast.parse(file.read_text("utf-8"))):
                found.add((text, text) if counts(text) else text, locations=[(place, 1)])
    return found


def messages(tree: ast.AST) -> Iterator[str]:
    """Yield the messages of a source, in order.

    Babel's own reader takes any text between a call's brackets, `say(NAMES["cash"])` too.

    >>> list(messages(ast.parse("say('A' if x else 'B'); say(C['c']); Refusal('slug', 'D')")))
    ['A', 'B', 'D']
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            place = KEYWORDS.get(name, 0)
            if 0 < place <= len(node.args):
                yield from _literals(node.args[place - 1])


def _literals(argument: ast.expr) -> Iterator[str]:
    match argument:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from _literals(one)
            yield from _literals(other)


def counts(template: str) -> bool:
    """Whether a template says how many, so that it has a form for one and a form for several."""
    return "count" in names(template)


def names(template: str) -> set[str]:
    """Return the values that a template names. Raises ValueError for a broken template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def path(language: str, kind: str) -> Path:
    """Return where the catalogue of a language lies; `kind` is po or mo."""
    return LOCALES / language / "LC_MESSAGES" / f"comptoir.{kind}"


def read(language: str) -> Catalog:
    """Return the translations of a language, empty where there is no file yet."""
    file = path(language, "po")
    if not file.exists():
        return Catalog(locale=language, project="Comptoir", version="", fuzzy=False)
    return read_po(io.BytesIO(file.read_bytes()), locale=language, abort_invalid=True)


def wanted(language: str, template: Catalog) -> Catalog:
    """Return the messages that a language must hold: English, only those that count."""
    chosen = Catalog(project="Comptoir", version="", fuzzy=False)
    for message in template:
        if message.id and (language != "en" or message.pluralizable):
            chosen.add(message.id, locations=message.locations)
    return chosen


def update() -> None:
    """Take up new messages in every language, drop those no longer said, compile."""
    template = extract()
    for language in LANGUAGES:
        catalogue = read(language)
        catalogue.update(wanted(language, template), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.header_comment = f"# Comptoir: {language}"
        text = io.BytesIO()
        write_po(text, catalogue, width=100, sort_by_file=True, include_lineno=False)
        path(language, "po").parent.mkdir(parents=True, exist_ok=True)
        path(language, "po").write_text(_UNUSED.sub("", text.getvalue().decode()), "utf-8")
        with path(language, "mo").open("wb") as compiled:
            write_mo(compiled, complete(catalogue))


def complete(catalogue: Catalog) -> Catalog:
    """Return the messages whose every form is translated: a gap is said in English, not blank."""
    kept = Catalog(locale=catalogue.locale, project="Comptoir", version="", fuzzy=False)
    for message in catalogue:
        forms = _forms(message.string)
        if message.id and forms and all(forms) and not message.fuzzy:
            kept.add(message.id, message.string)
    return kept


def problems() -> list[str]:
    """Return what keeps the catalogues from being complete, one sentence each."""
    template = extract()
    return [text for language in LANGUAGES for text in _problems(language, template)]


def _problems(language: str, template: Catalog) -> Iterator[str]:
    catalogue = read(language)
    for message in wanted(language, template):
        if message.id:
            found = catalogue.get(_forms(message.id)[0])
            why = "is not in the catalogue" if found is None else flaw(found)
            if why:
                yield f"{language}: {_forms(message.id)[0]!r} {why}"
    if not _fresh(language, catalogue):
        yield f"{language}: the compiled catalogue is stale; run scripts/locales update"


def flaw(message: Message) -> str | None:
    """Return what is wrong with one translation, None when it can be said."""
    forms = _forms(message.string)
    if not forms or not all(forms):
        return "has no translation"
    if message.fuzzy:
        return "is marked fuzzy"
    template = _forms(message.id)[0]
    spare = {"count"} if message.pluralizable else set()  # "one article" needs no figure
    for form in forms:
        try:
            strange = (names(template) ^ names(form)) - spare
        except ValueError as error:
            return f"is broken: {error}"
        if strange:
            return f"names other values: {', '.join(sorted(strange))}"
    return None


def _fresh(language: str, catalogue: Catalog) -> bool:
    file = path(language, "mo")
    if not file.exists():
        return False
    with file.open("rb") as compiled:
        held = _content(read_mo(compiled))
    return held == _content(complete(catalogue))


def _content(catalogue: Catalog) -> dict[str, Forms]:
    return {_forms(message.id)[0]: _forms(message.string) for message in catalogue if message.id}


def _forms(text: str | list[str] | tuple[str, ...] | None) -> Forms:
    return (text,) if isinstance(text, str) else tuple(text or ())


def main(arguments: list[str]) -> int:
    """Run `update` or `check`; return the exit code."""
    if arguments not in (["update"], ["check"]):
        print(__doc__)
        return 2
    if arguments == ["update"]:
        update()
    left = problems()
    print("\n".join(left) if left else "Every message is translated.")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
