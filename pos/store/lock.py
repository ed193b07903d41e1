"""One till process a file: a second one is refused with a sentence, a dead one leaves no trace."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from pos.ports import StoreUnavailable


class FileLock:
    """A lock on a small file, held until `release` or the end of the process (`flock`)."""

    def __init__(self, path: Path) -> None:
        """Take the lock. Raises StoreUnavailable when another process holds it."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._file, 20, 0).decode("ascii", "replace").strip()
            os.close(self._file)
            raise StoreUnavailable(
                "already_running",
                "A till already runs on {folder} (process {process}). Close it first.",
                folder=str(path.parent),
                process=holder or "?",
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another process take the lock; harmless when done twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
