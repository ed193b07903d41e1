"""The verbs of the pickup desk: an order opened, picked, judged, handed over, put back.

    orders                order W1042           accept               reject épuisé
    pick 3760000000017    pick-line 2 1         unpick 2 1           short 2 cassé
    substitute 2 3760…    ready A3 2            print-list           print-labels
    pass P10401JD7Z…      code 7K2M-9XQ0        name passport        proxy id_card
    seen id_card          age-seen              bag BAG/01JD7Z…/1    take 1 1
    refuse 1 1 abîmé      hand-over             into-basket          give-up
    undo-hand-over motif  return-order 1 1 trop petit                put-back 3760000000017
    unfinished            resume passport       arrive 7K2M-9XQ0

`order`, `pass`, `code` and a scanned pass open an order; what follows is done with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast, get_args

from pos.console import typed
from pos.console.console import Console, Gesture, Unexpected
from pos.domain.errors import Refusal
from pos.domain.events.orders import Document
from pos.domain.order import STATE_NAMES, Order
from pos.domain.typed import thousandths
from pos.till.desk import Loan
from pos.till.pickup import after, hand_over, judge, kiosk, papers, paying, picking, worklists
from pos.till.pickup.claims import Standing, standing
from pos.till.pickup.hand_over import HandOver, Proof
from pos.till.pickup.put_back import put_back

WAITS_MOST = 100
WAIT_S = 0.05
"""How often, and how long each time, the console looks for the centre's answer."""


def _told(console: Console, order: Order) -> str:
    """Remember the order as it is now, and say where it stands."""
    console.order = order
    left = sum(bool(line.to_pick) for line in order.lines)
    state = console.desk.words().say(STATE_NAMES[order.state])
    return f"{order.reference}  {state}" + (f"  {left} → ✓" if left else "")


def _opened(console: Console) -> Order:
    if console.order is None:
        raise Unexpected("no order is open; `order NUMBER` opens one")
    return console.order


def _begun(console: Console) -> HandOver:
    if console.handover is None:
        raise Unexpected("no hand-over is begun; `pass`, `code` or `name` begins one")
    return console.handover


def _document(text: str) -> Document:
    known = [one for one in get_args(Document) if one]
    if text not in known:
        raise Unexpected(f"“{text}” is no document; {', '.join(known)} are")
    return cast(Document, text)


def _orders(console: Console, _: str) -> str:
    lists = worklists.worklists(console.desk)
    return " | ".join(
        " ".join(one.reference for one in each) or "–"
        for each in (lists.to_pick, lists.to_collect, lists.to_put_back)
    )


def _order(console: Console, rest: str) -> str:
    found = worklists.find(console.desk, rest)
    if not found:
        raise Refusal("unknown_order", "No order fits “{text}”.", text=rest)
    console.handover = None
    return _told(console, found[0])


def _simple(action: Callable[[Console, Order, str], Order]) -> Gesture:
    """Return the verb of a step that takes the opened order and the words after it."""
    return lambda console, rest: _told(console, action(console, _opened(console), rest))


def _line_first(rest: str) -> tuple[int, str]:
    line, _, more = rest.partition(" ")
    return typed.number(line), more.strip()


def _pick(console: Console, rest: str) -> str:
    picked = picking.pick(console.desk, _opened(console), rest)
    told = _told(console, picked.order)
    return f"{picked.line.name}  {told}" if picked.quantity else f"{picked.line.name}: kg ?"


def _pick_line(console: Console, order: Order, rest: str) -> Order:
    n, quantity = _line_first(rest)
    return picking.pick_line(console.desk, order, n, thousandths(quantity))


def _unpick(console: Console, order: Order, rest: str) -> Order:
    n, quantity = _line_first(rest)
    return picking.unpick(console.desk, order, n, thousandths(quantity))


def _short(console: Console, order: Order, rest: str) -> Order:
    n, reason = _line_first(rest)
    return picking.short(console.desk, order, n, reason)


def _substitute(console: Console, order: Order, rest: str) -> Order:
    n, code = _line_first(rest)
    return picking.substitute(console.desk, order, n, code, agreed=True).order


def _ready(console: Console, order: Order, rest: str) -> Order:
    shelf, _, bags = rest.partition(" ")
    return picking.ready(console.desk, order, shelf, typed.number(bags or "1"))


def _print_list(console: Console, _: str) -> str:
    return str(picking.print_list(console.desk, _opened(console)))


def _print_labels(console: Console, _: str) -> str:
    return str(papers.print_labels(console.desk, _opened(console)))


def _judge(console: Console, rest: str) -> str:
    return console.judged(judge.judge(console.desk, rest))


def _named(*, proxy: bool) -> Gesture:
    def begin(console: Console, rest: str) -> str:
        document, order = _document(rest), _opened(console)
        return console.judged(judge.by_name(console.desk, order, document, proxy=proxy))

    return begin


def _seen(console: Console, rest: str) -> str:
    console.handover = hand_over.see_document(console.desk, _begun(console), _document(rest))
    return rest


def _age_seen(console: Console, _: str) -> str:
    console.handover = hand_over.check_age(console.desk, _begun(console))
    return str(console.handover.age_checked)


def _bag(console: Console, rest: str) -> str:
    console.handover = hand_over.scan_bag(console.desk, _begun(console), rest)
    return f"{len(console.handover.bags)}/{console.handover.order.bags}"


def _take(console: Console, rest: str) -> str:
    n, quantity = _line_first(rest)
    begun = _begun(console)
    console.handover = hand_over.take(console.desk, begun, n, thousandths(quantity))
    return quantity


def _refuse(console: Console, rest: str) -> str:
    n, words = _line_first(rest)
    quantity, _, reason = words.partition(" ")
    begun = _begun(console)
    wanted = thousandths(quantity)
    console.handover = hand_over.refuse(console.desk, begun, n, wanted, reason.strip())
    return quantity


def _claimed(console: Console) -> HandOver:
    """Ask the centre once, and wait for its answer as long as a desk does."""
    begun = _begun(console)
    if standing(console.desk, begun) is Standing.UNASKED:
        begun = hand_over.ask_claim(console.desk, begun)
    for _ in range(WAITS_MOST):
        begun = hand_over.claim_answer(console.desk, begun)
        console.handover = begun
        if standing(console.desk, begun) is not Standing.WAITING:
            break
        console.drain(WAIT_S)
    return begun


def _hand_over(console: Console, rest: str) -> str:
    """Hand over at once what was paid; what is to be paid goes into the basket."""
    claimed = _claimed(console)
    if claimed.to_pay:
        return _into_basket(console, rest)

    def finish(loan: Loan | None) -> str:
        done = hand_over.finish(console.desk, claimed, loan)
        console.handover = None
        return _told(console, done)

    return console.guarded(finish)


def _into_basket(console: Console, _: str) -> str:
    claimed = _claimed(console)

    def join(loan: Loan | None) -> str:
        paying.basket(console.desk, claimed, loan)
        console.handover = None
        return console.total()

    return console.guarded(join)


def _give_up(console: Console, _: str) -> str:
    hand_over.give_up(console.desk, _begun(console))
    console.handover = None
    return "–"


def _undo(console: Console, rest: str) -> str:
    order = _opened(console)
    return console.guarded(lambda loan: _told(console, after.undo(console.desk, order, rest, loan)))


def _return(console: Console, rest: str) -> str:
    n, words = _line_first(rest)
    quantity, _, reason = words.partition(" ")
    order, lines = _opened(console), {n: thousandths(quantity)}

    def give_back(loan: Loan | None) -> str:
        done = after.return_(console.desk, order, lines, reason, sellable=True, loan=loan)
        return _told(console, done)

    return console.guarded(give_back)


def _put_back(console: Console, order: Order, rest: str) -> Order:
    return put_back(console.desk, order, rest).order


def _unfinished(console: Console, _: str) -> str:
    left = hand_over.unfinished(console.desk)
    return " ".join(one.order.reference for one in left) or "–"


def _resume(console: Console, rest: str) -> str:
    """Go on with the oldest hand-over that was cut short: the document says how it was proven."""
    left = hand_over.unfinished(console.desk)
    if not left:
        raise Unexpected("no hand-over was cut short")
    proof = Proof("name", _document(rest)) if rest else Proof("pass")
    console.handover = hand_over.resume(console.desk, left[0], proof)
    return _told(console, console.handover.order)


def _arrive(console: Console, rest: str) -> str:
    return console.desk.words().say(kiosk.arrive(console.desk, rest).sentence)


VERBS: dict[str, Gesture] = {
    "orders": _orders,
    "order": _order,
    "accept": _simple(lambda console, order, _: picking.accept(console.desk, order)),
    "reject": _simple(lambda console, order, rest: picking.reject(console.desk, order, rest)),
    "pick": _pick,
    "pick-line": _simple(_pick_line),
    "unpick": _simple(_unpick),
    "short": _simple(_short),
    "substitute": _simple(_substitute),
    "ready": _simple(_ready),
    "print-list": _print_list,
    "print-labels": _print_labels,
    "pass": _judge,
    "code": _judge,
    "name": _named(proxy=False),
    "proxy": _named(proxy=True),
    "seen": _seen,
    "age-seen": _age_seen,
    "bag": _bag,
    "take": _take,
    "refuse": _refuse,
    "hand-over": _hand_over,
    "into-basket": _into_basket,
    "give-up": _give_up,
    "undo-hand-over": _undo,
    "return-order": _return,
    "put-back": _simple(_put_back),
    "unfinished": _unfinished,
    "resume": _resume,
    "arrive": _arrive,
}
