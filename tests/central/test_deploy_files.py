"""The examples of a real set-up say what the command understands."""

from __future__ import annotations

import json
import re
import shlex
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from typer.testing import CliRunner

from sync.central.commands.command import app
from sync.central.server import FINISH_S
from sync.central.settings import CentreSettings, load, write

HERE = Path(__file__).parents[2] / "sync" / "central" / "deploy"
UNITS = ["comptoir-central@.service", "comptoir-central-worker.service"]


def service(name: str) -> dict[str, str]:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(HERE / name, "utf-8")
    return dict(parser["Service"])


def options(*asked: str) -> set[str]:
    said = CliRunner().invoke(app, [*asked, "--help"], env={"COLUMNS": "200"}).stdout
    return set(re.findall(r"--[a-z-]+", said))


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_what_the_command_understands(name: str) -> None:
    words = shlex.split(service(name)["ExecStart"])[1:]
    told = {word for word in words if word.startswith("--")}
    assert told <= options(words[0])


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_waits_for_what_is_under_way(name: str) -> None:
    assert int(service(name)["TimeoutStopSec"]) > FINISH_S


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((HERE / "compose.yaml").read_text("utf-8"))
    return found


def test_the_containers_have_settings_that_are_possible(tmp_path: Path) -> None:
    write(tmp_path, CentreSettings())
    environ = {key: str(value) for key, value in compose()["x-centre"]["environment"].items()}
    told = load(tmp_path, environ)
    assert told.urls()
    assert told.proxies == tuple(json.loads(environ["COMPTOIR_CENTRE_PROXIES"]))


def test_the_containers_run_what_the_command_understands() -> None:
    text = (HERE / "Containerfile").read_text("utf-8")
    asked = json.loads(text[text.index("CMD ") + 4 :])
    assert {word for word in asked if word.startswith("--")} <= options(asked[0])
    for one in compose()["services"].values():
        if one.get("image") == "comptoir-central" and "command" in one:
            assert options(*one["command"])


def test_the_containers_stop_as_patiently_as_a_process_finishes() -> None:
    assert int(compose()["x-centre"]["stop_grace_period"].rstrip("s")) > FINISH_S
