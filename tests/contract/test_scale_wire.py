"""A weight reaches the till once, still and whole, from every family of scales, whatever fails."""

from __future__ import annotations

import queue
import random
from collections.abc import Callable, Iterator

import pytest

from devices.scale.driver import Limits, LinkScale
from devices.scale.emulator import EmulatedScale
from devices.scale.minds import DIALOG_SECRET
from devices.scale.protocol import FAMILIES
from devices.scale.rules import EMPTY, MOVING, NOT_EMPTIED
from pos.domain.errors import Refusal
from pos.ports import DeviceEvent, DeviceState, StatusChanged, Weighed, WeighingOutcome, WeightSeen

QUICK = Limits(answer_s=0.25, ask_every_s=0.01, empty_every_s=0.01, look_every_s=0.05)
LIVE = [one for one in FAMILIES if one != "dialog06"]
AWAY = ("not connected", "does not answer", "cannot be understood: check its settings")


class Bench:
    """A scale, its driver, and what the till heard."""

    def __init__(self, family: str, secret: int | None = None) -> None:
        self.scale = EmulatedScale(family=family)
        self.events: queue.Queue[DeviceEvent] = queue.Queue()
        self.driver = LinkScale(
            "scale", self.scale.url, family, self.events.put, secret=secret, limits=QUICK
        )
        self._names = 0

    def close(self) -> None:
        self.driver.close()
        self.scale.close()

    def until(self, is_it: Callable[[DeviceEvent], bool]) -> DeviceEvent:
        while True:
            event = self.events.get(timeout=5)
            if is_it(event):
                return event

    def is_now(self, state: DeviceState, detail: str = "") -> None:
        self.until(lambda event: event == StatusChanged("scale", state, detail))

    def sees(self, grams: int, detail: str = "") -> None:
        self.until(
            lambda event: (
                isinstance(event, WeightSeen) and (event.grams, event.detail) == (grams, detail)
            )
        )

    def begin(self, *, tare: int = 0) -> str:
        self._names += 1
        name = f"weighing-{self._names}"
        self.driver.weigh(name, price=249, text="Pommes", tare=tare)
        return name

    def end(self, name: str) -> Weighed:
        found = self.until(lambda event: isinstance(event, Weighed) and event.weighing == name)
        assert isinstance(found, Weighed)
        return found

    def weigh(self, *, tare: int = 0) -> Weighed:
        name = self.begin(tare=tare)
        self.driver.take(name)
        return self.end(name)

    def taken(self, grams: int, *, tare: int = 0) -> None:
        ended = self.weigh(tare=tare)
        assert (ended.outcome, ended.grams, ended.tare) == (WeighingOutcome.STABLE, grams, tare)

    def emptied(self) -> None:
        """Take everything off, and wait until the till saw that."""
        self.scale.take_off()
        name = self.begin()
        self.sees(0, EMPTY)
        self.driver.cancel(name)
        assert self.end(name).outcome is WeighingOutcome.CANCELLED


@pytest.fixture
def bench() -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(family: str = "toledo", secret: int | None = None) -> Bench:
        made.append(Bench(family, secret))
        made[-1].is_now(DeviceState.READY)
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_still_weight_is_taken_less_its_tare_and_the_next_one_too(
    bench: Callable[..., Bench], family: str
) -> None:
    at = bench(family)
    at.scale.put(357)
    at.taken(345, tare=12)
    at.scale.take_off()
    at.scale.put(357)
    if family != "dialog06":
        at.emptied()
        at.scale.put(1_200)
    at.taken(357 if family == "dialog06" else 1_200)
    assert at.scale.given.count(0) == 0 or family != "dialog06"


@pytest.mark.parametrize("family", LIVE)
def test_what_lies_on_the_scale_is_shown_before_it_is_taken(
    bench: Callable[..., Bench], family: str
) -> None:
    at = bench(family)
    name = at.begin(tare=10)
    at.sees(0, EMPTY)
    at.scale.put(110)
    at.sees(100)
    at.scale.put(210)
    at.sees(200)
    at.driver.take(name)
    assert at.end(name).grams == 200


@pytest.mark.parametrize("family", FAMILIES)
def test_one_weighing_is_sold_once(bench: Callable[..., Bench], family: str) -> None:
    at = bench(family)
    at.scale.put(500)
    at.taken(500)
    name = at.begin()
    at.driver.take(name)
    at.sees(0 if family == "dialog06" else 500, NOT_EMPTIED)
    at.driver.cancel(name)
    assert at.end(name).outcome is WeighingOutcome.CANCELLED


@pytest.mark.parametrize("family", FAMILIES)
def test_a_moving_weight_is_never_taken_however_long_it_moves(
    bench: Callable[..., Bench], family: str
) -> None:
    at = bench(family)
    at.scale.put(500, moving=True)
    name = at.begin()
    at.driver.take(name)
    at.until(lambda event: isinstance(event, WeightSeen) and event.detail == MOVING)
    assert 500 not in at.scale.given
    at.scale.put(500)
    assert (at.end(name).grams, at.scale.given[-1]) == (500, 500)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("fault", "detail"),
    [
        (lambda pan: setattr(pan, "gross", 20_000), "too heavy: take something off"),
        (lambda pan: setattr(pan, "offset", 50), "below zero: empty it, then set it to zero"),
    ],
    ids=["overload", "below zero"],
)
def test_a_scale_out_of_its_range_says_what_to_do_and_gives_no_weight(
    bench: Callable[..., Bench], family: str, fault: Callable[[object], object], detail: str
) -> None:
    at = bench(family)
    at.scale.change(fault)
    at.is_now(DeviceState.ATTENTION, detail)
    name = at.begin()
    at.driver.take(name)
    at.until(lambda event: isinstance(event, WeightSeen) and event.detail == detail)
    at.scale.change(lambda pan: setattr(pan, "offset", 0))
    at.scale.put(200)
    assert at.end(name).grams == 200


FAULTS: dict[str, Callable[[EmulatedScale], object]] = {
    "mute": lambda scale: setattr(scale, "mute", True),
    "noise": lambda scale: setattr(scale, "noise", True),
    "half": lambda scale: setattr(scale, "half", True),
    "unplugged": lambda scale: scale.unplug(),
}


def mend(scale: EmulatedScale) -> None:
    scale.mute = scale.noise = scale.half = False
    scale.replug()


@pytest.mark.parametrize("family", ["toledo", "enq", "dialog06"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_lost_answer_is_no_weight_and_the_scale_works_again_when_mended(
    bench: Callable[..., Bench], family: str, fault: str
) -> None:
    at = bench(family)
    at.scale.put(500)
    FAULTS[fault](at.scale)
    ended = at.weigh()
    assert (ended.outcome, ended.grams) == (WeighingOutcome.FAILED, 0)
    assert ended.detail in AWAY
    mend(at.scale)
    at.is_now(DeviceState.READY)
    at.scale.put(510)
    at.taken(510)


@pytest.mark.parametrize("family", ["toledo", "dialog06"])
@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_weighed_and_left_lying_is_not_sold_again_behind_a_lost_link(
    bench: Callable[..., Bench], family: str, fault: str
) -> None:
    at = bench(family)
    at.scale.put(500)
    at.taken(500)
    FAULTS[fault](at.scale)
    at.until(lambda event: isinstance(event, StatusChanged) and event.detail in AWAY)
    mend(at.scale)
    at.is_now(DeviceState.READY)
    name = at.begin()
    at.driver.take(name)
    at.sees(0 if family == "dialog06" else 500, NOT_EMPTIED)
    at.driver.cancel(name)
    assert at.end(name).outcome is WeighingOutcome.CANCELLED
    if family != "dialog06":
        at.emptied()
    at.scale.put(700)
    at.taken(700)


def test_a_wrong_check_is_no_weight(bench: Callable[..., Bench]) -> None:
    at = bench("enq")
    at.scale.put(500)
    at.scale.change(lambda pan: setattr(pan, "wrong_check", True))
    assert at.weigh().outcome is WeighingOutcome.FAILED


@pytest.mark.parametrize("family", LIVE)
def test_a_scale_that_tells_a_weight_once_and_then_nothing_gives_it_once_or_not_at_all(
    bench: Callable[..., Bench], family: str
) -> None:
    at = bench(family)
    at.scale.change(lambda pan: setattr(pan, "once", True))
    at.scale.put(500)
    ended = at.weigh()
    assert (ended.outcome, ended.grams) in [
        (WeighingOutcome.STABLE, 500),
        (WeighingOutcome.FAILED, 0),
    ]
    if family == "toledo":
        at.begin()
        at.sees(500, NOT_EMPTIED)
    else:
        assert at.weigh().outcome is WeighingOutcome.FAILED


def test_a_slow_scale_is_waited_for(bench: Callable[..., Bench]) -> None:
    at = bench("sics")
    at.scale.slow_s = 0.1
    at.scale.put(500)
    at.taken(500)


@pytest.mark.parametrize("family", ["toledo", "enq"])
def test_a_scale_that_answers_too_late_gives_what_it_told_or_nothing(
    bench: Callable[..., Bench], family: str
) -> None:
    at = bench(family)
    at.scale.slow_s = 1.4 * QUICK.answer_s
    at.scale.put(500)
    ended = at.weigh()
    assert (ended.outcome, ended.grams) in [
        (WeighingOutcome.STABLE, 500),
        (WeighingOutcome.FAILED, 0),
    ]


def test_a_scale_is_set_to_zero_when_it_is_asked_to(bench: Callable[..., Bench]) -> None:
    at = bench()
    at.scale.put(60)
    at.driver.zero()
    name = at.begin()
    at.sees(0, EMPTY)
    at.scale.put(560)
    at.driver.take(name)
    assert at.end(name).grams == 500


def test_a_weighing_begun_anew_gives_the_first_one_up(bench: Callable[..., Bench]) -> None:
    at = bench()
    first, second = at.begin(), at.begin(tare=5)
    assert at.end(first).outcome is WeighingOutcome.CANCELLED
    at.scale.put(105)
    at.driver.take(first)
    at.driver.take(second)
    assert at.end(second).grams == 100


def test_a_scale_that_is_away_fails_a_weighing_at_once(bench: Callable[..., Bench]) -> None:
    at = bench()
    at.scale.unplug()
    at.is_now(DeviceState.OFFLINE, "not connected")
    assert at.weigh() == Weighed(
        "scale", "weighing-1", WeighingOutcome.FAILED, detail="not connected"
    )


@pytest.mark.parametrize(("secret", "works"), [(DIALOG_SECRET, True), (None, False), (1, False)])
def test_a_secured_scale_weighs_for_whoever_has_its_makers_secret(
    bench: Callable[..., Bench], secret: int | None, works: bool
) -> None:
    at = bench("dialog06", secret)
    at.scale.change(lambda pan: setattr(pan, "is_secured", True))
    at.scale.put(345)
    name = at.begin()
    at.driver.take(name)
    if works:
        assert at.end(name).grams == 345
    else:
        at.is_now(DeviceState.ATTENTION, "wants its maker's secret: check the settings")


@pytest.mark.parametrize("family", FAMILIES)
def test_through_faults_at_random_every_weight_taken_was_told_and_taken_once(
    bench: Callable[..., Bench], family: str
) -> None:
    at, chance = bench(family), random.Random(f"scale {family}")
    sold: list[int] = []
    for _ in range(12):
        at.scale.take_off()
        grams = chance.randrange(50, 15_000)
        fault = chance.choice([None, None, "noise", "half", "slow", "shake"])
        if fault in ("noise", "half"):
            setattr(at.scale, fault, True)
        elif fault == "slow":
            at.scale.slow_s = 0.02
        name = at.begin()
        at.scale.put(grams, moving=fault == "shake")
        at.driver.take(name)
        at.scale.put(grams)
        at.scale.slow_s = 0.0
        mend(at.scale)
        ended = at.end(name)
        if ended.outcome is WeighingOutcome.STABLE:
            assert ended.grams == grams
            sold.append(grams)
        else:
            at.is_now(DeviceState.READY)
        if family != "dialog06":
            at.scale.take_off()
            at.begin()
            at.until(lambda event: isinstance(event, WeightSeen) and event.detail == EMPTY)
    told = iter(at.scale.given)
    assert all(grams in told for grams in sold), "in the order in which the scale told them"


def test_an_address_that_can_never_work_is_refused() -> None:
    with pytest.raises(Refusal):
        LinkScale("scale", "telepathy://scale", "toledo", lambda _event: None)
