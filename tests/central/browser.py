"""A real Chromium for the suite, without a screen, at the size of a phone."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from playwright.async_api import Page, async_playwright

PHONE = {"width": 390, "height": 844}
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
async def opened(scheme: Literal["light", "dark"] = "light") -> AsyncIterator[Page]:
    """Open a page of a new browser that lets no script run; closed at the end."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium(), args=list(OPTIONS))
        try:
            context = await browser.new_context(
                viewport=PHONE,  # type: ignore[arg-type]
                device_scale_factor=2,
                color_scheme=scheme,
                java_script_enabled=False,
            )
            yield await context.new_page()
        finally:
            await browser.close()
