"""What a text may say to the machine: `{{ field }}`, `{% if field %}`, `{% for x in list %}`.

Jinja2 parses and renders, but only after every part of the syntax tree was found on a short list:
no filters, no calls, no arithmetic, no loops in loops. The sandbox alone is not enough, because it
stops neither endless loops nor a number formatted a thousand million places wide.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import SimpleNamespace
from typing import NoReturn

from jinja2 import (
    StrictUndefined,
    Template,
    TemplateSyntaxError,
    Undefined,
    UndefinedError,
    nodes,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from hoffice.errors import N_, Refused
from hoffice.wording.plain import one_line

Scalar = str | int | bool | None
Entry = Scalar | Mapping[str, Scalar]
Value = Scalar | Sequence[Entry]
"""What a field may hold: a word, a number, yes or no, nothing; a list of those or of records."""

SOURCE_CHARS = 100_000
FILLED_CHARS = 400_000
LIST_ENTRIES = 2_000
"""A longer list is refused, never cut: nobody may be missing in a paper without a word."""
DEPTH = 8


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text cannot be used, and in which line; ``reason`` is a message id, as in Refused."""

    line: int
    reason: str
    name: str = ""

    def refused(self) -> Refused:
        """The same as an exception."""
        return Refused(self.reason, line=self.line, name=self.name)


_LOOP_IN_LOOP = N_("Line %(line)s: a loop inside a loop is not possible.")
_TOO_DEEP = N_("Line %(line)s: too much is nested here.")
_NOT_ALLOWED = N_(
    "Line %(line)s: “%(name)s” is not possible. A text knows fields, conditions on one field "
    "and loops over one list."
)
NOT_READABLE = N_("Line %(line)s cannot be read: %(name)s")
NEVER_ENDS = N_("A condition or a loop has no end: endif or endfor is missing.")
_PLAIN_LOOP = N_("Line %(line)s: write the loop as “for entry in list”, without anything more.")
_BAD_NAME = N_("Line %(line)s: “%(name)s” cannot be the name of a field.")
_NOT_DECLARED = N_("Line %(line)s: this text has no field “%(name)s”.")
_TOO_LONG = N_("The text is longer than it may be.")
_NO_VALUE = N_("The text prints a field that has no value: %(name)s")

_RESERVED = frozenset({"self", "loop", "super", "caller", "varargs", "kwargs"})
_TAG_LINES = re.compile(r"^[ \t]*((?:\{%[^\n]*?%\}[ \t]*)+)\n", re.MULTILINE)
_MARKDOWN_SIGNS = str.maketrans(
    {sign: f"&#{ord(sign)};" for sign in "!\"#$%&'()*+-./:;<=>?@[\\]^_`{|}~"}
)
"""As numbers the signs of Markdown stay signs: `&#42;` is a star that can never make words bold."""


@dataclass(slots=True)
class _Reading:
    """What one walk through the syntax tree found, each with the line where it stood first."""

    printed: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    bare: dict[str, int] = field(default_factory=dict)
    """Printed where nobody has asked before whether there is a value."""
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, line: int, reason: str, name: str = "") -> None:
        self.problems.append(Problem(line, reason, name))


@dataclass(frozen=True, slots=True)
class _Loop:
    """`{% for entry in name %}`."""

    entry: str
    name: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the tree a part stands: how deep, in which loop, and which fields have a value."""

    loop: _Loop | None = None
    depth: int = 0
    known: frozenset[str] = frozenset()

    def inside(self, known: str = "") -> _Place:
        """One step deeper; ``known`` is the field that the condition has asked for."""
        return replace(self, depth=self.depth + 1, known=self.known | {known})


class _Unset(Undefined):
    """A field that is known but has no value: false in a condition, refused when printed."""

    __slots__ = ()

    def __str__(self) -> NoReturn:
        msg = f"'{self._undefined_name}' has no value"
        raise UndefinedError(msg)


class _Yes(_Unset):
    """A field that only answers a condition."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return True


class _Record(SimpleNamespace):
    """One entry of a list; never printed as a whole."""

    def __str__(self) -> NoReturn:
        msg = "'entry' is a record"
        raise UndefinedError(msg)


class _Entries(tuple[object, ...]):
    """A list; never printed as a whole."""

    __slots__ = ()

    def __str__(self) -> NoReturn:
        msg = "'list' is a list"
        raise UndefinedError(msg)


_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
_ENVIRONMENT.globals.clear()


def fields_of(source: str) -> frozenset[str]:
    """The fields a text uses: `name`; in a loop `list.name`, or `list[]` for plain entries."""
    reading = _read(source)
    lists = set(map(_list_of, reading.printed))
    return frozenset(reading.printed) | (frozenset(reading.asked) - lists)


def printed_unasked(source: str) -> Mapping[str, int]:
    """The fields that are printed outside of a condition on them, with the line of the first."""
    return dict(_read(source).bare)


def check(source: str, declared: Collection[str]) -> tuple[Problem, ...]:
    """Everything that forbids this text, in the order of its lines; empty when it may be used.

    ``declared`` names the fields in the form in which ``fields_of`` returns them.
    """
    reading = _read(source)
    lists = set(map(_list_of, declared))
    unknown = [
        Problem(line, _NOT_DECLARED, name)
        for name, line in reading.printed.items()
        if name not in declared
    ]
    unknown += [
        Problem(line, _NOT_DECLARED, name)
        for name, line in reading.asked.items()
        if name not in declared and name not in lists and name not in reading.printed
    ]
    return tuple(sorted([*reading.problems, *unknown], key=lambda problem: problem.line))


def filled(source: str, values: Mapping[str, Value]) -> str:
    """The text with its fields filled in; values are escaped and stay plain words in Markdown.

    Refused when the text breaks the rules or prints a field that has no value.
    """
    problems = _read(source).problems
    if problems:
        raise problems[0].refused()
    safe = {name: _safe(name, value) for name, value in values.items()}
    try:
        return _joined(_template(source).generate(safe))
    except UndefinedError as gap:
        raise Refused(_NO_VALUE, name=_name_in(str(gap))) from gap


def _joined(parts: Iterator[str]) -> str:
    out: list[str] = []
    length = 0
    for part in parts:
        length += len(part)
        if length > FILLED_CHARS:
            raise Refused(_TOO_LONG)
        out.append(part)
    return "".join(out)


def _name_in(message: str) -> str:
    """The last name that Jinja puts in quotation marks when it misses something."""
    quoted: list[str] = re.findall(r"'([^']+)'", message)
    return quoted[-1] if quoted else message


def _list_of(name: str) -> str:
    """`devices` for `devices.tag` and for `devices[]`; empty for a field of its own."""
    if name.endswith("[]"):
        return name[:-2]
    return name.partition(".")[0] if "." in name else ""


@lru_cache(maxsize=64)
def _template(source: str) -> Template:
    """A tag alone on its line leaves no empty line behind; tags within a line change nothing."""
    return _ENVIRONMENT.from_string(_TAG_LINES.sub(r"\1", source))


def _safe(name: str, value: Value) -> object:
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) > LIST_ENTRIES:
            raise Refused(_TOO_LONG)
        return _Entries(_safe_entry(name, entry) for entry in value)
    return _safe_scalar(name, value)


def _safe_entry(name: str, entry: Entry) -> object:
    if isinstance(entry, Mapping):
        return _Record(**{key: _safe_scalar(f"{name}.{key}", entry[key]) for key in entry})
    return _safe_scalar(name, entry)


def _safe_scalar(name: str, value: Scalar) -> object:
    if value is None or value is False:
        return _Unset(name=name)
    if value is True:
        return _Yes(name=name)
    return one_line(str(value)).translate(_MARKDOWN_SIGNS)


@lru_cache(maxsize=64)
def _read(source: str) -> _Reading:
    reading = _Reading()
    if len(source) > SOURCE_CHARS:
        reading.refuse(1, _TOO_LONG)
        return reading
    try:
        tree = _ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        if (error.message or "").startswith("Unexpected end of template"):
            reading.refuse(error.lineno, NEVER_ENDS)
        else:
            reading.refuse(error.lineno, NOT_READABLE, error.message or "")
    except (RecursionError, ValueError):  # thousands of brackets; a number of thousands of digits
        reading.refuse(1, _TOO_DEEP)
    else:
        _read_body(reading, tree.body, _Place())
    return reading


def _read_body(reading: _Reading, body: Sequence[nodes.Node], place: _Place) -> None:
    for node in body:
        if place.depth > DEPTH:
            reading.refuse(node.lineno, _TOO_DEEP)
        elif isinstance(node, nodes.Output):
            for part in node.nodes:
                if not isinstance(part, nodes.TemplateData):
                    name = _read_field(reading, part, reading.printed, place.loop)
                    if name and name not in place.known:
                        reading.bare.setdefault(name, part.lineno)
        elif isinstance(node, nodes.If):
            name = _read_field(reading, node.test, reading.asked, place.loop)
            _read_body(reading, node.body, place.inside(name))
            for branch in (node.elif_, node.else_):
                _read_body(reading, branch, place.inside())
        elif isinstance(node, nodes.For):
            _read_loop(reading, node, place)
        else:
            reading.refuse(node.lineno, _NOT_ALLOWED, _named(node))


def _read_loop(reading: _Reading, node: nodes.For, place: _Place) -> None:
    if place.loop is not None:
        reading.refuse(node.lineno, _LOOP_IN_LOOP)
        return
    target, over = node.target, node.iter
    if not isinstance(target, nodes.Name) or not isinstance(over, nodes.Name):
        reading.refuse(node.lineno, _PLAIN_LOOP)
        return
    if node.test is not None or node.recursive or node.else_:
        reading.refuse(node.lineno, _PLAIN_LOOP)
        return
    for name in (target.name, over.name):
        if not _is_name(name):
            reading.refuse(node.lineno, _BAD_NAME, name)
            return
    reading.asked.setdefault(over.name, node.lineno)
    inside = replace(place.inside(), loop=_Loop(target.name, over.name))
    _read_body(reading, node.body, inside)


def _read_field(
    reading: _Reading, node: nodes.Node, into: dict[str, int], loop: _Loop | None
) -> str:
    """The field's name as it is declared; empty where there is none that could be."""
    found = ""
    match node:
        case nodes.Name(name=name) if not _is_name(name):
            reading.refuse(node.lineno, _BAD_NAME, name)
        case nodes.Name(name=name) if loop is not None and name == loop.entry:
            found = f"{loop.name}[]"
        case nodes.Name(name=name):
            found = str(name)
        case nodes.Getattr(node=nodes.Name(name=name), attr=attr) if (
            loop is not None and name == loop.entry and _is_name(attr)
        ):
            found = f"{loop.name}.{attr}"
        case _:
            reading.refuse(node.lineno, _NOT_ALLOWED, _named(node))
    if found:
        into.setdefault(found, node.lineno)
    return found


def _is_name(name: str) -> bool:
    return name.isidentifier() and not name.startswith("_") and name not in _RESERVED


def _named(node: nodes.Node) -> str:
    """The word Jinja has for what stands there, such as `filter` or `call`."""
    return type(node).__name__.lower()
