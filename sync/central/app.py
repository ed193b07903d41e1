"""The API of the centre, put together. Processes hold no state: any number run side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from sync.central.api import ROUTERS
from sync.central.api.described import complete
from sync.central.door import Door
from sync.central.problems import install
from sync.central.service import Service
from sync.central.shop import pages, window

PACKED_FROM_BYTES = 1_000
PACKING = 1
"""The level of compression of answers: a third more bytes than the best, in a tenth of the time."""


def create_app(service: Service) -> ASGIApp:
    """Return the application of a process, its door outermost."""
    app = _framework()
    app.state.service = service
    app.include_router(pages.router)
    if service.settings.demo_shop:
        app.include_router(window.router)
    return Door(app, service)


def document() -> dict[str, Any]:
    """Return the OpenAPI document of the API."""
    return complete(_framework())


def _framework() -> FastAPI:
    app = FastAPI(
        title="Comptoir centre",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_middleware(GZipMiddleware, minimum_size=PACKED_FROM_BYTES, compresslevel=PACKING)
    described: Any = app
    described.openapi = lambda: complete(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    beside = [asyncio.create_task(service.news.watch())]
    if service.beside is not None:
        beside.append(asyncio.create_task(service.beside))
    try:
        yield
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await service.centre.close()
