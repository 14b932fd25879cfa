"""The import of devices: read a list, look at what it would do, take it over, or undo it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final, TypeVar

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.kits import queries
from hoffice.kits.models import CustodyEntry, Holding, Item, ItemImport, ItemImportLine
from hoffice.kits.queries import item_imports as reading
from hoffice.kits.rules import Holder, HolderKind, ItemKind, ItemState
from hoffice.kits.rules.catalogue import warranty_end
from hoffice.kits.rules.item_list import (
    Columns,
    Fate,
    Field,
    Line,
    ListedItem,
    Preview,
    assigned,
    compare,
    guess,
    plain,
    read,
    restored,
)
from hoffice.kits.rules.searching import item_text
from hoffice.kits.service.changing import is_away, open_its_box
from hoffice.kits.service.following import lock_kits_of
from hoffice.kits.service.ledger import STATE_WITH, hand_to
from hoffice.people.queries.portions import IN_ONE_GO, portions
from hoffice.people.staff_list.columns import folded
from hoffice.sheets.importing import (
    CHANGED,
    ImportState,
    applied,
    forget_old,
    is_applied,
    keep,
    let_worker_do,
    put_away,
    require_agreed,
    require_open,
    table_of,
)
from hoffice.sheets.tables import Table
from hoffice.units import Actor

T = TypeVar("T")

APPLY: Final = "kits.import"
UNDO: Final = "kits.import_undo"
"""The kinds of jobs that take over and undo a long list."""
LONG_FROM_LINES: Final = 1000
"""From so many lines on a job does it: a request must not keep the database waiting."""
UNDONE_IN_ONE_GO: Final = 500
"""So many devices a job undoes in one transaction: nobody waits for the others."""
NAMED: Final = 5
"""So many devices are named in a sentence."""
BY_MODEL: Final = ("litres", "weight_g", "is_fragile", "value_cents")
"""What a new device takes over from the model of the catalogue, unless its list says it."""


def begin_import(file_name: str, table: Table, *, by: Actor) -> ItemImport:
    """Keep a list that was read, its columns guessed; no device is changed yet."""
    forget_old_imports(by=by)
    made = ItemImport(mapping=guess(table.header).to_json())
    return keep(made, file_name, table, by=by, action="kits.list_read")


def assign_columns(import_id: int, fields: Sequence[Field | None], *, by: Actor) -> ItemImport:
    """Say which column holds what; one place per column.

    :raises Refused: when a field has two columns; a missing tag is only said by the page.
    """
    made = reading.item_import(import_id, lock=True)
    require_open(made)
    made.mapping = assigned(list(map(str, made.header)), fields).to_json()
    record(by, "kits.columns_assigned", made)
    return made


def columns_of(made: ItemImport) -> Columns:
    """Which column holds what, as guessed or as assigned."""
    return Columns.from_json(list(map(str, made.header)), made.mapping)


def preview_of(made: ItemImport) -> Preview:
    """What the list would do, against the house as it is now.

    :raises Refused: when no column holds the tag.
    """
    return compare(listed_of(made), reading.house())


def listed_of(made: ItemImport) -> tuple[ListedItem, ...]:
    """The devices of the list as its lines show them; to be compared once only.

    :raises Refused: when no column holds the tag.
    """
    columns = columns_of(made)
    if not columns.is_usable:
        raise Refused(N_("Say which column holds the asset tag; devices are told apart by it."))
    return read(table_of(made), columns, today=clock.today())


def ask_for_import(
    import_id: int, *, by: Actor, skip_errors: bool = False, expected: str = ""
) -> ItemImport:
    """Take over a short list at once; let a job do a long one (state ``applying``, ``job_id``).

    ``expected`` is what somebody saw in the preview and agreed to.
    """
    made = reading.item_import(import_id, lock=True)
    require_open(made)
    if len(made.rows) < LONG_FROM_LINES:
        return apply_import(import_id, by=by, skip_errors=skip_errors, expected=expected)
    made.state = ImportState.APPLYING
    asked = {"skip_errors": skip_errors, "expected": expected}
    let_worker_do(APPLY, made, lines=len(made.rows), by=by, **asked)
    return made


def apply_import(
    import_id: int,
    *,
    by: Actor,
    skip_errors: bool = False,
    expected: str = "",
    listed: Sequence[ListedItem] | None = None,
) -> ItemImport:
    """Take the list over in this one transaction, compared anew with the house as it is now.

    A list that was taken over already stays as it is. Lines with errors refuse the whole list
    unless ``skip_errors`` says to leave them out. No device is ever removed. ``listed`` is what
    was read of its lines before the transaction began, if it was: nobody need wait for that.
    """
    made = reading.item_import(import_id, lock=True)
    if is_applied(made):
        return made
    found = compare(listed_of(made) if listed is None else listed, reading.house())
    counts = found.counts
    require_agreed(
        errors=counts[Fate.ERROR],
        skip_errors=skip_errors,
        is_readable=counts[Fate.ERROR] < len(found.lines),
        is_as_seen=expected in {"", found.expected},
    )
    now = clock.now()
    brought = [line for line in found.lines if line.fate is Fate.NEW]
    changed = [line for line in found.lines if line.fate is Fate.CHANGED]
    _lock_as_compared([*brought, *changed])
    _bring(made, brought, by=by, at=now)
    _change(made, changed)
    applied(made, counts, by=by, at=now, action="kits.import_applied")
    return made


def _lock_as_compared(lines: Iterable[Line]) -> None:
    """Lock the devices of these lines; refused where one is not as it was when it was compared.

    The kits of those that become another kind are locked before, as everywhere; their boxes hold
    something else from now on, and are open again. A box that has left refuses the list.
    """
    by_id = {line.item_id: line for line in lines if line.item_id is not None}
    kinds = {number for number, line in by_id.items() if "kind" in _changed_by(line)}
    kits = lock_kits_of(reading.owners_of(kinds))
    for some in portions(sorted(by_id)):
        for row in reading.locked_fields(some):
            line = by_id[row.id]
            if line.comes_back and row.state is not ItemState.RETIRED:
                raise Refused(CHANGED)
            if any(getattr(row, one.name) != one.before for one in line.changes):
                raise Refused(CHANGED)
    for some in portions(sorted(kinds)):
        for item in queries.locked_items(some):
            if item.kit_item is not None and item.kit_item.kit.employee_id not in kits:
                raise Refused(CHANGED)
            open_its_box(item)


def _changed_by(line: Line) -> set[str]:
    """The fields of a known device that this line says otherwise."""
    return {one.name for one in line.changes}


def _bring(made: ItemImport, lines: Sequence[Line], *, by: Actor, at: datetime) -> None:
    """New devices with the first line of their ledger, and those of an undone list again."""
    facts = {line.tag: _facts(line) for line in with_models(lines)}
    fresh = [line for line in lines if line.item_id is None]
    ids: dict[str, int] = {}
    for some in _cut(fresh):
        rows = [
            {
                "asset_tag": line.tag,
                "state": STATE_WITH.get(line.holder.kind, ItemState.IN_STOCK),
                "created_at": at,
                **facts[line.tag],
            }
            for line in some
        ]
        try:
            found = db.session.execute(insert(Item).returning(Item.id, Item.asset_tag), rows).all()
        except IntegrityError:
            raise Refused(CHANGED) from None
        ids |= {row.asset_tag: row.id for row in found}
    _first_lines({ids[line.tag]: line.holder for line in fresh}, made.id, by=by, at=at)
    again = {line.item_id: line for line in lines if line.item_id is not None}
    _write({item_id: facts[line.tag] for item_id, line in again.items()})
    holders: dict[Holder, list[int]] = {}
    for item_id, line in again.items():
        holders.setdefault(line.holder, []).append(item_id)
        ids[line.tag] = item_id
    for holder, item_ids in holders.items():
        for some_ids in portions(item_ids):
            hand_to(some_ids, holder, by=by, because=f"import:{made.id}", at=at)
    _note(made, ((ids[tag], None, values) for tag, values in facts.items()))


def with_models(lines: Iterable[Line]) -> Iterable[Line]:
    """Each line with what the catalogue says of its model where the list is silent."""
    models = reading.models_by_name()
    for line in lines:
        kind = ItemKind(str(line.values["kind"]))
        model = models.get((kind, folded(str(line.values.get("model", "")))))
        if model is None:
            yield line
            continue
        known = {name: getattr(model, name) for name in BY_MODEL} | {"model_id": model.id}
        bought = line.values.get("bought_on")
        until = warranty_end(bought if isinstance(bought, date) else None, model.warranty_months)
        if until is not None:
            known["warranty_until"] = until
        yield replace(line, values={**known, **line.values})


def _facts(line: Line) -> dict[str, Any]:
    """Every column that a list can fill, so that all rows are alike."""
    empty: dict[str, Any] = dict.fromkeys(("model", "serial", "condition", "note"), "")
    empty |= dict.fromkeys(("value_cents", "weight_g", "litres"), 0)
    empty |= {"is_fragile": False, "bought_on": None, "warranty_until": None, "model_id": None}
    return {**empty, **line.values}


def _first_lines(holders: Mapping[int, Holder], number: int, *, by: Actor, at: datetime) -> None:
    """The first line of many ledgers at once, and who has the devices."""
    for some in _cut(list(holders.items())):
        made = db.session.execute(
            insert(CustodyEntry).returning(CustodyEntry.item_id, CustodyEntry.id),
            [
                {
                    "item_id": item_id,
                    "from_kind": None,
                    "from_id": None,
                    "to_kind": holder.kind,
                    "to_id": holder.id,
                    "at": at,
                    "recorded_at": at,
                    "by": str(by),
                    "because": f"import:{number}",
                }
                for item_id, holder in some
            ],
        ).all()
        db.session.execute(
            insert(Holding),
            [
                {
                    "item_id": row.item_id,
                    "holder_kind": holders[row.item_id].kind,
                    "holder_id": holders[row.item_id].id,
                    "since": at,
                    "entry_id": row.id,
                }
                for row in made
            ],
        )


def _change(made: ItemImport, lines: Sequence[Line]) -> None:
    """Known devices, field by field."""
    by_id = {line.item_id: line for line in lines if line.item_id is not None}
    before = {
        item_id: {one.name: one.before for one in line.changes} for item_id, line in by_id.items()
    }
    after: dict[int, dict[str, Any]] = {
        item_id: {one.name: one.after for one in line.changes} for item_id, line in by_id.items()
    }
    _follow_model(before, after)
    _write(after)
    _note(made, ((item_id, before[item_id], values) for item_id, values in after.items()))


def _follow_model(
    before: Mapping[int, dict[str, Any]], after: Mapping[int, dict[str, Any]]
) -> None:
    """A device of another kind or model is of that model of the catalogue, or of none."""
    other = [item_id for item_id, values in after.items() if {"kind", "model"} & values.keys()]
    if not other:
        return
    models = reading.models_by_name()
    for item_id, (kind, model, model_id) in reading.of_which_model(other).items():
        values = after[item_id]
        key = (ItemKind(values.get("kind", kind)), folded(str(values.get("model", model))))
        found = models.get(key)
        now = None if found is None else found.id
        if now != model_id:
            before[item_id]["model_id"], values["model_id"] = model_id, now


def _write(values: Mapping[int, Mapping[str, Any]]) -> None:
    """Give many devices these values at once; each is found by its new words."""
    for some in portions(values):
        rows = [
            {
                "id": row.id,
                **values[row.id],
                "search_text": item_text(
                    *(values[row.id].get(name, getattr(row, name)) for name in reading.WORDS)
                ),
            }
            for row in reading.locked_words(some)
        ]
        rows.sort(key=sorted)  # one statement for all that change the same fields
        db.session.execute(update(Item), rows)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in values.items()}


def _cut(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """In portions that fit into one statement."""
    for start in range(0, len(rows), IN_ONE_GO):
        yield rows[start : start + IN_ONE_GO]


def _named(tags: Iterable[str]) -> str:
    """The first few of them."""
    found = list(tags)
    return ", ".join(found[:NAMED]) + (" …" if len(found) > NAMED else "")


def _note(
    made: ItemImport,
    lines: Iterable[tuple[int, Mapping[str, Any] | None, Mapping[str, Any]]],
) -> None:
    """What the list made of each device, and what it was before."""
    rows = [
        {
            "import_id": made.id,
            "item_id": item_id,
            "before": None if before is None else _plain(before),
            "after": _plain(after),
        }
        for item_id, before, after in lines
    ]
    for some in _cut(rows):
        db.session.execute(insert(ItemImportLine), some)


def ask_to_undo(import_id: int, *, by: Actor, leave_used: bool = False) -> ItemImport:
    """Undo a short list at once; let a job undo a long one, or what is left of it."""
    made = reading.item_import(import_id, lock=True)
    _require_undoable(made)
    left = reading.count_of_import(import_id, after=undone_to(made))
    if left < LONG_FROM_LINES:
        return undo_import(import_id, by=by, leave_used=leave_used)
    let_worker_do(UNDO, made, lines=left, by=by, leave_used=leave_used)
    return made


def undo_import(import_id: int, *, by: Actor, leave_used: bool = False) -> ItemImport:
    """Retire what the list brought, and give every changed field its old value again.

    Devices that were used or changed since refuse it by name; with ``leave_used`` they stay as
    they are. A retired one comes back when a later list has its tag again. A box that was open
    because of another kind stays so (``counts["opened"]``): somebody may have looked into it.
    """
    made = reading.item_import(import_id, lock=True)
    if not leave_used:
        require_unused(made)
    while made.undone_at is None:
        undo_some(import_id, by=by, leave_used=leave_used)
    return made


def undo_some(import_id: int, *, by: Actor, leave_used: bool = False) -> None:
    """Undo the next few devices of the list; with the last ones it is undone.

    What was undone so far stays so whatever happens before the next few.
    """
    made = reading.item_import(import_id, lock=True)
    if made.undone_at is not None:
        return
    _require_undoable(made)
    lines = reading.lines_of_import(import_id, after=undone_to(made), limit=UNDONE_IN_ONE_GO)
    lock_kits_of(reading.owners_of(line.item_id for line in lines if _was_another_kind(line)))
    queries.locked_items(line.item_id for line in lines)
    used = _used(made, lines)
    if not leave_used:
        _refuse_used(made, used)
    undone = [line for line in lines if line.item not in used]
    others = [line.item for line in undone if _was_another_kind(line)]
    for item in others:
        open_its_box(item)
    _write(
        {
            line.item_id: {name: restored(name, value) for name, value in line.before.items()}
            for line in undone
            if line.before
        }
    )
    brought = [line.item_id for line in undone if line.before is None]
    hand_to(brought, Holder(HolderKind.RETIRED), by=by, because=f"import:{import_id}")
    counts = {**made.counts}
    counts["undone"] = counts.get("undone", 0) + len(undone)
    counts["left"] = counts.get("left", 0) + len(used)
    if any(item.kit_item is not None for item in others):
        counts["opened"] = True
    counts["undone_to"] = lines[-1].item_id if lines else undone_to(made)
    made.counts = counts
    if len(lines) < UNDONE_IN_ONE_GO:
        made.undone_at, made.undone_by = clock.now(), str(by)
        record(by, "kits.import_undone", made, undone=counts["undone"], left=counts["left"])


def undone_to(made: ItemImport) -> int:
    """Up to which device the list is undone; 0 when nothing of it is."""
    return int(made.counts.get("undone_to", 0))


def require_unused(made: ItemImport) -> None:
    """Refuse to undo what was used or changed since, before anything is undone."""
    lines = reading.lines_of_import(made.id, after=undone_to(made))
    _refuse_used(made, _used(made, lines))


def _refuse_used(made: ItemImport, used: Sequence[Item]) -> None:
    if not used:
        return
    facts = {"count": len(used), "tags": _named(item.asset_tag for item in used)}
    if undone_to(made):
        raise Refused(
            N_(
                "Devices of this list that were used or changed since it came: %(tags)s "
                "(%(count)s in all). Say that these shall stay as they are, or undo first what was "
                "done with them. The list is undone in part. Devices that are as they were before: "
                "%(undone)s."
            ),
            undone=made.counts["undone"],
            **facts,
        )
    raise Refused(
        N_(
            "Devices of this list that were used or changed since it came: %(tags)s (%(count)s in "
            "all). Say that these shall stay as they are, or undo first what was done with them. "
            "Nothing was changed."
        ),
        **facts,
    )


def _used(made: ItemImport, lines: Sequence[ItemImportLine]) -> list[Item]:
    """Which devices are no longer as the list left them, in the order of their numbers."""
    brought = (line.item_id for line in lines if line.before is None)
    moved = reading.on_the_move_since(made.id, brought)
    return [
        line.item
        for line in lines
        if line.item_id in moved
        or (_was_another_kind(line) and is_away(line.item))
        or any(plain(getattr(line.item, name)) != value for name, value in line.after.items())
    ]


def _was_another_kind(line: ItemImportLine) -> bool:
    return "kind" in (line.before or {})


def discard_import(import_id: int, *, by: Actor) -> ItemImport:
    """Put a list away without changing any device; its lines are erased."""
    made = reading.item_import(import_id, lock=True)
    require_open(made)
    put_away(made, by=by, action="kits.import_discarded")
    return made


def forget_old_imports(*, by: Actor) -> int:
    """Erase the lines of lists that nobody decided on for a week; gives how many."""
    return forget_old(ItemImport, by=by, action="kits.import_forgotten")


def _require_undoable(made: ItemImport) -> None:
    if made.state is not ImportState.APPLIED:
        raise Refused(N_("This list was not taken over, so there is nothing to undo."))
    if made.undone_at is not None:
        raise Refused(N_("This list was undone already."))
