"""Texts and their versions: written by one person, looked through, approved by another.

A version never changes. A newer one counts from the moment it is approved, not before; papers that
are out keep the version they were made from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields as fields_of_class

from hoffice import clock
from hoffice.agreements import queries
from hoffice.agreements.clauses import CLAUSES, LIMITING_FORMS
from hoffice.agreements.models import TextVersion
from hoffice.agreements.previews import Draft
from hoffice.agreements.queries import versions
from hoffice.agreements.rules import BINDING_LANGUAGE, SIGNERS, Form, PaperKind, Terms
from hoffice.agreements.samples import SAMPLES, Sample
from hoffice.agreements.service import contents
from hoffice.agreements.service.fields import FIELDS, NAMES, TERMS_OF, Origin
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.units import Actor
from hoffice.wording.fields import SOURCE_CHARS
from hoffice.wording.lint import Brief, Finding, errors, lint

LANGUAGES = (BINDING_LANGUAGE, "en")
NOTE_CHARS = 2_000
MOST_MONTHS = 120

_TOO_LONG = N_("The text is longer than it may be: at most %(chars)s signs.")
_ALWAYS_GIVEN = frozenset({"datum"})
"""Fields that belong to the paper itself and therefore have a value in every kind of text."""


def load_samples(*, by: Actor) -> int:
    """Write the sample texts as version 1 where there is none; gives back how many were written."""
    written = 0
    for sample in SAMPLES:
        kind = PaperKind(sample.key)
        for language in sorted(sample.titles, key=lambda one: one != BINDING_LANGUAGE):
            if queries.current_text(kind, language, only_approved=False) is None:
                _add(
                    kind,
                    language,
                    sample.source(language),
                    form=sample.form,
                    valid_months=sample.valid_months,
                    by=by,
                )
                written += 1
    return written


def write_text(  # noqa: PLR0913  # a version has these facts
    kind: PaperKind,
    language: str,
    source: str,
    *,
    form: Form,
    valid_months: int | None,
    note: str,
    by: Actor,
    based_on: int | None = None,
) -> TextVersion:
    """A new version, as a draft: it counts once another person has approved it.

    ``based_on`` is the number of the version the author began with (0: none); somebody who has
    written one in the meantime is not overwritten. A reading version has the form of the text it
    reads, and belongs to its newest version.
    """
    typed = _normal(source)
    newest = queries.current_text(kind, language, only_approved=False)
    number = newest.number if newest is not None else 0
    if language not in LANGUAGES:
        raise Refused(N_("Texts are written in German and in English."))
    if not typed.strip():
        raise Refused(N_("The text is empty."))
    if len(typed) > SOURCE_CHARS:
        raise Refused(_TOO_LONG, chars=SOURCE_CHARS)
    if valid_months is not None and not 1 <= valid_months <= MOST_MONTHS:
        raise Refused(N_("A text is valid for 1 to 120 months, or without an end."))
    if based_on is not None and based_on != number:
        raise Refused(
            N_("Version %(number)s was written in the meantime. Compare it with yours."),
            number=number,
        )
    if language != BINDING_LANGUAGE:
        form, valid_months = _of_binding(kind)
    if newest is not None and (newest.source, newest.form, newest.valid_months) == (
        typed,
        form,
        valid_months,
    ):
        raise Refused(N_("Nothing has changed since version %(number)s."), number=number)
    return _add(
        kind,
        language,
        typed,
        form=form,
        valid_months=valid_months,
        note=" ".join(note.split())[:NOTE_CHARS],
        by=by,
    )


def _normal(source: str) -> str:
    """Browsers send the line ends of Windows; a NUL has no place in any text."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def _of_binding(kind: PaperKind) -> tuple[Form, int | None]:
    binding = queries.current_text(kind, only_approved=False)
    if binding is None:
        raise Refused(N_("Write the German text first: the English one is for reading it."))
    return binding.form, binding.valid_months


def _add(  # noqa: PLR0913  # a version has these facts
    kind: PaperKind,
    language: str,
    source: str,
    *,
    form: Form,
    valid_months: int | None,
    by: Actor,
    note: str = "",
) -> TextVersion:
    newest = queries.current_text(kind, language, only_approved=False)
    binding = queries.current_text(kind, only_approved=False)
    made = TextVersion(
        kind=kind,
        language=language,
        number=newest.number + 1 if newest is not None else 1,
        source=source,
        sha256=hashlib.sha256(source.encode()).hexdigest(),
        form=form,
        valid_months=valid_months,
        note=note,
        created_at=clock.now(),
        created_by=str(by),
        reads_id=binding.id if binding is not None and language != BINDING_LANGUAGE else None,
    )
    db.session.add(made)
    flush_or(N_("Somebody has just written a version of this text. Compare it with yours."))
    record(
        by,
        "agreements.text_written",
        made,
        kind=kind,
        language=language,
        version=made.number,
        sha256=made.sha256,
    )
    return made


def approve_text(text_id: int, *, by: Actor) -> TextVersion:
    """Say that a text may be used; somebody else than its author has to.

    Refused while the text has errors (:func:`findings`), and for a version that a newer approved
    one has overtaken.
    """
    text = queries.text(text_id, lock=True)
    if text.approved_at is not None:
        raise Refused(N_("This text is approved already."))
    if text.created_by == str(by):
        raise Refused(N_("Another person than the author has to approve a text."))
    counts = queries.current_text(text.kind, text.language, only_approved=True)
    if counts is not None and counts.number > text.number:
        raise Refused(
            N_("Version %(number)s is approved already and newer than this one."),
            number=counts.number,
        )
    wrong = errors(findings_of(text))
    if wrong:
        raise Refused(
            N_("This text cannot be approved yet. Its page shows what is wrong: %(count)s."),
            count=len(wrong),
        )
    text.approved_at, text.approved_by = clock.now(), str(by)
    record(by, "agreements.text_approved", text, kind=text.kind, version=text.number)
    return text


def findings_of(text: TextVersion) -> tuple[Finding, ...]:
    """What is wrong with a version, or may be; a reading version is held against its text."""
    binding = versions.binding_of(text)
    return findings(
        text.source,
        text.kind,
        text.language,
        form=text.form,
        binding=binding.source if binding is not None else None,
    )


def findings(
    source: str,
    kind: PaperKind,
    language: str,
    *,
    form: Form,
    binding: str | None = None,
) -> tuple[Finding, ...]:
    """What is wrong with a text that somebody types, or may be.

    ``binding`` is the text that a reading version puts into another language.
    """
    is_reading = language != BINDING_LANGUAGE
    return lint(
        source,
        Brief(
            language=language,
            fields=names_for(kind),
            optional=_may_be_empty(kind),
            roles=() if is_reading else SIGNERS[kind],
            clauses=CLAUSES[kind],
            may_limit_employment=form in LIMITING_FORMS,
            binding=(binding or "") if is_reading else None,
        ),
    )


def _sample(kind: PaperKind) -> Sample | None:
    return next((one for one in SAMPLES if one.key == kind), None)


def names_for(kind: PaperKind) -> frozenset[str]:
    """The fields a text of this kind may use: everybody's, and those only this kind has."""
    sample = _sample(kind)
    own = sample.fields if sample is not None else frozenset[str]()
    lists = {name.partition(".")[0].removesuffix("[]") for name in own}
    return frozenset(
        name
        for one in FIELDS
        for name in one.names
        if one.origin is not Origin.PAPER or one.name in lists | _ALWAYS_GIVEN
    ) | (own & NAMES)


def _may_be_empty(kind: PaperKind) -> frozenset[str]:
    """Fields that may have no value: as the sample says, else by what a sending may leave out."""
    sample = _sample(kind)
    if sample is None:
        return _LEFT_OUT
    return sample.optional | (_LEFT_OUT - sample.fields)


def _fields_left_out() -> frozenset[str]:
    defaults = {one.name: one.default for one in fields_of_class(Terms)}
    has_fallback = {"it_hotline", "unterweiser"}
    return frozenset({"ende"}) | {
        name
        for name, key in TERMS_OF.items()
        if defaults[key] in ("", False) and name not in has_fallback
    }


_LEFT_OUT = _fields_left_out()


def draft(text: TextVersion, *, terms: Terms) -> Draft:
    """A version as it would look with the longest names, to be made by ``previews``."""
    facts, values = contents.preview(text, terms=terms)
    return Draft(source=text.source, values=values, facts=facts)


def typed(  # noqa: PLR0913  # a version has these facts
    source: str,
    kind: PaperKind,
    language: str,
    *,
    form: Form,
    terms: Terms,
    by: Actor,
) -> Draft:
    """The same for what somebody types and nobody has stored."""
    if len(source) > SOURCE_CHARS:
        raise Refused(_TOO_LONG, chars=SOURCE_CHARS)
    text = TextVersion(
        kind=kind,
        language=language,
        number=0,
        source=_normal(source),
        form=form,
        created_at=clock.now(),
        created_by=str(by),
    )
    return draft(text, terms=terms)


def labels() -> Mapping[str, str]:
    """What each field means, by the name it has in a text."""
    return {name: one.label for one in FIELDS for name in sorted(one.names)}
