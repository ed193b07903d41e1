"""The `comptoir` command; the only place that joins every room."""

from pos.main.command import run

__all__ = ["run"]
