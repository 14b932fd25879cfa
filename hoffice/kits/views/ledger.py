"""Who has what: as of any moment, by person, by place, for the whole company; and corrections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.errors import N_, Refused
from hoffice.kits import queries, words
from hoffice.kits.models import Item, Transfer
from hoffice.kits.queries import bulk as counted
from hoffice.kits.queries import ledger as reading
from hoffice.kits.queries import transfers
from hoffice.kits.rules import Holder, HolderKind
from hoffice.kits.service.ledger import correct as put_right
from hoffice.kits.views.blueprint import READERS, bp, may_change
from hoffice.kits.views.choosing import (
    HOLDER_LABELS,
    PERSON,
    Meant,
    holder_in,
    meant,
    place_groups,
    value_of,
)
from hoffice.kits.views.naming import AT_LOCATIONS, LedgerLine, Names, ledger, paper
from hoffice.kits.views.transfers import standing
from hoffice.web import lists
from hoffice.web.deeds import tried
from hoffice.web.formats import moment_full, number
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated

TILES = (
    (HolderKind.EMPLOYEE, "house-check"),
    (HolderKind.STOCK, "house-door"),
    (HolderKind.DESK, "pc-display"),
    (HolderKind.VAN, "truck"),
    (HolderKind.REPAIR, "tools"),
    (HolderKind.LOST, "dash-circle"),
    (HolderKind.RETIRED, "x-circle"),
)
"""Where devices can be, as figures above the list, each with its icon."""
NOTE_CHARS = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the ledger: about whom, as of when, and known when."""

    at: datetime
    typed_at: str
    """Empty: now."""
    hint: str
    """Why it is now after all that is shown, though a moment was typed; else empty."""
    known_at: datetime | None
    holder: Holder | None
    person: str
    meant: Meant | None


def _asked() -> Asked:
    """Read the request; a day alone means its last minute.

    What is no moment, or one that is still to come, becomes now, and the page says so.
    """
    typed_at, hint = request.args.get("am", "").strip(), ""
    at, now = moment_in(typed_at), clock.now()
    if at is None or at > now:
        if typed_at and at is None:
            hint = _("“%(typed)s” is no day. You see how it is now.", typed=typed_at[:40])
        elif at is not None and at.astimezone(clock.BERLIN).date() > clock.today():
            hint = _("%(when)s is still to come. You see how it is now.", when=moment_full(at))
        at, typed_at = now, ""
    else:
        typed_at = at.astimezone(clock.BERLIN).replace(tzinfo=None).isoformat(timespec="minutes")
    person = request.args.get("person", "").replace("\0", "").strip()[:80]
    found = meant(person, request.args.get("welche", type=row_number)) if person else None
    holder = holder_in(request.args.get("wer", ""))
    if found is not None:
        holder = Holder(HolderKind.EMPLOYEE, found.person.id) if found.person is not None else None
    if holder is not None and holder.kind in AT_LOCATIONS and holder.id:
        reading.location(holder.id)  # a place that is not there has no page
    return Asked(
        at=at,
        typed_at=typed_at,
        hint=hint,
        known_at=at if request.args.get("damals") == "1" and typed_at else None,
        holder=holder,
        person=person,
        meant=found,
    )


def moment_in(text: str) -> datetime | None:
    """The moment that a field for day and time names, in Berlin; a day alone means its end."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return None
    if wall.tzinfo is None:
        wall = wall.replace(tzinfo=clock.BERLIN)
    if len(text) == len("2020-03-23"):
        wall += timedelta(days=1, microseconds=-1)
    try:
        return wall.astimezone(UTC)
    except OverflowError:
        return None


@bp.get("/wer-hat-was", endpoint="ledger")
@open_to(*READERS)
def who_has_what() -> ResponseReturnValue:
    """Every device as of a moment: with a person, at a place, in the whole company."""
    asked = _asked()
    shown = Shown()
    listing = lists.listed_rows(
        reading.items_at(asked.at, asked.holder, known_at=asked.known_at),
        name=_("Who had what on %(when)s", when=moment_full(asked.at))
        if asked.typed_at
        else _("Who has what"),
        columns=(
            lists.Column[Any]("tag", N_("Asset tag"), Item.asset_tag, lambda row: row.asset_tag),
            lists.Column("kind", N_("Kind"), Item.kind, lambda row: words.kind(row.kind)),
            lists.Column("model", N_("Model"), Item.model, lambda row: row.model),
            lists.Column("serial", N_("Serial number"), Item.serial, lambda row: row.serial),
            lists.Column("who", N_("Who has it"), text=shown.who),
            lists.Column("since", N_("Since"), text=shown.since),
            lists.Column("paper", N_("By which paper"), text=shown.paper),
        ),
        key=Item.id,
        search=queries.search_item_texts,
        filters=(
            lists.Filter(
                "art",
                N_("Where"),
                [(kind.value, str(_(label))) for kind, label in HOLDER_LABELS.items()],
                lambda word: reading.held_at(
                    asked.at, kind=HolderKind(word), known_at=asked.known_at
                ),
            ),
        ),
        sort="tag",
    )
    shown.learn(row.entry_id for row in listing)
    if listing.export:
        return lists.exported(listing, listing.export)
    counts = reading.holders_at(asked.at, known_at=asked.known_at)
    return render_template(
        "kits/ledger.html",
        listing=listing,
        asked=asked,
        shown=shown,
        holder_name=shown.name_of(asked.holder),
        groups=place_groups(with_vans=True),
        total=sum(counts.values()),
        tiles=_tiles(counts),
        places=_places(counts) if asked.holder is None else [],
        goods=_goods(asked),
        waiting=_waiting(asked),
        standing=standing,
    )


def _waiting(asked: Asked) -> Sequence[Transfer]:
    """What is about to change hands among those whom this page is about; nothing of a past day."""
    if asked.typed_at:
        return ()
    if asked.holder is None:
        return transfers.open_transfers()
    is_person = asked.holder.kind is HolderKind.EMPLOYEE
    return transfers.open_transfers_of(asked.holder.id) if is_person else ()


def _moment_asked() -> dict[str, Any]:
    """What a link to another view of the same moment carries along."""
    return {key: value for key, value in request.args.items() if key in {"am", "damals"}}


def _tiles(counts: Mapping[Holder, int]) -> list[dict[str, object]]:
    """The figures above the list; each narrows it, the one in force leads back to all."""
    chosen, kept = request.args.get("art", ""), _moment_asked()
    by_kind: Counter[HolderKind] = Counter()
    for holder, count in counts.items():
        by_kind[holder.kind] += count
    return [
        {
            "label": str(_(HOLDER_LABELS[kind])),
            "icon": icon,
            "value": number(by_kind[kind]),
            "url": url_for(".ledger", **kept, art=None if chosen == kind else kind.value),
            "current": chosen == kind,
        }
        for kind, icon in TILES
    ]


def _places(counts: Mapping[Holder, int]) -> list[tuple[str, str, int]]:
    """Every place that had devices, with its page and how many; the fullest first."""
    found = [(one, count) for one, count in counts.items() if one.kind is not HolderKind.EMPLOYEE]
    names, kept = Names(), _moment_asked()
    names.learn((one.kind, one.id) for one, _count in found)
    rows = [
        (names.of(one.kind, one.id), url_for(".ledger", **kept, wer=value_of(one)), count)
        for one, count in found
    ]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def _goods(asked: Asked) -> Sequence[tuple[int, str, int]]:
    """The small parts of the one who is asked about, beside the devices."""
    if asked.holder is None:
        return ()
    return counted.held_then(asked.holder, asked.at, known_at=asked.known_at)


class Shown:
    """The lines in force behind the rows of a list, with every name in them."""

    def __init__(self) -> None:
        self.lines: dict[int, reading.Line] = {}
        self.names = Names()

    def learn(self, entry_ids: Iterable[int]) -> None:
        """Fetch lines and names once the rows are known; the number of statements stays."""
        self.lines = reading.lines(entry_ids)
        self.names.learn((line.to.kind, line.to.id) for line in self.lines.values())

    def line(self, row: Any) -> reading.Line:
        """The line in force of a row."""
        return self.lines[row.entry_id]

    def who(self, row: Any) -> str:
        """Who had it."""
        to = self.line(row).to
        return self.names.of(to.kind, to.id)

    def who_url(self, row: Any) -> str | None:
        """Where more about who had it stands."""
        to = self.line(row).to
        return self.names.url(to.kind, to.id)

    def since(self, row: Any) -> datetime:
        """Since when."""
        return self.line(row).at

    def paper(self, row: Any) -> str:
        """By which paper or deed."""
        return paper(self.line(row).because)[0]

    def paper_url(self, row: Any) -> str | None:
        """Where the paper lies."""
        return paper(self.line(row).because)[1]

    @staticmethod
    def name_of(holder: Holder | None) -> str:
        """The one who is asked about, in words; of a person that is not there, nothing."""
        if holder is None:
            return ""
        names = Names()
        names.learn([(holder.kind, holder.id)])
        return names.of(holder.kind, holder.id)


# --- corrections ----------------------------------------------------------------------------------


@bp.app_template_global()
def in_reading_order(lines: Iterable[LedgerLine]) -> list[LedgerLine]:
    """Newest first, but what took the place of a wrong line stands under it."""
    return sorted(lines, key=lambda line: (-line.entry.at.timestamp(), line.entry.id))


@bp.route("/wer-hat-was/zeile/<int:entry_id>", methods=["GET", "POST"])
@open_to(Role.IT)
def correct(entry_id: int) -> ResponseReturnValue:
    """Say what a line of the ledger should have said; it stays, and a new one counts."""
    line = reading.entry(entry_id)
    if request.method == "GET":
        return _correction(entry_id)
    found: Meant | None = None
    to = holder_in(request.form.get("wohin", ""))
    if request.form.get("wohin") == PERSON:
        found = meant(request.form.get("person", ""), request.form.get("welche", type=row_number))
        to = Holder(HolderKind.EMPLOYEE, found.person.id) if found.person is not None else None
    if to is None:
        error = found.error if found is not None else _("Choose who had it.")
        return _correction(entry_id, error=error, found=found)
    note = request.form.get("note", "")[:NOTE_CHARS]
    made = tried(partial(put_right, entry_id, to, note=note, by=current_actor()))
    if isinstance(made, Refused):
        return _correction(entry_id, refused=translated(made), found=found)
    flash(_("Corrected. The wrong line stays and is crossed out."))
    return redirect(url_for(".item", item_id=line.item_id), HTTPStatus.SEE_OTHER)


def _correction(
    entry_id: int, *, error: str = "", refused: str = "", found: Meant | None = None
) -> ResponseReturnValue:
    line = reading.entry(entry_id)
    page = render_template(
        "kits/ledger_correct.html",
        line=ledger([line])[0],
        item=queries.item(line.item_id),
        is_corrected=reading.is_corrected(line.id),
        groups=place_groups(with_vans=False),
        person_choice=PERSON,
        typed=request.form,
        found=found,
        error=error,
        refused=refused,
        may_change=may_change(),
    )
    status = HTTPStatus.CONFLICT if refused else HTTPStatus.UNPROCESSABLE_ENTITY
    return page, status if error or refused else HTTPStatus.OK
