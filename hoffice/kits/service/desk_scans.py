"""Scans at a desk that is torn down.

Every scan is read (:mod:`hoffice.kits.rules.reading`) and either fills the next fitting place,
says something about the device scanned just before, or is refused with a sentence; then nothing
has changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.kits import queries, rules
from hoffice.kits.models import Item, ItemModel, Kit, Scan, Teardown
from hoffice.kits.queries import due_lines, fitness
from hoffice.kits.queries import teardown as reading
from hoffice.kits.rules import HolderKind, ItemKind, ItemState, desk, patterns, returning
from hoffice.kits.rules.desk import Facts
from hoffice.kits.rules.reading import Reading, What
from hoffice.kits.service import desk_changes, reserving, scanning
from hoffice.kits.service.kits import TAKEN, missing_of, put
from hoffice.kits.service.ledger import hand_to
from hoffice.kits.service.scanning import Accepted
from hoffice.kits.service.teardown import (
    begun,
    is_made_here,
    of_model,
    places_of,
    subject_of,
    write,
)
from hoffice.units import Actor

TAG_LENGTH: Final = 40
SERIAL_LENGTH: Final = 80
ENOUGH_SIGNS: Final = 2
"""So many signs of its own a pattern needs before it overrules what the place says."""

ENOUGH_TAGS: Final = 20
"""From so many devices on their tags tell how a tag of the house looks."""
MOST_TAGS: Final = 1000
"""So many of the newest are looked at."""

BOOKED: Final = {
    ItemState.LOST: N_(
        "%(tag)s is booked as lost. Say on its page that it was found, then scan it again."
    ),
    ItemState.RETIRED: N_(
        "%(tag)s is booked as retired. Put the ledger right on its page, then scan it again."
    ),
    ItemState.REPAIR: N_(
        "%(tag)s is booked as in repair. Say on its page that it is back, then scan it again."
    ),
    ItemState.TO_CHECK: N_(
        "%(tag)s came back and was not checked yet. Check it on its page, then scan it again."
    ),
}
"""Why a device in this state cannot be laid into a kit, and what to do."""

DAMAGED_HERE: Final = N_(
    "It is marked as damaged: take this scan back and send it to repair on its page, or say there "
    "that it works."
)
CASE_OPEN: Final = N_(
    "A damage of it waits for a decision: take this scan back and put it aside, or leave it if it "
    "works."
)
"""What to do with a device that goes into the kit all the same: whoever stands there can see it."""


class KindNeeded(Refused):
    """Nobody can know what kind of device it is; it has to be said together with the scan."""


class OddTag(Refused):
    """A new tag that is built like none of the house; it has to be said that it is one."""


@dataclass(frozen=True, slots=True)
class Said:
    """What comes along with a scan."""

    after: str = ""
    """The number of the last accepted scan of this device: what this one may belong to."""
    kind: ItemKind | None = None
    """The kind, where somebody had to say it."""
    means: str = ""
    """``tag`` or ``serial``, where somebody said which of them it is."""
    swapped: bool = False
    """This scanner was seen to believe in an American keyboard."""


def scan(
    teardown_id: int, scan_id: str, code: str, *, by: Actor, said: Said | None = None
) -> dict[str, Any]:
    """One scan at a desk; sent again, it gets the same answer. See :class:`Step`."""
    said = said or Said()
    return scanning.once(
        scan_id,
        subject_of(teardown_id),
        code,
        by=by,
        do=lambda: _accepted(teardown_id, code, said, by=by),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One scan, read, with everything it may belong to."""

    found: Teardown
    kit: Kit
    read: Reading
    said: Said
    before: dict[str, Any]
    """The answer to the scan before; empty when there was none."""
    waiting: Item | None
    """The device of the scan before, when it has no serial number yet."""
    by: Actor

    @property
    def because(self) -> str:
        """As what the ledger names this desk."""
        return subject_of(self.found.id)

    def accepted(self, did: str, say: str, item: Item | None = None, **more: Any) -> Accepted:
        """An answer: what was done, the sentence and its facts, and what else is to be known."""
        facts: dict[str, Any] = more.pop("facts", {})
        if item is not None:
            facts = {"tag": item.asset_tag, "kind": item.kind.value, **facts}
        answer = {"did": did, "say": say, "facts": facts, **more}
        if self.read.is_put_right:
            answer["put_right"] = True
        return Accepted(answer, item.id if item is not None else None)


def _accepted(teardown_id: int, code: str, said: Said, *, by: Actor) -> Accepted:
    found, kit = begun(teardown_id)
    before = _scan_before(said.after, subject_of(teardown_id))
    step = Step(
        found,
        kit,
        scanning.read(code, swapped=said.swapped),
        said,
        before.answer if before is not None else {},
        _waiting(before, kit),
        by,
    )
    match step.read.what:
        case What.ITEM:
            return _known(step, step.read.id or 0)
        case What.SERIAL:
            return _known_serial(step)
        case What.PLACE:
            return _set_desk(step)
        case What.MODEL:
            return _choose_model(step)
        case What.NEW_SERIAL:
            return _serial(step)
        case What.UNKNOWN:
            return _serial(step) if _is_serial(step) else _new(step)
        case _:
            raise _useless(step.read)


def _useless(read: Reading) -> Refused:
    """Why a code is no device, and what to scan instead."""
    short = read.text[:TAG_LENGTH]
    match read.what:
        case What.BOX:
            return Refused(
                N_("%(tag)s is the number of a box. Take the tag of the device."), tag=short
            )
        case What.GOOD:
            return Refused(
                N_("%(code)s is counted, not scanned: it goes in by itself at the end."),
                code=short,
            )
        case What.ARTICLE:
            return Refused(
                N_(
                    "%(code)s is the number of an article, and no model has it. Scan the tag or "
                    "the serial number instead."
                ),
                code=short,
            )
        case What.ADDRESS:
            return Refused(
                N_("This code leads to a page of the maker. Scan the tag with our number instead.")
            )
        case _:
            return Refused(N_("Scan or type the tag of a device."))


def _scan_before(after: str, subject: str) -> Scan | None:
    found = reading.scan(after) if after else None
    if found is None or found.subject != subject or found.answer.get("undone"):
        return None
    return found


def _waiting(before: Scan | None, kit: Kit) -> Item | None:
    if before is None or before.item_id is None:
        return None
    inside = (row.item for row in kit.kit_items if row.item_id == before.item_id)
    return next((item for item in inside if not item.serial), None)


def _is_serial(step: Step) -> bool:
    """Whether a code that nobody knows is a serial number and not a new tag.

    What somebody said counts, then the patterns of the models. Where they are silent, it is the
    serial number of the device scanned just before, unless it looks like that device's tag.
    """
    if step.said.means:
        return step.said.means == "serial"
    pattern = _pattern_of(step.waiting)
    if patterns.tells(pattern) and patterns.fits(pattern, step.read.text):
        return True
    tag_before = step.before.get("facts", {}).get("tag", "")
    if patterns.shape_of(step.read.text) == patterns.shape_of(tag_before):
        return False
    if step.read.models:
        return True
    return step.waiting is not None and not patterns.tells(pattern)


def _pattern_of(item: Item | None) -> str:
    if item is None or item.model_id is None:
        return ""
    return queries.model(item.model_id).serial_pattern


def _known(step: Step, item_id: int) -> Accepted:
    """A device that we have: into the kit, when it may."""
    [item] = queries.locked_items([item_id])
    if item.kit_item is not None and item.kit_item.kit_id == step.kit.id:
        say = N_("%(tag)s is here already. Nothing was changed.")
        return step.accepted("same", say, item, **{"tone": "note", **_care(item)})
    if _was_taken_back(item):
        write(item, _facts(step))
        return _lay(step, item, "new")
    refusal = why_not(item, step.kit)
    if refusal is not None:
        raise refusal
    return _lay(step, item, "in")


def why_not(item: Item, kit: Kit) -> Refused | None:
    """Why a device that we have cannot go into this kit now, and what to do about it."""
    tag = item.asset_tag
    if item.kit_item is not None:
        return Refused(
            N_(
                "%(tag)s belongs to the kit of %(name)s. Leave it for them, or take it out of that "
                "kit first."
            ),
            tag=tag,
            name=item.kit_item.kit.employee.name,
        )
    kept = item.reservation
    if kept is not None and kept.employee_id != kit.employee_id:
        return Refused(
            N_("%(tag)s is kept for %(name)s. Put it aside for them."),
            tag=tag,
            name=kept.employee.name,
        )
    holder = item.holding
    if holder is not None and holder.holder_kind is HolderKind.EMPLOYEE:
        name = queries.names_of([holder.holder_id]).get(holder.holder_id, "")
        due = due_lines.open_lines_of([item.id]).get(item.id)
        if due is not None:
            return Refused(
                N_(
                    "%(tag)s is due back from %(name)s. Take it back in return %(number)s, then "
                    "scan it again."
                ),
                tag=tag,
                name=name,
                number=due.return_id,
            )
        return Refused(
            N_("By the ledger %(name)s has %(tag)s at home. Book its return first."),
            tag=tag,
            name=name,
        )
    if item.state in {ItemState.IN_STOCK, ItemState.AT_DESK}:
        return None
    return Refused(BOOKED.get(item.state, N_("%(tag)s is not in stock.")), tag=tag)


def _care(item: Item) -> dict[str, Any]:
    """What somebody who lays this device into a kit should know; it stops nobody."""
    if item.id not in fitness.damaged_among([item.id]):
        return {}
    care = DAMAGED_HERE if item.condition == returning.DAMAGED else CASE_OPEN
    return {"tone": "care", "care": care}


def _was_taken_back(item: Item) -> bool:
    """Whether a tear-down has made this device by mistake and taken it back again."""
    if item.state is not ItemState.RETIRED:
        return False
    lines = queries.ledger_of_item(item.id)
    return (
        len(lines) > 1
        and lines[0].because == lines[1].because == lines[-1].because
        and (lines[0].because.startswith("teardown:"))
    )


def _known_serial(step: Step) -> Accepted:
    """A serial number that we have: it names its device, or says that something is wrong."""
    serial, waiting = step.read.text, step.waiting
    if len(step.read.items) > 1:
        raise Refused(
            N_("Several devices have the serial number %(serial)s. Scan the tag instead."),
            serial=serial,
        )
    [item_id] = step.read.items
    before = step.before.get("facts", {}).get("tag")
    owner = queries.item(item_id)
    if waiting is not None and step.before.get("did") == "new":
        raise Refused(
            N_(
                "%(serial)s is the serial number of %(owner)s. If %(tag)s is a second label on the "
                "same device, take the last scan back and scan %(owner)s."
            ),
            serial=serial,
            owner=owner.asset_tag,
            tag=waiting.asset_tag,
        )
    if owner.asset_tag == before:
        return step.accepted(
            "same",
            N_("%(serial)s is indeed the serial number of %(tag)s."),
            owner,
            facts={"serial": serial},
            tone="note",
        )
    return _known(step, item_id)


def _set_desk(step: Step) -> Accepted:
    """The label of a place: this is the desk."""
    place = reading.place(step.read.id) if step.read.id is not None else None
    if place is None:
        raise Refused(N_("There is no place with the label %(code)s."), code=step.read.text)
    before, step.found.location_id = step.found.location_id, place.id
    db.session.flush()
    db.session.expire(step.found, ["location"])
    return step.accepted(
        "desk", N_("This is %(place)s."), facts={"place": place.name}, was=before, tone="note"
    )


def _choose_model(step: Step) -> Accepted:
    """The article number of a model: the next device, or the one just made, is of this model."""
    model = queries.model(step.read.id or 0)
    last = step.before.get("did") == "new" and step.waiting
    if last and last.kind is model.kind and last.model_id != model.id:
        was = desk_changes.remembered(last)
        write(last, of_model(model))
        return step.accepted(
            "model_of",
            N_("%(tag)s is a %(model)s."),
            last,
            facts={"model": model.name},
            was=was,
        )
    return step.accepted(
        "model",
        N_("The next device is a %(model)s. Now scan its tag."),
        facts={"model": model.name},
        next={**_next(step), "model": model.id},
        tone="note",
    )


def _next(step: Step) -> dict[str, Any]:
    """What the scans before have said about the device that comes now."""
    said: dict[str, Any] = step.before.get("next", {})
    return said


def _serial(step: Step) -> Accepted:
    """A serial number that nobody has: of the device before, or of the one that comes next."""
    serial = step.read.text
    if len(serial) > SERIAL_LENGTH:
        raise Refused(N_("This is too long for a serial number. Scan or type it again."))
    item = step.waiting
    if item is None:
        model = _model_by_pattern(step, pattern="")
        known = {"serial": serial, **({"model": model.id} if model else {})}
        return step.accepted(
            "serial_first",
            N_("%(serial)s is a serial number. Now scan the tag of this device."),
            facts={"serial": serial},
            next={**_next(step), **known},
            tone="note",
        )
    desk_changes.require_free(item, serial)
    was = desk_changes.remembered(item)
    model = _model_by_pattern(step, pattern=_pattern_of(item))
    if model is not None and item.model_id != model.id and is_made_here(item, step.found):
        write(item, of_model(model))
        desk_changes.lay_anew(item, step.kit)
    item.serial = serial
    record(step.by, "kits.serial_noted", item, because=step.because)
    return step.accepted(
        "serial",
        N_("%(serial)s is noted as the serial number of %(tag)s."),
        item,
        facts={"serial": serial},
        was=was,
        again=step.read.what is What.UNKNOWN,
    )


def _model_by_pattern(step: Step, *, pattern: str) -> ItemModel | None:
    """The model whose serial numbers alone look like this one; None where that is not sure.

    ``pattern`` is the one of the model that the device is taken for: what fits it says no more.
    """
    if not step.read.models or (patterns.tells(pattern) and patterns.fits(pattern, step.read.text)):
        return None
    model = queries.model(step.read.models[0])
    return model if patterns.own_signs(model.serial_pattern) >= ENOUGH_SIGNS else None


def _new(step: Step) -> Accepted:
    """A tag that nobody has: the device is made, like the place it goes to."""
    tag = step.read.text
    if len(tag) > TAG_LENGTH:
        raise Refused(N_("This is too long for a tag. Scan the label with our number."))
    facts = _facts(step)
    _looks_like_ours(tag, step.said)
    item = Item(
        asset_tag=tag,
        kind=facts.kind,
        serial=_next(step).get("serial", ""),
        state=ItemState.IN_STOCK,
        created_at=clock.now(),
    )
    write(item, facts)
    db.session.add(item)
    flush_or(N_("There is already an item with the tag %(tag)s."), tag=tag)
    return _lay(step, item, "new")


def _looks_like_ours(tag: str, said: Said) -> None:
    """Ask before a slip of the hand becomes a device; who named it or its kind has looked at it.

    What was confirmed once is a tag of the house from then on.
    """
    if said.means or said.kind is not None:
        return
    ours = queries.newest_tags(limit=MOST_TAGS)
    if len(ours) >= ENOUGH_TAGS and not patterns.looks_like_any(tag, ours):
        raise OddTag(
            N_("“%(tag)s” looks like no tag of the house; the last one was %(last)s."),
            tag=tag,
            last=ours[0],
        )


def _facts(step: Step) -> Facts:
    """What a new device is: what was said, else what its model says, else the next empty place."""
    model_id = _next(step).get("model")
    if model_id is not None and step.said.kind is None:
        return of_model(queries.model(model_id))
    empty = desk.next_empty(places_of(step.found, by=step.by), step.said.kind)
    if empty is not None:
        return empty.facts
    if step.said.kind is not None:
        return Facts(step.said.kind)
    raise KindNeeded(
        N_("Everything that belongs to this desk is here. What is %(tag)s?"), tag=step.read.text
    )


def _lay(step: Step, item: Item, did: str) -> Accepted:
    """Into the kit, and into the ledger where it comes to the store by this."""
    lacked = missing_of(step.kit).get(item.kind, 0)
    kept = reserving.remembered(item)
    row = put(item, step.kit)
    flush_or(TAKEN)
    reserving.none_kept_for_others([item], step.kit.employee_id, by=step.by)
    hand_to([item.id], rules.STOCK, by=step.by, because=step.because)
    box = row.box.number if row.box is not None else 1
    record(
        step.by,
        "kits.item_put_in",
        step.kit,
        employee_id=step.kit.employee_id,
        item=item.id,
        box=box,
    )
    say = N_("%(tag)s (%(kind)s) is in box %(box)s.")
    if did == "new":
        say = N_("%(tag)s is new: %(kind)s, in box %(box)s.")
    if not lacked:
        say = N_("%(tag)s (%(kind)s) is in box %(box)s: one more than this kit type asks for.")
    told = {"tone": "good" if lacked else "note", **_care(item), **kept}
    return step.accepted(did, say, item, facts={"box": box}, **told)
