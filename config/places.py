"""Where a till keeps its files on this machine.

`COMPTOIR_HOME` puts everything under one folder; `COMPTOIR_CONFIG` names another settings file.

>>> places({"COMPTOIR_HOME": "/srv/till"}).config.as_posix()
'/srv/till/config.toml'
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

NAME = "comptoir"


@dataclass(frozen=True, slots=True)
class Places:
    """The settings file and the folders: journal and catalogue, state, cache, log."""

    config: Path
    data: Path
    state: Path
    cache: Path
    log: Path


def places(environ: Mapping[str, str] = os.environ) -> Places:
    """Return the files' places: under COMPTOIR_HOME when it is set, else where the system says."""
    home = environ.get("COMPTOIR_HOME")
    found = _under(Path(home)) if home else _of_the_system()
    chosen = environ.get("COMPTOIR_CONFIG")
    return replace(found, config=Path(chosen)) if chosen else found


def _under(home: Path) -> Places:
    return Places(home / "config.toml", home / "data", home / "state", home / "cache", home / "log")


def _of_the_system() -> Places:
    from platformdirs import PlatformDirs

    dirs = PlatformDirs(NAME, appauthor=False)
    return Places(
        dirs.user_config_path / "config.toml",
        dirs.user_data_path,
        dirs.user_state_path,
        dirs.user_cache_path,
        dirs.user_log_path,
    )
