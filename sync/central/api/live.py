"""`GET /v1/live`: a stream that only says that a pull is worth while."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from sync.central import access
from sync.central.api.described import OF_A_TILL, by_a_till, problems
from sync.central.auth import Asker
from sync.central.live import Listener, stream
from sync.central.service import Here, Service
from sync.central.values import Unknown

router = APIRouter()

_STREAM = {"content": {"text/event-stream": {"example": "event: news\ndata: {}\n\n"}}}


@router.get(
    "/v1/live",
    response_class=StreamingResponse,
    openapi_extra=by_a_till(),
    responses={200: {**_STREAM, "description": "News"}, **problems(*OF_A_TILL, 413)},
)
async def live(asker: Asker, service: Here) -> StreamingResponse:
    """Say `news` when something changed in one of the till's scopes, once for many changes.

    A comment comes when there was nothing for a while. The stream ends by itself after some
    minutes, and as soon as the till's key is revoked; one till has one stream.
    """
    async with service.centre.session(asker.who.store) as session:
        zone = await access.price_zone(session, asker.who.store)
    if zone is None:
        raise Unknown(f"there is no store {asker.who.store}")
    listener = service.news.join(asker.who, asker.key_id, zone)
    return _Waiting(service, listener)


class _Waiting(StreamingResponse):
    """A stream that is forgotten when it ends, however it ends."""

    def __init__(self, service: Service, listener: Listener) -> None:
        limits = service.settings.limits
        told = stream(listener, limits.heartbeat_s, limits.live_s)
        headers = {"Cache-Control": "no-store"}
        super().__init__(told, media_type="text/event-stream", headers=headers)
        self._leave = partial(service.news.leave, listener)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()
