"""The description of the API is whole: examples, problems, who must bring a token."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from pos.domain.order import OrderState
from sync import protocol
from sync.central.api import examples
from sync.central.app import document
from sync.central.orders import steps
from tests.central.test_auth import OF_A_CHANNEL, OPEN

DOCUMENT = document()
DEEDS: list[tuple[str, str, dict[str, Any]]] = [
    (method.upper(), path, deed)
    for path, deeds in DOCUMENT["paths"].items()
    for method, deed in deeds.items()
]
IDS = [f"{method} {path}" for method, path, _ in DEEDS]
WITH_BODY = ("POST", "PATCH")
ALWAYS = {"400", "405", "426", "429", "500", "503"}


def good_answers(deed: dict[str, Any]) -> list[str]:
    return [status for status in deed["responses"] if status.startswith("2")]


@pytest.mark.parametrize(("method", "path", "deed"), DEEDS, ids=IDS)
def test_a_path_tells_what_it_does_and_shows_an_example(
    method: str, path: str, deed: dict[str, Any]
) -> None:
    assert len(deed["description"].split()) > 5
    (good,) = good_answers(deed)
    contents = list(deed["responses"][good]["content"].values())
    assert path == "/metrics" or all("example" in content for content in contents)
    if method in WITH_BODY:
        (content,) = deed["requestBody"]["content"].values()
        assert content["example"]


@pytest.mark.parametrize(("method", "path", "deed"), DEEDS, ids=IDS)
def test_a_path_names_its_problems(method: str, path: str, deed: dict[str, Any]) -> None:
    good = good_answers(deed)
    problems = {status: told for status, told in deed["responses"].items() if status not in good}
    assert problems.keys() >= ALWAYS
    for status, told in problems.items():
        (kind,) = told["content"]
        assert kind == "application/problem+json"
        assert told["content"][kind]["example"]["status"] == int(status)
    if method in WITH_BODY:
        assert problems.keys() >= {"408", "413", "415", "422"}


@pytest.mark.parametrize(("method", "path", "deed"), DEEDS, ids=IDS)
def test_a_path_says_whether_it_asks_for_a_token(
    method: str, path: str, deed: dict[str, Any]
) -> None:
    assert ("security" in deed) == ((method, path) not in OPEN)
    assert ("401" in deed["responses"]) == ((method, path) not in OPEN)


def test_every_reference_of_the_description_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [one for part in value.values() for one in references(part)]
        return (
            [one for part in value for one in references(part)] if isinstance(value, list) else []
        )

    found = {one.rpartition("/")[2] for one in references(DOCUMENT)}
    assert found
    assert found <= schemas.keys()


def test_an_example_is_a_message_of_the_protocol_and_comes_back_the_same() -> None:
    shown = [value for name, value in vars(examples).items() if name.isupper()]
    messages = [value for value in shown if isinstance(value, BaseModel)]
    assert len(messages) >= 11
    for one in messages:
        assert type(one).__module__ == protocol.__name__
        assert type(one).model_validate_json(one.model_dump_json()) == one


def test_the_integrators_page_names_every_path_state_and_event() -> None:
    page = Path("docs/orders.md").read_text("utf-8")
    paths = {path.replace("{order}", "{id}").replace("{refund}", "{n}") for _, path in OF_A_CHANNEL}
    events = {f"`order.{kind}`" for kind in (*steps.TOLD, "refund")}
    named = {*paths, *events, *(f"`{one.value}`" for one in OrderState)}
    assert {one for one in named if one not in page} == set()
