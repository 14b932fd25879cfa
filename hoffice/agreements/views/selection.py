"""Whom a deed is meant for: ticked people, a whole group, or everybody whose papers end soon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from hoffice import clock
from hoffice.agreements.chasing import WARN_DAYS, Group
from hoffice.agreements.queries import desk
from hoffice.web.numbers import row_number


@dataclass(frozen=True, slots=True)
class Selection:
    """What a form or an address says about whom; carried along until the deed is done."""

    ids: tuple[int, ...] = ()
    group: Group | None = None
    ends: int | None = None

    @classmethod
    def read(cls, sent: MultiDict[str, str]) -> Selection:
        """From ticks (``ids`` many times) or an address (``ids=1,2``); nonsense is left out."""
        parts = [("ids", part) for text in sent.getlist("ids") for part in text.split(",")]
        ids = dict.fromkeys(MultiDict(parts).getlist("ids", type=row_number))
        return cls(
            ids=tuple(ids),
            group=sent.get("group", type=Group),
            ends=next((days for days in WARN_DAYS if sent.get("ends") == str(days)), None),
        )

    def __bool__(self) -> bool:
        return bool(self.ids) or self.group is not None or self.ends is not None

    def people(self) -> list[int]:
        """The numbers of all that are meant; a group is asked for its people now."""
        if self.ids:
            return list(self.ids)
        if self.group is not None:
            return list(desk.ids_in_group(self.group, clock.today()))
        if self.ends is not None:
            return list(desk.ids_ending_within(self.ends, clock.today()))
        return []

    def arguments(self) -> Mapping[str, str]:
        """The same for an address or for hidden fields."""
        if self.ids:
            return {"ids": ",".join(map(str, self.ids))}
        if self.group is not None:
            return {"group": self.group.value}
        return {"ends": str(self.ends)} if self.ends is not None else {}
