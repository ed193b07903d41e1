"""`python -m pos.main`: the `comptoir` command."""

from pos.main import run

run()
