"""Message catalogues: English message ids in code and templates, German in ``translations/de``.

German lives in one PO file per domain folder (``translations/de/kits.po``); ``compile`` merges
them into the one file that gettext reads, and writes an English one that says the ids as they
are. ``check`` is the gate: no text without German, no place lost in translation, nothing fuzzy.
``missing`` prints what is still to be translated, ready to be filled in.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, PoFileParser, write_po
from jinja2 import TemplateSyntaxError

Key = tuple[str | None, str]
"""What gettext looks a text up by: its context (seldom used) and its (singular) English text."""

KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "_l": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
"""The functions whose first argument is a message id; ``N_`` only marks."""

JINJA_OPTIONS = {"silent": "false", "trimmed": "true", "newstyle_gettext": "true"}
"""A template that cannot be read is an error here, never a silent gap in the catalogue."""

SHARED = "web"
"""The PO file of texts that belong to no domain folder (top-level modules and templates)."""

PLACE = re.compile(r"%\((\w+)\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]")
LONE_PERCENT = re.compile(r"%(?!%|\(\w+\))")


@dataclass
class Text:
    """One text of the product: how code and templates say it, and where."""

    singular: str
    plural: str | None
    context: str | None
    at: list[str] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    in_template: bool = False


@dataclass(frozen=True)
class Translation:
    """One entry of a German PO file; ``forms`` are its texts, one or one per plural form."""

    message: Message
    file: Path

    @property
    def singular(self) -> str:
        """The message id as code says it for one thing."""
        return self.ids[0]

    @property
    def ids(self) -> tuple[str, ...]:
        """Singular, and plural where there is one."""
        return _strings(self.message.id)

    @property
    def forms(self) -> tuple[str, ...]:
        """The German texts; an empty one is not translated yet."""
        return _strings(self.message.string)

    @property
    def key(self) -> Key:
        """How gettext finds it."""
        return (self.message.context or None, self.singular)

    @property
    def where(self) -> str:
        """File and line, as an editor wants them."""
        return f"{self.file}:{self.message.lineno}"


class _Entries(Catalog):
    """A catalogue that also remembers doubles, which Babel would merge without a word."""

    def __init__(self, locale: str) -> None:
        super().__init__(locale=locale)
        self.entries: list[Message] = []

    def __setitem__(self, id: str | tuple[str, ...] | list[str], message: Message) -> None:  # noqa: A002  # Babel's name
        """Keep the entry as it was written."""
        if id:
            self.entries.append(message)
        super().__setitem__(id, message)


def _strings(value: str | Iterable[str] | None) -> tuple[str, ...]:
    return (value or "",) if isinstance(value, str) or value is None else tuple(value)


def domain_of(file: Path) -> str:
    """The PO file that a source file's texts belong to: its domain folder, else the shared one.

    ``file`` is relative to the project: ``hoffice/kits/views.py``, ``templates/kits/box.html``.
    """
    inner = file.parts[1:-1]
    return inner[0] if inner and inner[0] not in {"ui", "mail"} else SHARED


def texts(root: Path) -> dict[Key, Text]:
    """Every text that code and templates show to people, by its key."""
    found: dict[Key, Text] = {}
    sources: tuple[tuple[str, str, str, dict[str, str]], ...] = (
        ("hoffice", "*.py", "python", {"encoding": "utf-8"}),
        ("templates", "*", "jinja2.ext:babel_extract", JINJA_OPTIONS),
    )
    for folder, pattern, method, options in sources:
        for path in sorted((root / folder).rglob(pattern)):
            if not path.is_file() or path.suffix not in {".py", ".html", ".txt", ".js", ".svg"}:
                continue
            file = path.relative_to(root)
            for text in _texts_in(path, method, options):
                _remember(found, text, file, is_template=folder == "templates")
    return found


def _texts_in(path: Path, method: str, options: dict[str, str]) -> Iterator[Text]:
    with path.open("rb") as source:
        try:
            for line, ids, _comments, context in extract(
                method, source, keywords=KEYWORDS, options=options
            ):
                singular, *more = _strings(ids)
                if singular:
                    yield Text(
                        singular, more[0] if more else None, context or None, at=[f"{path}:{line}"]
                    )
        except TemplateSyntaxError as error:
            msg = f"{path}:{error.lineno}: {error.message}"
            raise SystemExit(msg) from error


def _remember(found: dict[Key, Text], text: Text, file: Path, *, is_template: bool) -> None:
    key = (text.context, text.singular)
    known = found.setdefault(key, text)
    if known is not text:
        known.at += text.at
        known.plural = known.plural or text.plural
    known.domains.append(domain_of(file))
    known.in_template |= is_template


def german(root: Path) -> list[Translation]:
    """Every entry of every German PO file, doubles included, in the order of the files."""
    found: list[Translation] = []
    for path in sorted((root / "translations" / "de").glob("*.po")):
        entries = _Entries("de")
        with path.open("rb") as source:
            try:
                PoFileParser(entries, abort_invalid=True).parse(source)
            except PoFileError as error:
                msg = f"{path}: {error}"
                raise SystemExit(msg) from error
        found += [Translation(message, path) for message in entries.entries]
    return found


def faults(root: Path) -> tuple[list[str], list[str]]:
    """What is wrong with the catalogues, and (second) what is translated but said nowhere."""
    said = texts(root)
    written: dict[Key, list[Translation]] = {}
    for entry in german(root):
        written.setdefault(entry.key, []).append(entry)
    wrong: list[str] = []
    for key, text in said.items():
        entries = written.get(key, [])
        if not entries:
            wrong.append(f"{text.at[0]}: no German for {text.singular!r}")
            continue
        wrong += _doubles(entries)
        wrong += _unlike(text, entries[0])
    for entries in written.values():
        for entry in entries:
            wrong += _faults_of(entry)
    unused = [
        f"{entries[0].where}: said nowhere: {key[1]!r}"
        for key, entries in written.items()
        if key not in said
    ]
    return wrong, unused


def _doubles(entries: list[Translation]) -> Iterator[str]:
    """The same text twice is fine while both say the same."""
    first, *others = entries
    for other in others:
        if other.forms != first.forms:
            yield f"{other.where}: {other.singular!r} is translated otherwise at {first.where}"


def _unlike(text: Text, entry: Translation) -> Iterator[str]:
    """Where code and PO file disagree about plural forms, or a sign of the text would break it."""
    if text.plural is not None and text.plural != "".join(entry.ids[1:]):
        yield f"{entry.where}: {text.singular!r} needs msgid_plural {text.plural!r}"
    if text.in_template:
        for spoken in (text.singular, *entry.forms):
            if LONE_PERCENT.search(spoken.replace("%%", "")):
                yield f"{text.at[0]}: write %% for a percent sign in a template: {spoken!r}"


def _faults_of(entry: Translation) -> Iterator[str]:
    if entry.message.fuzzy:
        yield f"{entry.where}: fuzzy, so nobody has decided yet: {entry.singular!r}"
    if not all(form.strip() for form in entry.forms):
        yield f"{entry.where}: empty translation of {entry.singular!r}"
        return
    wanted = [_places(text) for text in entry.ids]
    for number, form in enumerate(entry.forms):
        has = _places(form)
        fits = has == wanted[-1] or has == wanted[0]
        if number == 0 and len(entry.forms) > 1:  # "one box" may leave the number out
            fits = fits or (has < wanted[-1] and len(wanted[-1] - has) == 1)
        if number > 0:
            fits = has == wanted[-1]
        if not fits:
            yield (
                f"{entry.where}: {form!r} has the places {_named(has)}, "
                f"{entry.singular!r} has {_named(wanted[-1])}"
            )
        if has and LONE_PERCENT.search(form.replace("%%", "")):
            yield f"{entry.where}: write %% for a percent sign beside places: {form!r}"


def _places(text: str) -> set[str]:
    return set(PLACE.findall(text))


def _named(places: set[str]) -> str:
    return ", ".join(f"%({name})s" for name in sorted(places)) or "none"


def compile_all(root: Path) -> int:
    """Write the German and the English catalogue that gettext reads; give the number of texts.

    English says every id as it stands, so that a plural is chosen by English rules.
    """
    catalogues = {"de": Catalog(locale="de"), "en": Catalog(locale="en")}
    seen: set[Key] = set()
    for entry in german(root):
        if entry.key in seen or entry.message.fuzzy or not all(entry.forms):
            continue
        seen.add(entry.key)
        context = entry.message.context
        catalogues["de"].add(entry.message.id, entry.message.string, context=context)
        catalogues["en"].add(entry.message.id, entry.message.id, context=context)
    for locale, catalogue in catalogues.items():
        target = root / "translations" / locale / "LC_MESSAGES" / "messages.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as out:
            write_mo(out, catalogue)
        fresh.replace(target)  # a running server never sees half a file
    return len(seen)


def missing(root: Path) -> dict[str, str]:
    """PO entries for what has no German yet, by the file that they belong into."""
    known = {entry.key for entry in german(root)}
    gaps: dict[str, Catalog] = {}
    for key, text in texts(root).items():
        if key in known:
            continue
        catalogue = gaps.setdefault(text.domains[0], Catalog(locale="de"))
        ids = text.singular if text.plural is None else (text.singular, text.plural)
        places = [Path(at.rpartition(":")[0]) for at in text.at]
        lines = [int(at.rpartition(":")[2]) for at in text.at]
        catalogue.add(
            ids,
            context=text.context,
            locations=[
                (str(place.relative_to(root)), line)
                for place, line in zip(places, lines, strict=True)
            ],
        )
    return {domain: _as_po(catalogue) for domain, catalogue in sorted(gaps.items())}


def _as_po(catalogue: Catalog) -> str:
    out = io.BytesIO()
    write_po(out, catalogue, omit_header=True, width=100, include_lineno=False)
    return out.getvalue().decode()


def main() -> int:
    """Run one command; the exit code says whether the catalogues are whole."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("command", choices=["check", "compile", "missing"])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    options = parser.parse_args()
    root: Path = options.root
    if options.command == "compile":
        print(f"{compile_all(root)} texts in German and English")
        return 0
    if options.command == "missing":
        gaps = missing(root)
        for domain, entries in gaps.items():
            print(f"# ---- translations/de/{domain}.po\n{entries}")
        return 1 if gaps else 0
    wrong, unused = faults(root)
    for line in (*unused, *wrong):
        print(line.removeprefix(f"{root}/"))
    print(f"catalogues: {len(wrong)} faults, {len(unused)} translations said nowhere")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
