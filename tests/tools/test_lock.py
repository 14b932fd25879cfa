"""What is installed for a house is what the product asks for, whatever the tests bring along."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
ASKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)", re.MULTILINE)

STARTS_WITHOUT = """
import pkgutil, re, sys
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()

pinned = re.findall(r"^([A-Za-z0-9._-]+)==", Path("requirements.txt").read_text(), re.MULTILINE)
house = {plain(name) for name in pinned}
absent = {
    module
    for module, packages in packages_distributions().items()
    if not any(plain(package) in house for package in packages)
}

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"not in requirements.txt: {name}", name=name)

sys.meta_path.insert(0, Absent())
import hoffice
import wsgi
for module in pkgutil.walk_packages(hoffice.__path__, "hoffice."):
    import_module(module.name)
print(len(absent), "absent,", len(sys.modules), "modules")
"""
"""Imports the whole product in an environment that has only what ``requirements.txt`` installs."""


def plain(name: str) -> str:
    """A package's name as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(name: str) -> dict[str, str]:
    """Each package of a lock file with its version."""
    text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    return {plain(package): version for package, version in PIN.findall(text)}


def asked(name: str) -> set[str]:
    """The packages that a file of wishes names."""
    text = (ROOT / f"{name}.in").read_text(encoding="utf-8")
    return {plain(package) for package in ASKED.findall(text)}


def test_every_wish_is_pinned_and_tests_run_with_what_a_house_runs_with() -> None:
    house, tests = pins("requirements"), pins("requirements-dev")

    assert asked("requirements") <= house.keys()
    assert asked("requirements-dev") <= tests.keys() | house.keys()
    assert {name: tests[name] for name in house.keys() & tests.keys()} == {
        name: house[name] for name in house.keys() & tests.keys()
    }


def test_the_product_needs_nothing_that_only_its_tests_bring(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", STARTS_WITHOUT],
        cwd=ROOT,
        env={
            "HOFFICE_INSTANCE": str(tmp_path),
            "HOFFICE_DEMO": "1",
            "HOFFICE_SECRET_KEY": "x" * 40,
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout.split()[0]) > 0  # the tests bring something, or this shows nothing
