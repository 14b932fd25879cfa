"""The import of devices: read a list, look at what it would do, take it over, or undo it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.jobs import queries as jobs
from hoffice.jobs import rules as job_rules
from hoffice.jobs.service import enqueue
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
    Preview,
    assigned,
    compare,
    guess,
    plain,
    read,
    restored,
)
from hoffice.kits.service.ledger import STATE_WITH, hand_to
from hoffice.people.models import ImportState
from hoffice.people.queries.portions import IN_ONE_GO, portions
from hoffice.people.staff_list.columns import folded
from hoffice.sheets.reading import Table
from hoffice.units import Actor

T = TypeVar("T")

APPLY: Final = "kits.import"
UNDO: Final = "kits.import_undo"
"""The kinds of jobs that take over and undo a long list."""
LONG_FROM_LINES: Final = 1000
"""From so many lines on a job does it: a request must not keep the database waiting."""
KEPT: Final = timedelta(days=7)
"""How long a list that nobody decided on is kept."""
NAMED: Final = 5
"""So many devices are named in a sentence."""
BY_MODEL: Final = ("litres", "weight_g", "is_fragile", "value_cents")
"""What a new device takes over from the model of the catalogue, unless its list says it."""


def begin_import(file_name: str, table: Table, *, by: Actor) -> ItemImport:
    """Keep a list that was read, its columns guessed; no device is changed yet."""
    forget_old_imports(by=by)
    made = ItemImport(
        file_name=file_name[:200],
        header=list(table.header),
        rows=[[line, list(cells)] for line, cells in table.rows],
        mapping=guess(table.header).to_json(),
        state=ImportState.PREVIEW,
        counts={"lines": len(table.rows)},
        at=clock.now(),
        by=str(by),
    )
    db.session.add(made)
    db.session.flush()
    record(
        by,
        "kits.list_read",
        made,
        personal={"file_name": made.file_name},
        lines=len(table.rows),
    )
    return made


def assign_columns(import_id: int, fields: Sequence[Field | None], *, by: Actor) -> ItemImport:
    """Say which column holds what; one place per column.

    :raises Refused: when a field has two columns; a missing tag is only said by the page.
    """
    made = reading.item_import(import_id, lock=True)
    _require_open(made)
    made.mapping = assigned(list(map(str, made.header)), fields).to_json()
    record(by, "kits.columns_assigned", made)
    return made


def columns_of(made: ItemImport) -> Columns:
    """Which column holds what, as guessed or as assigned."""
    return Columns.from_json(list(map(str, made.header)), made.mapping)


def table_of(made: ItemImport) -> Table:
    """The list as it was read."""
    return Table(
        tuple(map(str, made.header)),
        tuple((int(line), tuple(cells)) for line, cells in made.rows),
    )


def preview_of(made: ItemImport) -> Preview:
    """What the list would do, against the house as it is now.

    :raises Refused: when no column holds the tag.
    """
    columns = columns_of(made)
    if not columns.is_usable:
        raise Refused(N_("Say which column holds the asset tag; devices are told apart by it."))
    return compare(read(table_of(made), columns), reading.house())


def ask_for_import(
    import_id: int, *, by: Actor, skip_errors: bool = False, expected: str = ""
) -> ItemImport:
    """Take over a short list at once; let a job do a long one (state ``applying``, ``job_id``).

    ``expected`` is what somebody saw in the preview and agreed to.
    """
    made = reading.item_import(import_id, lock=True)
    _require_open(made)
    if len(made.rows) < LONG_FROM_LINES:
        return apply_import(import_id, by=by, skip_errors=skip_errors, expected=expected)
    args = {"import_id": import_id, "skip_errors": skip_errors, "expected": expected}
    total = len(made.rows)
    job = enqueue(APPLY, {**args, "lines": total}, by=by, key=f"{APPLY}:{import_id}", total=total)
    made.state, made.job_id = ImportState.APPLYING, job.id
    return made


def apply_import(
    import_id: int, *, by: Actor, skip_errors: bool = False, expected: str = ""
) -> ItemImport:
    """Take the list over in this one transaction, compared anew with the house as it is now.

    A list that was taken over already stays as it is. Lines with errors refuse the whole list
    unless ``skip_errors`` says to leave them out. No device is ever removed.
    """
    made = reading.item_import(import_id, lock=True)
    if made.state is ImportState.APPLIED:
        return made
    if made.state is ImportState.DISCARDED:
        raise Refused(N_("This list was put away. Upload it again."))
    found = preview_of(made)
    _require_agreed(found, skip_errors=skip_errors, expected=expected)
    now = clock.now()
    brought = [line for line in found.lines if line.fate is Fate.NEW]
    changed = [line for line in found.lines if line.fate is Fate.CHANGED]
    _bring(made, brought, by=by, at=now)
    _change(made, changed)
    counts = found.counts
    made.counts = {"lines": len(made.rows), **counts}
    made.rows = []  # what it did stands in its lines
    made.state, made.applied_at = ImportState.APPLIED, now
    record(
        by,
        "kits.import_applied",
        made,
        new=counts["new"],
        changed=counts["changed"],
        left_out=counts["error"],
    )
    return made


def _bring(made: ItemImport, lines: Sequence[Line], *, by: Actor, at: datetime) -> None:
    """New devices with the first line of their ledger, and those of an undone list again."""
    facts = {line.tag: _facts(line) for line in _with_models(lines)}
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
            raise Refused(_CHANGED) from None
        ids |= {row.asset_tag: row.id for row in found}
    _first_lines({ids[line.tag]: line.holder for line in fresh}, made.id, by=by, at=at)
    again = {line.item_id: line for line in lines if line.item_id is not None}
    for some_ids in portions(again):
        for item in queries.locked_items(some_ids):
            for name, value in facts[again[item.id].tag].items():
                setattr(item, name, value)
        db.session.flush()
    holders: dict[Holder, list[int]] = {}
    for item_id, line in again.items():
        holders.setdefault(line.holder, []).append(item_id)
        ids[line.tag] = item_id
    for holder, item_ids in holders.items():
        for some_ids in portions(item_ids):
            hand_to(some_ids, holder, by=by, because=f"import:{made.id}", at=at)
    _note(made, ((ids[tag], None, values) for tag, values in facts.items()))


def _with_models(lines: Sequence[Line]) -> Iterable[Line]:
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
        yield Line(line.fate, line.line, line.tag, {**known, **line.values}, line.item_id)


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
    for some in portions(by_id):
        for item in queries.locked_items(some):
            for change in by_id[item.id].changes:
                setattr(item, change.name, change.after)
        db.session.flush()
    _note(
        made,
        (
            (
                item_id,
                {one.name: one.before for one in line.changes},
                {one.name: one.after for one in line.changes},
            )
            for item_id, line in by_id.items()
        ),
    )


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
    """Undo a short list at once; let a job undo a long one."""
    made = reading.item_import(import_id, lock=True)
    _require_undoable(made)
    total = reading.count_of_import(import_id)
    if total < LONG_FROM_LINES:
        return undo_import(import_id, by=by, leave_used=leave_used)
    job = enqueue(
        UNDO,
        {"import_id": import_id, "leave_used": leave_used, "lines": total},
        by=by,
        key=f"{UNDO}:{import_id}",
        total=total,
    )
    made.job_id = job.id
    return made


def undo_import(import_id: int, *, by: Actor, leave_used: bool = False) -> ItemImport:
    """Retire what the list brought, and give every changed field its old value again.

    Devices that were used or changed since refuse it by name; with ``leave_used`` they stay as
    they are. A retired one comes back when a later list has its tag again.
    """
    made = reading.item_import(import_id, lock=True)
    if made.undone_at is not None:
        return made
    _require_undoable(made)
    lines = reading.lines_of_import(import_id)
    items = {
        item.id: item
        for some in portions(line.item_id for line in lines)
        for item in queries.locked_items(some)
    }
    used = _used(made, lines)
    if used and not leave_used:
        raise Refused(
            N_(
                "Since this list came, %(count)s of its devices were used or changed: %(tags)s. "
                "Say that these shall stay as they are, or undo first what was done with them. "
                "Nothing was changed."
            ),
            count=len(used),
            tags=_named(items[item_id].asset_tag for item_id in sorted(used)),
        )
    undone = [line for line in lines if line.item_id not in used]
    for line in undone:
        for name, value in (line.before or {}).items():
            setattr(items[line.item_id], name, restored(name, value))
    db.session.flush()
    for some in portions(line.item_id for line in undone if line.before is None):
        hand_to(some, Holder(HolderKind.RETIRED), by=by, because=f"import:{import_id}")
    made.undone_at, made.undone_by = clock.now(), str(by)
    made.counts = {**made.counts, "undone": len(undone), "left": len(used)}
    record(by, "kits.import_undone", made, undone=len(undone), left=len(used))
    return made


def _used(made: ItemImport, lines: Sequence[ItemImportLine]) -> set[int]:
    """Which devices are no longer as the list left them."""
    moved = reading.on_the_move_since(made.id)
    return {
        line.item_id
        for line in lines
        if (line.before is None and line.item_id in moved)
        or any(plain(getattr(line.item, name)) != value for name, value in line.after.items())
    }


def discard_import(import_id: int, *, by: Actor) -> ItemImport:
    """Put a list away without changing any device; its lines are erased."""
    made = reading.item_import(import_id, lock=True)
    _require_open(made)
    made.state, made.rows = ImportState.DISCARDED, []
    record(by, "kits.import_discarded", made)
    return made


def forget_old_imports(*, by: Actor) -> int:
    """Erase the lines of lists that nobody decided on for a week; gives how many."""
    old = reading.item_imports_with_rows_before(clock.now() - KEPT)
    for made in old:
        made.state, made.rows = ImportState.DISCARDED, []
        record(by, "kits.import_forgotten", made)
    return len(old)


def is_at_work(made: ItemImport) -> bool:
    """Whether a job is just taking the list over or undoing it."""
    if made.job_id is None:
        return False
    return jobs.job(made.job_id).state not in job_rules.FINISHED


_CHANGED: Final = N_(
    "Something has changed since you looked at the preview. Look at it again. Nothing was changed "
    "by the list."
)


def _require_open(made: ItemImport) -> None:
    """Refuse what was decided already; a job that failed leaves the decision open again."""
    if made.state is ImportState.APPLIED:
        raise Refused(N_("This list was applied already."))
    if made.state is ImportState.DISCARDED:
        raise Refused(N_("This list was put away. Upload it again."))
    if is_at_work(made):
        raise Refused(N_("This list is just being applied."))


def _require_undoable(made: ItemImport) -> None:
    if made.state is not ImportState.APPLIED:
        raise Refused(N_("This list was not taken over, so there is nothing to undo."))
    if made.undone_at is not None:
        raise Refused(N_("This list was undone already."))


def _require_agreed(found: Preview, *, skip_errors: bool, expected: str) -> None:
    errors = found.counts[Fate.ERROR]
    if errors == len(found.lines):
        raise Refused(N_("Not a single line of this list can be read. Nothing was changed."))
    if errors and not skip_errors:
        raise Refused(
            N_(
                "Lines with errors: %(errors)s. Correct them in the file and upload it again, or "
                "say that these lines shall be left out. Nothing was changed."
            ),
            errors=errors,
        )
    if expected and expected != found.expected:
        raise Refused(_CHANGED)
