"""The `comptoir-central` command; the only place of the centre that reads the till's settings data
(VAT tables, translations) and uses its reader of catalogue files.
"""

from sync.central.commands.command import run

__all__ = ["run"]
