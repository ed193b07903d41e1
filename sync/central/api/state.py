"""`GET /health`, `/ready` and `/metrics`: for those who keep the centre running."""

from __future__ import annotations

import asyncio
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy import text

from sync.central.api.described import answers, problems
from sync.central.metrics import CONTENT_TYPE
from sync.central.problems import Refused
from sync.central.service import Here

router = APIRouter()
READY_S = 5


class State(BaseModel):
    """That a process runs, or that it may be asked."""

    state: Literal["ok"] = "ok"


@router.get("/health", responses={**answers(State()), **problems()})
async def health() -> State:
    """Say that the process runs; whether its database does too is `/ready`."""
    return State()


@router.get("/ready", responses={**answers(State()), **problems()})
async def ready(service: Here) -> State:
    """Say whether tills may be sent here: every database answers, and the process stays."""
    if service.closing.is_set():
        raise Refused(503, "closing", "This process is stopping.", 1)
    async with asyncio.timeout(READY_S):
        for engine in service.centre.engines:
            async with engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
    return State()


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"content": {CONTENT_TYPE: {"schema": {"type": "string"}}}, "description": "Metrics"},
        **problems(403),
    },
)
async def metrics(request: Request, service: Here) -> Response:
    """Tell this process's meters in Prometheus' text format, to the addresses of the settings."""
    client = request.client.host if request.client else ""
    if client not in service.settings.metrics_from:
        raise Refused(403, "not_for_you", "The meters are for other addresses.")
    return Response(service.meters.text(), media_type=CONTENT_TYPE)
