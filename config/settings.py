"""The till's settings: defaults, then the shop's file, then the environment; typed and frozen.

A later layer replaces single keys (a list as a whole). Whatever is wrong is refused in one
sentence that names the file, the key, the value and what was expected.

>>> load(None, {"COMPTOIR_HOME": "/nowhere", "COMPTOIR__TILL__LANGUAGE": "en"}).till.language
'en'
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.places import places
from config.sections import Settings
from config.words import LOCALES
from pos.domain.errors import Refusal
from pos.domain.words import Sentence

DEFAULTS = Path(__file__).parent / "defaults.toml"
PREFIX = "COMPTOIR__"
LIVE_AT_FIRST = ("shop", "till")
"""The sections that `init` writes ready to edit; the others start as comments."""

Tree = dict[str, Any]


def load(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings from `path`, or from the user's own file where there is one.

    Raises Refusal: `no_settings` (a named file that is missing or unreadable), `not_toml`,
    `unknown_setting` or `bad_setting`.
    """
    layers = {DEFAULTS.name: _read(DEFAULTS)}
    file = path or places(environ).config
    if path or file.exists():
        layers[str(file)] = _read(file)
    layers["the environment"] = _from_environment(environ)
    merged: Tree = {}
    for layer in layers.values():
        merged = _merge(merged, layer)
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise _refusal(error.errors()[0], layers) from None


def language(environ: Mapping[str, str] = os.environ) -> str:
    """Return the language that the settings ask for, also when they are refused for another reason.

    Where they cannot be read, or ask for one that the till does not speak, the terminal's.
    """
    try:
        return load(None, environ).till.language
    except Refusal:
        wanted = environ.get(f"{PREFIX}TILL__LANGUAGE") or _language_in(places(environ).config)
    if wanted in LOCALES:
        return wanted
    return "fr" if environ.get("LANG", "").startswith("fr") else "en"


def _language_in(file: Path) -> str:
    try:
        return str(_read(file)["till"]["language"])
    except (Refusal, KeyError, TypeError):
        return ""


def digest(settings: Settings) -> str:
    """Return the SHA-256 (hexadecimal) of the settings; equal settings have equal digests."""
    text = json.dumps(settings.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def show(settings: Settings) -> str:
    """Return the settings in force as a file that `load` reads back to the same settings."""
    return "\n".join(_table([], settings.model_dump()))


def init(path: Path) -> None:
    """Write a commented settings file: the shop and the till to fill in, the rest as comments.

    Raises Refusal (`settings_exist`) rather than write over a file.
    """
    if path.exists():
        raise Refusal(
            "settings_exist", "{file} exists already; edit it, or move it away.", file=str(path)
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(_commented(DEFAULTS.read_text("utf-8"))), "utf-8")


def put(path: Path, section: str, values: Mapping[str, Any]) -> None:
    """Set keys of a section in the settings file at `path`; every other line stays as it is.

    A value is what TOML knows: texts, numbers, truths, dates, and lists and tables of them.

    The file is made when there is none. Raises Refusal when the settings would be refused then;
    the file is as it was.
    """
    if path.exists():
        _read(path)  # what is not TOML is refused before a line of it moves
    text = path.read_text("utf-8-sig") if path.exists() else ""
    lines = _with(text.splitlines(), section, values)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text("\n".join(lines) + "\n", "utf-8")
    try:
        load(fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _with(lines: list[str], section: str, values: Mapping[str, Any]) -> list[str]:
    """Return the lines with the keys right under the section's head, and not again below it."""
    own = [f"{key} = {written(value)}" for key, value in values.items()]
    head = f"[{section}]"
    if head not in [line.strip() for line in lines]:
        return [*lines, *([""] if lines else []), head, *own]
    found: list[str] = []
    is_inside = False
    left = iter(lines)
    for line in left:
        if line.lstrip().startswith("["):
            is_inside = line.strip() == head
        if is_inside and line.partition("=")[0].strip() in values:
            _skip_rest(line, left)
            continue
        found.append(line)
        if line.strip() == head:
            found += own
    return found


def _skip_rest(line: str, left: Iterator[str]) -> None:
    """Read on to the end of a value that began on `line`: a list may have many."""
    while True:
        try:
            tomllib.loads(line)
        except tomllib.TOMLDecodeError:
            more = next(left, None)
            if more is None:
                return
            line += "\n" + more
        else:
            return


def _commented(text: str) -> list[str]:
    live, lines = False, []
    for line in text.splitlines(keepends=True):
        if line.startswith("["):
            live = line.strip("[]\n") in LIVE_AT_FIRST
        bare = live or not line.strip() or line.startswith(("#", "["))
        lines.append(line if bare else "#" + line)
    return lines


def _read(file: Path) -> Tree:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise Refusal(
            "no_settings",
            "The settings file {file} cannot be read ({why}).",
            file=str(file),
            why=error.strerror or type(error).__name__,
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal(
            "not_toml",
            "The settings file {file} is not written as TOML: {why}.",
            file=str(file),
            why=str(error),
        ) from error


def _from_environment(environ: Mapping[str, str]) -> Tree:
    tree: Tree = {}
    for name, text in sorted(environ.items()):
        if name.startswith(PREFIX):
            *sections, key = name.removeprefix(PREFIX).lower().split("__")
            place = tree
            for section in sections:
                inside = place.get(section)
                place[section] = inside if isinstance(inside, dict) else {}
                place = place[section]
            place[key] = _environment_value(name, text)
    return tree


def _environment_value(name: str, text: str) -> Any:
    """Lists and tables are written as in the file; anything else is taken as it is."""
    if not text.startswith(("[", "{")):
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError as error:
        raise Refusal(
            "not_toml",
            "The variable {name} is not written as TOML: {why}.",
            name=name,
            why=str(error),
        ) from error


def _merge(below: Tree, above: Tree) -> Tree:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = _merge(old, value) if both else value  # type: ignore[arg-type]
    return merged


def _refusal(error: ErrorDetails, layers: dict[str, Tree]) -> Refusal:
    place = tuple(part for part in error["loc"] if part != "[key]")
    file, key = _origin(place, layers), ".".join(map(str, place))
    if error["type"] == "extra_forbidden":
        return _unknown(file, key, place)
    if error["type"] == "refused":
        return Refusal(
            "bad_setting", "In {file}, {key}: {why}", file=file, key=key, why=error["ctx"]["why"]
        )
    if error["type"] == "missing":
        return Refusal("bad_setting", "In {file}, {key} is missing.", file=file, key=key)
    return Refusal(
        "bad_setting",
        "In {file}, {key} is {value}; expected: {expected}.",
        file=file,
        key=key,
        value=_shown(error["input"]),
        expected=_expected(error),
    )


_EXPECTED = {
    "string_type": Sentence("text between quotation marks"),
    "string_too_long": Sentence("at most {max_length} characters"),
    "bool_type": Sentence("true or false"),
    "bool_parsing": Sentence("true or false"),
    "int_type": Sentence("a whole number"),
    "int_parsing": Sentence("a whole number"),
    "int_from_float": Sentence("a whole number"),
    "greater_than_equal": Sentence("{ge} or more"),
    "less_than_equal": Sentence("{le} or less"),
    "literal_error": Sentence("one of {expected}"),
    "tuple_type": Sentence("a list between [ and ]"),
    "dict_type": Sentence("a section of its own"),
    "model_type": Sentence("a section of its own"),
    "date_type": Sentence("a day such as 2026-12-31"),
    "date_parsing": Sentence("a day such as 2026-12-31"),
    "date_from_datetime_parsing": Sentence("a day such as 2026-12-31"),
    "value_error": Sentence("another layout ({error})"),
}
"""What to say for each kind of error that the settings can raise."""


def _expected(error: ErrorDetails) -> Sentence | str:
    facts = error.get("ctx", {})
    if error["type"] == "wrong":
        why: Sentence = facts["why"]
        return why
    known = _EXPECTED.get(error["type"])
    if known is None:
        return error["msg"]
    values = {name: _plain(value) for name, value in facts.items()}
    return Sentence(known.template, **values)


def _plain(value: object) -> str | int:
    """Return a value as a sentence names it; pydantic joins the texts it would take by “or”."""
    return value if isinstance(value, int) else str(value).replace(" or ", ", ")


def _unknown(file: str, key: str, place: tuple[Any, ...]) -> Refusal:
    *above, last = place
    known = list(_model_at(above).model_fields)
    close = get_close_matches(str(last), known, 1, 0.5)
    if close:
        return Refusal(
            "unknown_setting",
            "In {file}, {key} is not a setting; did you mean {close}?",
            file=file,
            key=key,
            close=".".join([*map(str, above), *close]),
        )
    return Refusal(
        "unknown_setting",
        "In {file}, {key} is not a setting; the settings here are: {known}.",
        file=file,
        key=key,
        known=", ".join(known),
    )


def _model_at(place: list[Any]) -> type[BaseModel]:
    model: Any = Settings
    for part in place:  # a number stands for an item of a tuple
        inside = isinstance(part, str)
        model = model.model_fields[part].annotation if inside else model.__args__[0]
    found: type[BaseModel] = model
    return found


def _origin(place: tuple[Any, ...], layers: dict[str, Tree]) -> str:
    """Return the last layer that names the place, or the nearest one above it."""
    for length in range(len(place), 0, -1):
        for name in reversed(layers):
            if _names(layers[name], place[:length]):
                return name
    return DEFAULTS.name


def _names(tree: Any, place: tuple[Any, ...]) -> bool:
    for part in place:
        try:
            tree = tree[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _shown(value: Any) -> str:
    known = isinstance(value, str | bool | int | date | dict | list | tuple)
    return written(value) if known else repr(value)


def _table(place: list[str], tree: Tree) -> list[str]:
    tables = {key: value for key, value in tree.items() if isinstance(value, dict)}
    lines = [f"[{'.'.join(place)}]"] if place else []
    lines += [f"{key} = {written(value)}" for key, value in tree.items() if key not in tables]
    for key, value in tables.items():
        lines += ["", *_table([*place, key], value)] if lines else _table([*place, key], value)
    return lines


def written(value: Any) -> str:
    """Return a value as the settings file writes it."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False)
        case date():
            return value.isoformat()
        case dict():
            inside = ", ".join(f"{key} = {written(item)}" for key, item in value.items())
            return f"{{ {inside} }}"
        case list() | tuple():
            return f"[{', '.join(map(written, value))}]"
        case _:
            return str(value)
