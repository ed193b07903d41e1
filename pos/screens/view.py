"""What the screen says of a session: words for the widgets, no rule and no sum of its own."""

from __future__ import annotations

from collections.abc import Iterator

from pos.domain.basket import Basket
from pos.domain.events import SaleFinished
from pos.domain.line import Line
from pos.domain.words import Amount, Quantity, Sentence
from pos.ports import DeviceState, StatusChanged
from pos.screens.dialogs.commands import cap
from pos.screens.dialogs.tenders import METHODS
from pos.screens.face import Face
from pos.screens.session import Session
from pos.screens.watch import DRAWER
from pos.screens.widgets.cells import left
from pos.screens.widgets.entry_line import Entry
from pos.screens.widgets.key_bar import Cap
from pos.screens.widgets.notice_line import Mark
from pos.screens.widgets.status_bar import Light, Status
from pos.screens.widgets.total_panel import Total
from pos.till import printing, tickets
from pos.till.desk import PRINTER
from pos.till.readiness import NETWORK, age
from pos.till.weighing import SCALE, Weighing

CAPS: dict[str, Sentence] = {
    "help": Sentence("Help"),
    "search": Sentence("Search"),
    "quantity": Sentence("Quantity"),
    "discount": Sentence("Discount"),
    "park": Sentence("Park"),
    "recall": Sentence("Recall"),
    "print": Sentence("Ticket"),
    "quick_cash": Sentence("Cash list"),
    "cash": Sentence("Cash"),
    "card": Sentence("Card"),
    "other_tender": Sentence("Others"),
    "cashier": Sentence("Cashier"),
    "void_line": Sentence("Void"),
    "undo": Sentence("Undo"),
    "price": Sentence("Price"),
    "ticket_discount": Sentence("Ticket −%"),
    "abandon": Sentence("Abandon"),
    "open_drawer": Sentence("Drawer"),
}
"""What is written beside each key: one short word."""

LIGHTS: dict[str, Sentence] = {
    "printer": Sentence("Printer"),
    "spare": Sentence("Spare"),
    "labels": Sentence("Labels"),
    "scanner": Sentence("Scanner"),
    "drawer": Sentence("Drawer"),
    "display": Sentence("Display"),
    SCALE: Sentence("Scale"),
    NETWORK: Sentence("Network"),
}
"""The devices as the status line calls them."""

STATES: dict[DeviceState, Sentence] = {
    DeviceState.BUSY: Sentence("busy"),
    DeviceState.ATTENTION: Sentence("look at it"),
    DeviceState.OFFLINE: Sentence("not connected"),
    DeviceState.ABSENT: Sentence("none"),
}
"""What the status line adds for a device that says nothing more of itself."""


FRESH_S = 120
"""The age in seconds from which on the status line tells how old a printer's state is."""

TYPED_CELLS = 8
"""What the entry line keeps for the typed text of a question about an article."""

ENTRY_EDGES = 6 + TYPED_CELLS
"""The cells of the entry line that neither the question nor the hint has."""

NAME_LEAST = 6
"""The cells of an article's name that always stay in a question."""


def cursor(session: Session) -> int | None:
    """Return the number of the line that the next gesture means."""
    if session.cursor is not None:
        return session.cursor
    last = session.desk.basket.last
    return last.n if last else None


def total(session: Session, face: Face) -> Total:
    """Return the panel: the change after a sale, else what is due."""
    desk = session.desk
    running = session.prompt.running() if session.prompt is not None else None
    if running is not None:
        return Total(face.say("COUNTED"), face.amount(running))
    if desk.just_sold and desk.last_sale is not None:
        return _sold(desk.last_sale, face)
    at_work = session.prompt.weighing if session.prompt is not None else None
    if at_work is not None:
        return _weighed(at_work, face)
    basket = desk.basket
    notes = _line_notes(session, face)
    if basket.ticket_discount_amount:
        off = Amount(-basket.ticket_discount_amount)
        notes.append(face.say(Sentence("Ticket discount {amount}", amount=off)))
    if basket.tenders:
        paid = Sentence("Paid {paid} of {total}", paid=Amount(basket.paid),
                        total=Amount(basket.total))  # fmt: skip
        notes.append(face.say(paid))
    if basket.due < 0:
        notes[1:1] = _ways_back(session, face)
    label = face.say(_due_label(basket))
    if basket.lines:
        label += f" · {face.say(Sentence('{count} line', count=len(basket.lines)))}"
    amount = face.amount(abs(basket.due))
    return Total(label, amount, tuple(notes), is_owed=basket.due < 0)


def _weighed(at_work: Weighing, face: Face) -> Total:
    """Return what lies on the scale, what it would cost, and why it is not taken yet."""
    weight = face.quantity(at_work.seen, "kg") if at_work.seen else "–"
    price = Sentence("{price} a kilogram", price=Amount(at_work.price))
    notes = [at_work.text, face.say(at_work.why) or face.say("still")]
    if at_work.price:
        notes.append(f"{face.say(price)} = {face.amount(at_work.amount)}")
    if at_work.tare:
        tare = face.say(Sentence("Tare {tare}", tare=Quantity(at_work.tare, "kg")))
        notes[1] = f"{tare} · {notes[1]}"
    return Total(face.say("WEIGHT IN KG"), weight.removesuffix("kg").rstrip(), tuple(notes))


def _due_label(basket: Basket) -> Sentence:
    if basket.due < 0:
        return Sentence("TO PAY BACK")
    return Sentence("STILL DUE") if basket.tenders else Sentence("TOTAL")


def _ways_back(session: Session, face: Face) -> list[str]:
    """Return how the money goes back: the key, the amount and the ticket it was paid for."""
    keys = {"cash": "cash", "card": "card"}
    return [
        face.say(
            Sentence(
                "{key}: {method}, {amount}",
                key=_key(session, keys.get(way.method, "other_tender"), face),
                method=METHODS[way.method],
                amount=Amount(way.most),
            )
        )
        for way in session.ways_back
    ]


def _line_notes(session: Session, face: Face) -> list[str]:
    n = cursor(session)
    if n is None:
        return [session.desk.rules.shop.name, session.options.till]
    line = session.desk.basket.line(n)
    if line.returned is None:
        return [line.name, _sum(line, face)]
    why = f"{line.returned.ticket} · {line.returned.reason}".removeprefix(" · ")
    return [face.say(Sentence("Return: {name}", name=line.name)), why]


def _sum(line: Line, face: Face) -> str:
    quantity = face.quantity(line.quantity, line.unit.value)
    text = f"{quantity} × {face.amount(line.unit_price)}"
    if line.discount_amount:
        text += f" − {face.amount(line.discount_amount)}"
    return f"{text} = {face.amount(line.total)}"


def _sold(sale: SaleFinished, face: Face) -> Total:
    paid = ", ".join(
        f"{face.say(METHODS[one.method])} {face.amount(one.given)}" for one in sale.tenders
    )
    notes = (
        face.say(Sentence("Ticket {ticket}", ticket=sale.label)),
        face.say(Sentence("Total {amount}", amount=Amount(sale.total))),
        paid,
    )
    if sale.total < 0:
        return Total(face.say("PAID BACK"), face.amount(-sale.total), notes, is_change=True)
    if sale.change:
        return Total(face.say("CHANGE"), face.amount(sale.change), notes, is_change=True)
    return Total(face.say("PAID"), face.amount(sale.total), notes, is_change=True)


def entry(session: Session, face: Face) -> Entry:
    """Return the entry line: the prompt's question, or what is typed for the next gesture."""
    prompt = session.prompt
    if prompt is not None:
        hint = face.say(prompt.hint())
        room = session.columns - len(hint) - ENTRY_EDGES
        return Entry(_fitting(prompt.brief(), room, face), prompt.text, hint, prompt.secret)
    armed = session.desk.armed_quantity
    question = "" if armed is None else f"{face.quantity(armed, 'piece')} ×"
    return Entry(question, session.text, face.say(_hint(session, face)))


def _fitting(question: Sentence, room: int, face: Face) -> str:
    """Return a question in `room` cells where an article's name can give way for it."""
    text = face.say(question)
    name = question.values.get("name")
    if not isinstance(name, str) or len(text) <= room:
        return text
    most = max(NAME_LEAST, len(name) - (len(text) - room))
    short = left(name, min(most, len(name))).rstrip()
    return face.say(Sentence(question.template, **{**question.values, "name": short}))


def _key(session: Session, gesture: str, face: Face) -> str:
    return cap(session.keys.get(gesture, ""), face.say)


def _hint(session: Session, face: Face) -> Sentence:
    if session.text:
        return Sentence(
            "{cash}: cash · ×: quantity of the next · {quantity}: of this line · Enter: code",
            cash=_key(session, "cash", face),
            quantity=_key(session, "quantity", face),
        )
    if session.desk.basket.due < 0:
        keys = [_key(session, name, face) for name in ("cash", "card", "other_tender")]
        return Sentence("{keys}: pay back", keys=" ".join(keys))
    if session.desk.just_sold and session.desk.ports.printer is not None:
        key = _key(session, "print", face)
        if session.is_printed:
            return Sentence("{key} prints a counted copy.", key=key)
        return Sentence("Ticket? {key} prints it.", key=key)
    return Sentence("Scan · type a name · {help}: every key", help=_key(session, "help", face))


def notice(session: Session, face: Face) -> tuple[str, Mark]:
    """Return the sentence for the cashier and its mark; a question too long for its line first."""
    asked = _asked_above(session, face)
    if session.notice is not None:
        text = face.say(session.notice.sentence)
        return f"{asked} {text}".strip(), "✖" if session.notice.is_bad else "✓"
    if asked:
        return asked, "?"
    if session.desk.basket.is_empty and not session.desk.just_sold:
        return " ".join(face.say(hint) for hint in session.options.hints), "✓"
    return "", "✓"


def _asked_above(session: Session, face: Face) -> str:
    prompt = session.prompt
    if prompt is None or prompt.choices() or prompt.brief() == prompt.question():
        return ""
    return face.say(prompt.question())


def status(session: Session, face: Face) -> Status:
    """Return the status line."""
    desk = session.desk
    unsent = face.say(Sentence("{count} unsent", count=session.unsent))
    now = desk.now()
    return Status(
        lights=tuple(_lights(session, face)),
        warnings=tuple(_warnings(session, face)),
        texts=(unsent, desk.person.name if desk.person else "", f"{now:%H:%M}"),
        spare=_to_pick(session, face),
    )


def _to_pick(session: Session, face: Face) -> str:
    count = session.orders.to_pick
    return face.say(Sentence("{count} to pick", count=count)) if count else ""


def training(session: Session) -> str:
    """Return what the country wants every screen to say in training, "" while it is real."""
    if not session.desk.training:
        return ""
    return session.desk.ports.fiscal.training_mark()


def _warnings(session: Session, face: Face) -> Iterator[str]:
    """Yield what nobody may miss, what matters most first."""
    if session.orders.here:
        yield face.say(Sentence("{count} customer here", count=session.orders.here))
    if session.orders.new:
        yield face.say(Sentence("{count} new order", count=len(session.orders.new)))
    if session.closing_due:
        yield face.say(Sentence("{count} day to close", count=session.closing_due))
    if session.unsettled:
        yield face.say(Sentence("{count} card to settle", count=len(session.unsettled)))
    if lost := len(tickets.unknown_prints(session.desk)):
        yield face.say(Sentence("{count} print to check", count=lost))
    if waiting := len(printing.stuck(session.desk)):
        yield face.say(Sentence("{count} paper waits", count=waiting))
    if session.alarms:
        yield face.say(Sentence("{count} notice to read", count=len(session.alarms)))
    if session.marker_behind:
        yield face.say("marker not written")


def _lights(session: Session, face: Face) -> Iterator[Light]:
    """Yield the devices and the network; a till with no scanner of its own has a keyboard's."""
    for name in session.options.lights:
        yield _light(session, name, face)
    if not session.desk.ports.scanners:
        yield Light(face.say("Keyboard scanner"), DeviceState.READY)
    if NETWORK in session.desk.devices:
        yield _light(session, NETWORK, face)
    else:
        yield Light(face.say("Network"), DeviceState.ABSENT, face.say("not connected"))


def _light(session: Session, name: str, face: Face) -> Light:
    said = session.desk.devices.get(name)
    if said is None and name == DRAWER:  # it says nothing before it is told to open
        is_away = session.desk.device_state(tickets.PRINTER) is DeviceState.OFFLINE
        said = StatusChanged(DRAWER, DeviceState.OFFLINE if is_away else DeviceState.READY)
    state = DeviceState.ABSENT if said is None else said.state
    text = face.say(LIGHTS[name]) if name in LIGHTS else name
    detail = said.detail if said is not None else ""
    shown = face.say(detail) if detail else face.say(STATES[state]) if state in STATES else ""
    return Light(text, state, shown, _age(session, name, face))


def _age(session: Session, name: str, face: Face) -> str:
    """Return for how long the receipt printer has been as it is, once that is worth saying."""
    if name != PRINTER:
        return ""
    [one] = [one for one in session.device_log.standings([name]) if one.name == name]
    if one.since is None:
        return ""
    seconds = int((session.desk.ports.clock.now() - one.since).total_seconds())
    return face.say(age(seconds)) if seconds >= FRESH_S else ""


def caps(session: Session, face: Face) -> list[Cap]:
    """Return the function keys in the order of the keyboard."""
    keys = session.keys
    placed = sorted(
        (int(key[1:]), gesture) for gesture, key in keys.items() if key[:1] == "f" and key[1:]
    )
    return [Cap(f"F{n}", _cap(session, gesture, face), gesture) for n, gesture in placed]


def _cap(session: Session, gesture: str, face: Face) -> str:
    text = face.say(CAPS[gesture]) if gesture in CAPS else gesture
    parked = len(session.desk.parked)
    if gesture == "print" and (waiting := len(printing.stuck(session.desk))):
        return f"{face.say(LIGHTS['spare'])} ({waiting})"
    return f"{text} ({parked})" if gesture == "recall" and parked else text
