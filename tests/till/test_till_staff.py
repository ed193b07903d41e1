"""Who stands at the till: PINs, locks, quick switch, lending, and who may be added."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.words import words_for
from pos.domain.errors import Refusal
from pos.domain.events import LoanGiven, SignInRefused, StaffRemoved
from pos.domain.staff import PERMISSION_NAMES, NeedsPermission, Permission, Person
from pos.till import sell, staff
from tests.till.shop import BREAD, CASHIER, COLLEAGUE, MANAGER, MILK, PINS, Till, shown, slug_of

STRANGER = "77"


def miss(till: Till, number: str = CASHIER) -> str:
    return slug_of(lambda: staff.sign_in(till.desk, number, "0000"))


def test_wrong_pins_make_a_person_wait_longer_and_longer(till: Till) -> None:
    waits = []
    for _ in range(6):
        assert miss(till) == "wrong_pin"
        (last,) = till.events("staff.sign_in_refused")[-1:]
        assert isinstance(last, SignInRefused)
        waits.append(last.wait_s)
        till.clock.pass_s(last.wait_s)
    assert waits == [0, 0, 5, 10, 20, 40]


def test_while_the_lock_runs_the_right_pin_is_refused_too_and_not_even_compared(
    till: Till,
) -> None:
    for _ in range(3):
        miss(till)
    compared = till.pins.compared
    assert slug_of(lambda: till.sign_in(CASHIER)) == "locked"
    assert till.pins.compared == compared
    till.clock.pass_s(4)
    assert slug_of(lambda: till.sign_in(CASHIER)) == "locked"
    till.clock.pass_s(1)
    assert till.sign_in(CASHIER).number == CASHIER


def test_the_lock_survives_a_restart_and_a_good_pin_ends_it(till: Till) -> None:
    for _ in range(3):
        miss(till)
    till.restart(None)
    assert slug_of(lambda: till.sign_in(CASHIER)) == "locked"
    till.clock.pass_s(5)
    till.sign_in(CASHIER)
    assert [miss(till), miss(till)] == ["wrong_pin"] * 2
    till.sign_in(CASHIER)


def test_a_colleague_is_not_locked_by_someone_elses_wrong_pins(till: Till) -> None:
    for _ in range(3):
        miss(till)
    till.sign_in(COLLEAGUE)


def test_a_clock_set_back_by_years_locks_nobody_out_for_years(till: Till) -> None:
    for _ in range(3):
        miss(till)
    till.clock.at -= timedelta(days=2000)
    assert till.sign_in(CASHIER).number == CASHIER


def test_an_unknown_number_is_answered_like_a_wrong_pin_after_the_same_work(till: Till) -> None:
    heard = []
    for number in (CASHIER, STRANGER):
        compared, played = till.pins.compared, len(till.counter.played)
        with pytest.raises(Refusal) as refused:
            staff.sign_in(till.desk, number, "0000")
        heard.append(
            (
                str(refused.value),
                till.pins.compared - compared,
                till.counter.played[played:],
            )
        )
    assert heard[0] == heard[1]


def test_a_wrong_pin_leaves_whoever_stands_there_and_the_basket(till: Till) -> None:
    till.scan(BREAD)
    miss(till, COLLEAGUE)
    assert till.desk.signed_in.number == CASHIER
    assert till.basket.total == 110


def test_a_quick_switch_writes_down_who_left_and_who_came(till: Till) -> None:
    till.sign_in(COLLEAGUE)
    switched = till.events("staff.signed_in", "staff.signed_out")
    assert [event.kind for event in switched[-2:]] == ["staff.signed_out", "staff.signed_in"]


def test_an_armed_quantity_does_not_pass_to_the_next_cashier(till: Till) -> None:
    sell.arm_quantity(till.desk, 9000)
    staff.sign_out(till.desk)
    till.sign_in(COLLEAGUE)
    till.scan(MILK)
    assert till.basket.total == 105


def test_a_signed_out_till_keeps_the_basket_for_its_cashier(till: Till) -> None:
    till.scan(BREAD)
    staff.sign_out(till.desk)
    assert till.basket.is_empty
    staff.sign_out(till.desk)
    till.sign_in(CASHIER)
    assert till.basket.total == 110


def test_nobody_lends_what_they_do_not_hold(till: Till) -> None:
    assert (
        slug_of(lambda: staff.lend(till.desk, COLLEAGUE, PINS[COLLEAGUE], Permission.NO_SALE))
        == "cannot_lend"
    )
    assert (
        slug_of(lambda: staff.lend(till.desk, MANAGER, "0000", Permission.NO_SALE)) == "wrong_pin"
    )
    assert not till.events("permission.used")


@pytest.mark.parametrize(
    ("person", "pin", "slug"),
    [
        (Person("staff-9", "12", "Charlie", "cashier"), "123", "bad_pin"),
        (Person("staff-9", "12", "Charlie", "cashier"), "1" * 13, "bad_pin"),
        (Person("staff-9", "12", "Charlie", "cashier"), "٤٨٢٦", "bad_pin"),
        (Person("staff-9", "12", "Charlie", "cashier"), "7777", "weak_pin"),
        (Person("staff-9", "12", "Charlie", "director"), "4826", "bad_role"),
        (Person("staff-9", CASHIER, "Charlie", "cashier"), "4826", "number_taken"),
    ],
)
def test_a_person_who_cannot_be_added_is_refused(
    till: Till, person: Person, pin: str, slug: str
) -> None:
    till.sign_in(MANAGER)
    assert slug_of(lambda: staff.add_person(till.desk, person, pin)) == slug
    assert not till.events("staff.added")


def test_a_manager_adds_a_person_who_can_sign_in(till: Till) -> None:
    person = Person("staff-9", "12", "Charlie", "cashier")
    with pytest.raises(NeedsPermission):
        staff.add_person(till.desk, person, "4826")
    staff.add_person(till.desk, person, "4826", till.loan(Permission.STAFF))
    assert staff.sign_in(till.desk, "12", "4826") == person
    assert [e.kind for e in till.events("staff.added", "permission.used")] == [
        "permission.used",
        "staff.added",
    ]


def test_a_lent_permission_forgets_the_lenders_wrong_pins(till: Till) -> None:
    for _ in range(2):
        miss(till, MANAGER)
    till.loan(Permission.NO_SALE)
    (lent,) = till.events("permission.lent")
    assert isinstance(lent, LoanGiven)
    assert (lent.staff, lent.lender, lent.permission) == ("staff-1", "staff-3", "no_sale")
    for _ in range(2):
        assert miss(till, MANAGER) == "wrong_pin"
    till.sign_in(MANAGER)


def test_a_permission_is_named_as_the_shop_calls_it(till: Till) -> None:
    words = words_for("fr")
    with pytest.raises(NeedsPermission) as needed:
        staff.remove_person(till.desk, "staff-2")
    with pytest.raises(Refusal) as refused:
        staff.lend(till.desk, COLLEAGUE, PINS[COLLEAGUE], Permission.NO_SALE)
    assert "changer qui peut vendre" in words.say(needed.value.sentence)
    assert "ouvrir le tiroir" in words.say(refused.value.sentence)
    assert set(PERMISSION_NAMES) == set(Permission)


def test_a_changed_pin_is_the_only_one_that_opens(till: Till) -> None:
    with pytest.raises(NeedsPermission):
        staff.change_pin(till.desk, "staff-2", "8642")
    loan = till.loan(Permission.STAFF)
    assert slug_of(lambda: staff.change_pin(till.desk, "staff-2", "1111", loan)) == "weak_pin"
    for _ in range(3):
        miss(till, COLLEAGUE)
    staff.change_pin(till.desk, "staff-2", "8642", loan)
    assert loan.spent
    assert slug_of(lambda: till.sign_in(COLLEAGUE)) == "wrong_pin"
    assert staff.sign_in(till.desk, COLLEAGUE, "8642").ref == "staff-2"
    assert [e.kind for e in till.events("staff.pin_changed")] == ["staff.pin_changed"]


def test_a_removed_person_cannot_sign_in_and_leaves_number_and_basket(till: Till) -> None:
    till.scan(BREAD)
    till.sign_in(MANAGER)
    staff.remove_person(till.desk, "staff-1")
    assert slug_of(lambda: till.sign_in(CASHIER)) == "wrong_pin"
    assert till.events("staff.removed")
    sell.recall(till.desk)
    assert till.basket.total == 110
    assert shown(till.after_a_cut()) == shown(till.desk)
    staff.add_person(till.desk, Person("staff-9", CASHIER, "Charlie", "cashier"), "4826")
    assert staff.sign_in(till.desk, CASHIER, "4826").ref == "staff-9"


def test_the_last_manager_and_whoever_stands_there_are_not_removed(till: Till) -> None:
    loan = till.loan(Permission.STAFF)
    for ref, slug in (
        ("staff-3", "last_manager"),
        ("staff-1", "signed_in"),
        ("nobody", "no_person"),
    ):
        assert slug_of(lambda ref=ref: staff.remove_person(till.desk, ref, loan)) == slug  # type: ignore[misc]
    assert not loan.spent
    assert not till.events("staff.removed")
    staff.add_person(till.desk, Person("staff-9", "91", "Charlie", "manager"), "4826", loan)
    staff.remove_person(till.desk, "staff-3", till.loan(Permission.STAFF))


def test_a_basket_whose_cashier_is_gone_is_found_put_aside(till: Till) -> None:
    till.scan(BREAD)
    till.store.record(StaffRemoved(staff="staff-1"))
    till.restart(MANAGER)
    sell.recall(till.desk)
    assert till.basket.total == 110
    till.restart(MANAGER)
    assert till.basket.total == 110


def test_the_first_person_of_a_till_is_a_manager(till: Till) -> None:
    till.store.credentials.clear()
    till.desk.person = None
    cashier = Person("staff-1", "1", "Camille", "cashier")
    assert slug_of(lambda: staff.add_person(till.desk, cashier, "4826")) == "manager_first"
    staff.add_person(till.desk, Person("staff-1", "1", "Camille", "manager"), "4826")
    assert staff.sign_in(till.desk, "1", "4826").role == "manager"
