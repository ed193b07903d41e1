"""The paths of the API, one small module each; `ROUTERS` are all of them."""

from __future__ import annotations

from sync.central.api import claims, enrol, journal, live, match, orders, pull, state, stock

ROUTERS = (
    enrol.router,
    journal.router,
    pull.router,
    match.router,
    claims.router,
    stock.router,
    orders.router,
    live.router,
    state.router,
)
