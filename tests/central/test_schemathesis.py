"""The description of the API against the API: schemathesis makes requests, a till signs them.

Whatever comes, the answer is one that the description names, of the shape it says, and never a
fault of the program.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sync.central.app import document
from sync.central.engine import Centre
from sync.central.orders import channels
from sync.central.service import utc_now
from tests.central.ordering import catalogue
from tests.central.serving import Process, Shop, Speaking, open_shop, process
from tests.central.test_auth import OF_A_CHANNEL

EXAMPLES = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
schema = schemathesis.openapi.from_dict(document()).exclude(path="/v1/live")
OF_CHANNELS = {path for _, path in OF_A_CHANNEL}
WIDE = {
    "channel_burst": 1_000_000,
    "till_burst": 1_000_000,
    "address_burst": 1_000_000,
    "enrolments_burst": 1_000_000,
}


@pytest.fixture(scope="module")
def asking(api: Process) -> Iterator[Speaking]:
    """A till that may ask as often as it likes."""
    with process(api.folder, COMPTOIR_CENTRE_LIMITS=json.dumps(WIDE)) as running:
        yield asyncio.run(_till(api.database, running.url))


@pytest.fixture(scope="module")
def channel(api: Process) -> str:
    """The key of a sales channel."""
    return asyncio.run(_channel(api.database))


async def _channel(database: str) -> str:
    centre = Centre.of([database])
    await catalogue(centre)
    added = await channels.add(centre, "schemathesis", "", (), utc_now())
    await centre.close()
    return added.key


async def _till(database: str, url: str) -> Speaking:
    centre = Centre.of([database])
    shop: Shop = await open_shop(centre, url)
    till = await shop.till()
    await centre.close()
    return till


@schema.parametrize()
@EXAMPLES
def test_every_answer_is_one_that_the_description_names(
    asking: Speaking, channel: str, case: schemathesis.Case[Any]
) -> None:
    request = requests.Request(**case.as_transport_kwargs(base_url=asking.url)).prepare()
    body: Any = request.body or b""
    raw = body if isinstance(body, bytes) else body.encode()
    if case.path in OF_CHANNELS:
        request.headers["Authorization"] = f"Bearer {channel}"
    elif case.path != "/v1/enrol":
        assert request.method
        request.headers["Authorization"] = asking.token(request.method, request.path_url, raw)
    with requests.Session() as session:
        response = session.send(request, timeout=30)
    case.validate_response(response, checks=CHECKS)
