"""Who may do what, and how long wrong PINs make a person wait."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pos.domain.errors import Refusal
from pos.domain.staff import ROLES, WAIT_MOST_S, Permission, Role, allows, check_pin, wait_s


def test_waits_never_shrink_and_end_at_a_quarter_of_an_hour() -> None:
    waits = [wait_s(failures) for failures in range(60)]
    assert all(before <= after for before, after in pairwise(waits))
    assert waits[:6] == [0, 0, 0, 5, 10, 20]
    assert waits[-1] == wait_s(10**9) == WAIT_MOST_S == 900


def test_a_manager_holds_every_permission_and_a_role_nobody_knows_none() -> None:
    assert all(allows(Role.MANAGER, permission) for permission in Permission)
    assert not any(allows("director", permission) for permission in Permission)
    assert all(allows(role, Permission.SELL) for role in ROLES)


@pytest.mark.parametrize(
    ("pin", "slug"),
    [("", "bad_pin"), ("123", "bad_pin"), ("1" * 13, "bad_pin"), ("12a4", "bad_pin"),
     ("٤٨٢٦", "bad_pin"), ("1234 ", "bad_pin"), ("0000", "weak_pin")],
)  # fmt: skip
def test_a_pin_that_is_none_or_too_easy_is_refused(pin: str, slug: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_pin(pin)
    assert refused.value.slug == slug


def test_a_good_pin_passes_without_a_word() -> None:
    check_pin("1357")
    check_pin("135790246810")
