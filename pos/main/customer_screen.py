"""`comptoir customer-screen`: what customers read, on a second monitor, fed by the till."""

from __future__ import annotations

from config import settings as settings_file
from config.places import Places, places
from config.sections import Settings
from config.themes import PALETTES
from devices.screen.viewer import ScreenViewer
from pos.main.join import socket_of, words_in
from pos.main.log import open_log
from pos.screens.customer.app import CustomerApp, Take
from pos.screens.themes import Palette


def open_customer_screen(*, demo: bool = False) -> int:
    """Open the screen of this machine's till, or of the demonstration, until it is closed."""
    if demo:
        from pos.main.demo import demo_places, demo_settings

        return _show(demo_settings("fr"), demo_places())
    return _show(settings_file.load(), places())


def _show(settings: Settings, found: Places) -> int:
    open_log(found.log)
    viewers: list[ScreenViewer] = []

    def listen(take: Take) -> None:
        viewers.append(ScreenViewer(socket_of(found), take))

    theme = settings.till.theme
    words = words_in(settings)(settings.till.language)
    palette = Palette.of(PALETTES[theme])
    try:
        CustomerApp(words, theme, palette, settings.shop.name, listen).run()
    finally:
        for viewer in viewers:
            viewer.close()
    return 0
