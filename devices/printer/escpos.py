"""The one door to python-escpos, used as a byte builder; imported when first needed.

The library leaves a folder in /tmp at each import, parses a large YAML file unless a cache folder
is named, and configures logging to the terminal: all three are undone here.
"""

from __future__ import annotations

import importlib
import logging
import os
import tempfile
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

import platformdirs

_LOCK = threading.Lock()


def new_builder() -> Any:
    """Return an empty `escpos.printer.Dummy`, which collects bytes in `.output`."""
    with _LOCK:
        return _library().Dummy()


@lru_cache(maxsize=1)
def _library() -> Any:
    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        cache = Path(platformdirs.user_cache_dir("comptoir"))
        cache.mkdir(parents=True, exist_ok=True)
        os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] = str(cache)
    handlers = list(logging.getLogger().handlers)
    kept = tempfile.tempdir
    with tempfile.TemporaryDirectory() as litter:
        tempfile.tempdir = litter
        try:
            return importlib.import_module("escpos.printer")
        finally:
            tempfile.tempdir = kept
            logging.getLogger().handlers[:] = handlers
