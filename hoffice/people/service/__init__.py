"""The deeds around people: the staff import, people, homes, teams and clients."""

from hoffice.people.service.answers import choose_candidate, keep_as_written, relocate_home
from hoffice.people.service.homes import (
    MovedFar,
    change_home,
    confirm_home,
    pin_home,
    say_at_home,
    unpin_home,
)
from hoffice.people.service.imports import (
    APPLY,
    apply_import,
    ask_for_import,
    assign_columns,
    begin_import,
    columns_of,
    discard_import,
    forget_old_imports,
    is_stuck,
    prepare,
    preview_of,
    table_of,
)
from hoffice.people.service.people import add_person, change_person
from hoffice.people.service.teams import (
    add_client,
    add_project,
    add_team,
    change_client,
    change_team,
    rename_project,
)

__all__ = [
    "APPLY",
    "MovedFar",
    "add_client",
    "add_person",
    "add_project",
    "add_team",
    "apply_import",
    "ask_for_import",
    "assign_columns",
    "begin_import",
    "change_client",
    "change_home",
    "change_person",
    "change_team",
    "choose_candidate",
    "columns_of",
    "confirm_home",
    "discard_import",
    "forget_old_imports",
    "is_stuck",
    "keep_as_written",
    "pin_home",
    "prepare",
    "preview_of",
    "relocate_home",
    "rename_project",
    "say_at_home",
    "table_of",
    "unpin_home",
]
