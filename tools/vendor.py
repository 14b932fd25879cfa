"""Copy the browser libraries we serve from ``assets/node_modules`` into the project.

Run ``npm ci --ignore-scripts`` in ``assets/`` first, then ``python tools/vendor.py``. What is
copied is a fixed list, so that a package can never bring in a file nobody has looked at. The
manifests ``VERSIONS.json`` name version, licence and SHA-256 of every file; tests check them.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "assets" / "node_modules"
SERVED = ROOT / "hoffice" / "static" / "vendor"
FOR_TESTS = ROOT / "tests" / "browser" / "vendor"
SPRITE = ROOT / "hoffice" / "static" / "icons.svg"


@dataclass(frozen=True)
class Library:
    """One package and the files we take from it: ``source in the package -> name at our place``."""

    package: str
    licence_file: str
    files: tuple[tuple[str, str], ...]
    to: Path = SERVED
    inside: tuple[str, ...] = ()
    """Packages of others that were built into its files; their licences come along."""


LIBRARIES = (
    Library(
        "bootstrap",
        "LICENSE",
        (("dist/css/bootstrap.min.css", "bootstrap.min.css"),),
    ),
    Library("bootstrap-icons", "LICENSE", ()),
    Library(
        "@fontsource-variable/source-sans-3",
        "LICENSE",
        (
            ("files/source-sans-3-latin-wght-normal.woff2", "source-sans-3-latin.woff2"),
            ("files/source-sans-3-latin-ext-wght-normal.woff2", "source-sans-3-latin-ext.woff2"),
        ),
    ),
    Library(
        "leaflet",
        "LICENSE",
        (
            ("dist/leaflet.js", "leaflet/leaflet.js"),
            ("dist/leaflet.css", "leaflet/leaflet.css"),
            ("dist/images/layers.png", "leaflet/images/layers.png"),
            ("dist/images/layers-2x.png", "leaflet/images/layers-2x.png"),
            ("dist/images/marker-icon.png", "leaflet/images/marker-icon.png"),
        ),
    ),
    Library(
        "protomaps-leaflet",
        "LICENSE",
        (("dist/protomaps-leaflet.js", "protomaps-leaflet.js"),),
        inside=(
            *("@mapbox/point-geometry", "@mapbox/vector-tile", "@protomaps/basemaps", "color2k"),
            *("fflate", "pbf", "pmtiles", "potpack", "quickselect", "rbush"),
        ),
    ),
    Library(
        "signature_pad",
        "LICENSE",
        (("dist/signature_pad.min.js", "signature_pad.min.js"),),
    ),
    Library(
        "barcode-detector",
        "LICENSE",
        (
            ("dist/es/ponyfill.js", "barcode-detector/ponyfill.js"),
            ("dist/es/zxing-exported.js", "barcode-detector/zxing-exported.js"),
        ),
        inside=("zxing-wasm",),
    ),
    Library(
        "zxing-wasm",
        "LICENSE",
        (("dist/reader/zxing_reader.wasm", "barcode-detector/zxing_reader.wasm"),),
    ),
    Library("axe-core", "LICENSE", (("axe.min.js", "axe.min.js"),), to=FOR_TESTS),
)

ICONS = (
    *("arrow-clockwise", "arrow-counterclockwise", "arrow-down", "arrow-left", "arrow-left-right"),
    *("arrow-repeat", "arrow-return-left", "arrow-right", "arrow-right-circle-fill", "arrow-up"),
    *("arrows-fullscreen", "arrows-move", "bar-chart", "bell", "bookmark", "box-arrow-right"),
    *("box-seam", "briefcase", "building", "calendar-event", "calendar-week", "camera", "chat"),
    *("check-circle-fill", "check-lg", "chevron-down", "chevron-expand", "chevron-left"),
    *("chevron-right", "chevron-up", "circle", "circle-half", "clipboard", "clock"),
    *("clock-history", "dash-circle", "dash-lg", "display", "download", "envelope", "ethernet"),
    *("exclamation-triangle-fill", "eye", "file-earmark-check", "file-earmark-spreadsheet"),
    *("file-earmark-text", "filter", "fingerprint", "flag", "fuel-pump", "funnel", "gear"),
    *("geo-alt", "grip-vertical", "hash", "headset", "hourglass-split", "house-check"),
    *("house-door", "image", "info-circle", "key", "keyboard", "laptop", "life-preserver", "link"),
    *("list", "list-check", "list-ul", "lock", "lock-fill", "map", "moon", "mouse", "p-square"),
    *("patch-check", "pause", "pc-display", "pc-display-horizontal", "pen", "pencil", "people"),
    *("people-fill", "person", "person-check", "person-plus", "phone", "pin-map", "play", "plug"),
    *("plus-lg", "printer", "qr-code", "qr-code-scan", "question-circle", "search", "send"),
    *("shield-check", "shield-lock", "signpost-2", "sliders", "speedometer2", "stopwatch", "sun"),
    *("table", "tag", "tags", "telephone", "three-dots", "tools", "translate", "trash", "truck"),
    *("unlock-fill", "upc-scan", "upload", "usb-symbol", "volume-up", "wifi-off", "x-circle"),
    *("x-lg",),
)
"""Every icon a page may use: those named in the design plus what lists and forms need."""


def digest(file: Path) -> str:
    """SHA-256 of a file, as the manifests spell it."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def package_json(package: str) -> dict[str, Any]:
    """What the installed package says about itself."""
    told: dict[str, Any] = json.loads((MODULES / package / "package.json").read_text("utf-8"))
    return told


def locked_version(package: str) -> str:
    """The version the lock file wants; an installed one that differs must not be copied."""
    lock = json.loads((ROOT / "assets" / "package-lock.json").read_text("utf-8"))
    return str(lock["packages"][f"node_modules/{package}"]["version"])


def licence_of(package: str) -> str:
    """Name, version and licence of a package, with the text where the package brings it."""
    told = package_json(package)
    texts = sorted((MODULES / package).glob("LICEN[CS]E*"))
    text = texts[0].read_text("utf-8") if texts else f"{told['license']}\n"
    return f"=== {package} {told['version']} ({told['license']}) ===\n\n{text}"


def copy(library: Library) -> dict[str, object]:
    """Copy one library with its licence text; gives its entry in the manifest."""
    told = package_json(library.package)
    if told["version"] != locked_version(library.package):
        sys.exit(f"{library.package} {told['version']} is installed, the lock file says otherwise")
    short = library.package.rsplit("/", 1)[-1]
    wanted = (*library.files, (library.licence_file, f"licences/{short}.txt"))
    sums = {}
    for source, name in wanted:
        target = library.to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((MODULES / library.package / source).read_bytes())
        sums[name] = digest(target)
    if library.inside:
        name = f"licences/{short}-inside.txt"
        (library.to / name).write_text("\n".join(map(licence_of, library.inside)), "utf-8")
        sums[name] = digest(library.to / name)
    return {
        "name": library.package,
        "version": told["version"],
        "licence": told["license"],
        "files": sums,
    }


def symbol(name: str) -> str:
    """One icon as a symbol of the sprite, without the classes and sizes of the single file."""
    svg = (MODULES / "bootstrap-icons" / "icons" / f"{name}.svg").read_text("utf-8")
    inside = re.sub(r"\s+", " ", re.sub(r"</?svg[^>]*>", "", svg)).strip().replace("> <", "><")
    return f'<symbol id="{name}" viewBox="0 0 16 16">{inside}</symbol>'


def build_sprite() -> None:
    """Write all icons into one file; pages point into it with ``<use>``."""
    symbols = "\n".join(symbol(name) for name in sorted(set(ICONS)))
    SPRITE.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n', "utf-8")


def main() -> None:
    """Empty both folders, copy everything, write both manifests and the sprite."""
    for folder in (SERVED, FOR_TESTS):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        entries = [copy(library) for library in LIBRARIES if library.to == folder]
        manifest = json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
        (folder / "VERSIONS.json").write_text(manifest, "utf-8")
        print(f"{folder.relative_to(ROOT)}: {len(entries)} libraries")
    build_sprite()
    print(f"{SPRITE.relative_to(ROOT)}: {len(set(ICONS))} icons")


if __name__ == "__main__":
    main()
