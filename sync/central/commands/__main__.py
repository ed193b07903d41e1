"""`python -m sync.central.commands`."""

from sync.central.commands import run

run()
