"""A real Chromium for the suite, without a screen: the size of a phone, or of a tablet."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from playwright.async_api import BrowserContext, Page, async_playwright

PHONE = {"width": 390, "height": 844}
TABLET = {"width": 1024, "height": 768}
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str:
    """Return where the browser is. `scripts/test` brings it."""
    found = os.environ.get("COMPTOIR_CHROMIUM") or shutil.which("chromium")
    if not found:
        raise FileNotFoundError("chromium is not installed: apt-get install chromium")
    return found


@asynccontextmanager
async def phone(scheme: Literal["light", "dark"] = "light") -> AsyncIterator[Page]:
    """Open a page on a phone that lets no script run; closed at the end."""
    async with _opened(
        viewport=PHONE, device_scale_factor=2, color_scheme=scheme, java_script_enabled=False
    ) as context:
        yield await context.new_page()


@asynccontextmanager
async def tablet() -> AsyncIterator[BrowserContext]:
    """Open a browser on a tablet, to be touched; closed at the end."""
    async with _opened(viewport=TABLET, has_touch=True) as context:
        yield context


@asynccontextmanager
async def _opened(**how: Any) -> AsyncIterator[BrowserContext]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium(), args=list(OPTIONS))
        try:
            yield await browser.new_context(**how)
        finally:
            await browser.close()
