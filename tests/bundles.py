"""Which tests run together on one worker, and in which order the bundles begin."""

from __future__ import annotations

DEMO = "the demo in a browser"
"""The bundle of all that looks at one demo, which is served once."""

HOUSES_OF_THEIR_OWN = frozenset(
    {
        "test_board.py",
        "test_counting.py",
        "test_devices_in.py",
        "test_journey.py",
        "test_kit_story.py",
        "test_scans_waiting.py",
        "test_stacks.py",
        "test_teardown.py",
        "test_tiles.py",
        "test_writing.py",
    }
)
"""Files in tests/browser that start houses of their own: they need not wait for the demo."""

FIRST = (
    DEMO,
    "tests/browser/test_journey.py",
    "tests/agreements/test_desk_views.py",
    "tests/runs/test_service_slots.py",
    "tests/doctor/test_service.py",
    "tests/agreements/test_service_scans.py",
    "tests/demo/test_service_custody.py",
    "tests/runs/planning/test_checker_plans.py",
    # from here on the demo is kept, so that nobody waits until another worker has made it
    "tests/browser/test_board.py",
    "tests/demo/test_every_device.py",
    "tests/browser/",
    "tests/runs/planning/",
    "tests/demo/",
    "tests/tools/test_make_run.py",
    "tests/places/test_service_online.py",
    "tests/jobs/",
    "tests/stories/",
    "tests/doctor/",
    "tests/test_access.py",
    "tests/test_settings.py",
    "tests/places/test_cli.py",
    "tests/runs/",
    "tests/agreements/",
    "tests/handover/",
    "tests/desk/",
    "tests/kits/",
    "tests/portal/",
    "tests/accounts/",
    "tests/paper/",
    "tests/wording/test_isolated.py",
)
"""What takes longest, longest first. What comes last should be short: else one worker has nothing
to do while another one ends it."""


def rank(bundle: str) -> int:
    """The place of a bundle in that order; all that is not named there is short."""
    return next((n for n, begin in enumerate(FIRST) if bundle.startswith(begin)), len(FIRST))
