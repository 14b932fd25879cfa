"""What people do with vans, shifts, stops and runs: one function per deed."""

from hoffice.runs.service.driving import (
    begin_loading,
    close_run,
    due_trip,
    end_stop,
    left_behind,
    mark_loaded,
    start_run,
)
from hoffice.runs.service.fleet import (
    add_shift,
    add_shifts,
    add_van,
    change_shift,
    change_van,
    remove_shift,
    retire_van,
    set_depot,
    set_driver,
)
from hoffice.runs.service.lessons import learn_from_all, learn_from_runs
from hoffice.runs.service.plans import (
    PLAN,
    SECONDS_MOST,
    ask_for_plan,
    keep_answer,
    take_apart,
    take_plan,
)
from hoffice.runs.service.promises import Promise, promise_run, promises_of, withdraw_slot
from hoffice.runs.service.question import is_open, key_of, problem_for, van_facts, van_key
from hoffice.runs.service.stops import propose_missing, propose_stop

__all__ = [
    "PLAN",
    "SECONDS_MOST",
    "Promise",
    "add_shift",
    "add_shifts",
    "add_van",
    "ask_for_plan",
    "begin_loading",
    "change_shift",
    "change_van",
    "close_run",
    "due_trip",
    "end_stop",
    "is_open",
    "keep_answer",
    "key_of",
    "learn_from_all",
    "learn_from_runs",
    "left_behind",
    "mark_loaded",
    "problem_for",
    "promise_run",
    "promises_of",
    "propose_missing",
    "propose_stop",
    "remove_shift",
    "retire_van",
    "set_depot",
    "set_driver",
    "start_run",
    "take_apart",
    "take_plan",
    "van_facts",
    "van_key",
    "withdraw_slot",
]
