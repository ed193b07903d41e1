"""A till under each country's rules, at rest, with Camille the cashier signed in."""

from __future__ import annotations

import pytest

from tests.till.shop import PLUG_INS, Till


@pytest.fixture(params=sorted(PLUG_INS))
def till(request: pytest.FixtureRequest) -> Till:
    return Till(request.param)


@pytest.fixture
def french_till() -> Till:
    return Till("france")
