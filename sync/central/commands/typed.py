"""What the centre's commands take: names of stores and tills, the folder, the price zone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from sync.central import settings as settings_file
from sync.central.values import TillId

_NAME = r"[A-Z][A-Z0-9]{0,15}"


def _store_name(text: str) -> str:
    if not re.fullmatch(_NAME, text):
        raise typer.BadParameter("a store's name is like S001")
    return text


def _till_name(text: str) -> TillId:
    if not re.fullmatch(f"{_NAME}-{_NAME}", text):
        raise typer.BadParameter("a till's name is like S001-T01")
    return TillId.named(text)


StoreName = Annotated[str, typer.Argument(help="Such as S001.", parser=_store_name)]
TillName = Annotated[TillId, typer.Argument(help="Such as S001-T01.", parser=_till_name)]
Folder = Annotated[
    Path | None,
    typer.Option("--folder", help="The centre's folder; else COMPTOIR_CENTRE_FOLDER."),
]


def at(folder: Path | None) -> Path:
    """Return the centre's folder: the one named, or that of the environment."""
    return folder or settings_file.folder_of()


Zone = Annotated[str, typer.Option("--zone", help="The price zone.")]
