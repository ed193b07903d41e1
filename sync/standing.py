"""How the courier stands with the centre, put together from both directions, and told to the till.

A report is written when the state changes, and now and then when only the time did, so that the
till is not woken for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from pos.domain.shift import instant, instant_text
from pos.ports import StoreUnavailable
from pos.ports.centre import CourierReport, CourierState
from sync.around import Surroundings
from sync.scopes import GOODS
from sync.wire import Trouble

CLOCK_TOLERANCE_S = 120
"""How far the clocks may stand apart and nobody is told."""

STEP_S = 1
"""How often a progress is told that moves all the time."""

Side = Literal["up", "down"]


class Standing:
    """The courier's own view of how it fares.

    `read_at` and `coming` are shared with whoever reads scopes.
    """

    def __init__(
        self,
        around: Surroundings,
        beat_s: float,
        report: CourierReport,
        read_at: Mapping[str, str],
        coming: Mapping[str, int],
    ) -> None:
        self._around = around
        self._beat_s = beat_s
        self._report = report
        self._read_at = read_at
        self._coming = coming
        self._troubles: dict[Side, Trouble] = {}
        self._is_heard = False
        self.is_behind = False
        self.is_forked = False

    def start(self) -> None:
        """Tell that the courier begins: whatever was told before is of another life."""
        self._tell(CourierState.CONNECTING, "", heard=False)

    def stumbled(self, side: Side, trouble: Trouble) -> None:
        """Note that a direction failed."""
        self._troubles[side] = trouble
        self.tell()

    def went_well(self, side: Side, *, heard: bool) -> bool:
        """Note that a direction is well; return whether it had failed before.

        The centre was `heard` unless there was nothing to ask it.
        """
        had_failed = self._troubles.pop(side, None) is not None
        self.tell(heard=heard)
        return had_failed

    def stop(self) -> None:
        """Tell that the courier ends."""
        self._tell(CourierState.STOPPED, "", heard=False)

    def tell(self, *, heard: bool = False) -> None:
        """Report how it goes, the gravest first."""
        self._is_heard = self._is_heard or heard
        trouble = self._troubles.get("up") or self._troubles.get("down")
        if trouble is not None:
            self._tell(trouble.state, trouble.detail, heard=False)
        elif abs(self._around.wire.offset_s) > CLOCK_TOLERANCE_S:
            self._tell(CourierState.CLOCK_WRONG, "", heard=heard)
        elif not self._is_heard:
            self._tell(CourierState.CONNECTING, "", heard=False)
        elif self.is_forked:
            self._tell(CourierState.FORKED, "", heard=heard)
        elif self.is_behind:
            self._tell(CourierState.SENDING, "", heard=heard)
        elif any(scope.startswith(GOODS) for scope in self._coming):
            self._tell(CourierState.LOADING, "", heard=heard)
        else:
            self._tell(CourierState.CONNECTED, "", heard=heard)

    def _tell(self, state: CourierState, detail: str, *, heard: bool) -> None:
        now, told = instant_text(self._around.clock.now()), self._report
        is_same = (state, detail) == (told.state, told.detail)
        if is_same and not (heard and self._is_due(told)):
            return
        self._report = CourierReport(
            state,
            detail,
            told.since if state == told.state else now,
            now if heard else told.heard_at,
            self._around.wire.offset_s,
            dict(self._read_at),
            dict(self._coming),
        )
        if not is_same:
            self._around.log("state", {"state": state.value, "detail": detail})
        try:
            self._around.mirror.report(self._report)
        except StoreUnavailable as error:
            self._report = replace(told, state=CourierState.DISK, detail=str(error))

    def _is_due(self, told: CourierReport) -> bool:
        if not told.heard_at:
            return True
        moves = self._coming != told.coming
        age = self._around.clock.now() - instant(told.heard_at)
        beat_s = min(self._beat_s, STEP_S) if moves else self._beat_s
        return not 0 <= age.total_seconds() < beat_s
