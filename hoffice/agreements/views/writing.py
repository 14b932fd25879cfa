"""Writing a text: the editor, what it finds while somebody types, and the previews."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from hoffice.accounts.access import current_actor, open_to, settings
from hoffice.accounts.rules import Role
from hoffice.agreements import previews, queries
from hoffice.agreements.forms import TextForm
from hoffice.agreements.models import TextVersion
from hoffice.agreements.previews import Draft
from hoffice.agreements.rules import (
    BINDING_LANGUAGE,
    PAPER_LABELS,
    SIGNERS,
    Form,
    PaperKind,
    Terms,
)
from hoffice.agreements.service import contents
from hoffice.agreements.service import texts as deeds
from hoffice.agreements.service.contents import SIGNER_TITLES
from hoffice.agreements.service.fields import FIELDS, ORIGIN_LABELS, Field
from hoffice.agreements.views.blueprint import bp, code, pdf_answer
from hoffice.errors import N_, NotFound, Refused
from hoffice.web.deeds import tried
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside
from hoffice.wording.lint import Finding, Severity


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding in the reader's language."""

    line: int
    is_error: bool
    text: str


@dataclass(frozen=True, slots=True)
class Insert:
    """Something the editor can put at the cursor."""

    label: str
    words: str


def findings_shown(findings: Iterable[Finding]) -> list[Shown]:
    """Findings in the reader's language, with the names of clauses and roles in it."""
    return [
        Shown(
            one.line,
            one.severity is Severity.ERROR,
            str(_(one.reason)) % {"line": one.line, "name": _name(one.name)},
        )
        for one in findings
    ]


def _name(name: str) -> str:
    """What a finding is about: a role, a clause, or a word of the text itself."""
    titles = {role.value: title for role, title in SIGNER_TITLES.items()}
    return str(_(titles.get(name, name))) if name else ""


def preview_terms() -> Terms:
    """The terms of the last sending, else gaps that can be seen."""
    last = queries.last_terms()
    return (
        contents.terms_in(last)
        if last
        else Terms(
            company=settings().company,
            company_address="…",
            represented_by="…",
            hotline="…",
            data_protection_contact="…",
        )
    )


def _asked(kind: str, language: str) -> PaperKind:
    if kind not in set(PaperKind) or language not in deeds.LANGUAGES:
        raise NotFound(N_("There is no such text."))
    return PaperKind(kind)


def _form_of(form: TextForm, kind: PaperKind, language: str) -> Form:
    """What the author chose; a reading version has the form of its text."""
    if language != BINDING_LANGUAGE:
        binding = queries.current_text(kind, only_approved=False)
        return binding.form if binding is not None else Form.TEXTFORM
    return Form(form.form.data) if form.form.data in set(Form) else Form.TEXTFORM


def _binding(kind: PaperKind, language: str) -> TextVersion | None:
    """What a reading version puts into another language."""
    if language == BINDING_LANGUAGE:
        return None
    return queries.current_text(kind, only_approved=False)


def _findings(form: TextForm, kind: PaperKind, language: str) -> list[Shown]:
    binding = _binding(kind, language)
    return findings_shown(
        deeds.findings(
            form.source.data or "",
            kind,
            language,
            form=_form_of(form, kind, language),
            binding=binding.source if binding is not None else None,
        )
    )


def _typed(form: TextForm, kind: PaperKind, language: str) -> Draft:
    return deeds.typed(
        form.source.data or "",
        kind,
        language,
        form=_form_of(form, kind, language),
        terms=preview_terms(),
        by=current_actor(),
    )


@bp.route("/texte/<kind>/<language>/schreiben", methods=["GET", "POST"])
@open_to(Role.HR)
def write_text(kind: str, language: str) -> ResponseReturnValue:
    """Write a new version, beginning with the newest; what was typed is never lost."""
    asked = _asked(kind, language)
    newest = queries.current_text(asked, language, only_approved=False)
    form = TextForm()
    if request.method == "GET":
        _begin(form, newest)
        return _page(form, asked, language, newest=newest, has_failed=False)
    wanted = request.form.get("deed", "save")
    if wanted != "save":
        return _tried(form, asked, language)
    error = ""
    if form.validate():
        made = tried(
            lambda: deeds.write_text(
                asked,
                language,
                form.source.data or "",
                form=_form_of(form, asked, language),
                valid_months=form.valid_months.data,
                note=form.note.data or "",
                by=current_actor(),
                based_on=request.form.get("based_on", type=int),
            )
        )
        if not isinstance(made, Refused):
            _say_what_follows(made, _findings(form, asked, language))
            return redirect(url_for(".text", text_id=made.id))
        error = translated(made)
        newest = queries.current_text(asked, language, only_approved=False)
    return _page(form, asked, language, newest=newest, has_failed=True, error=error)


def _say_what_follows(made: TextVersion, findings: Iterable[Shown]) -> None:
    """What comes next for a version that was stored: somebody's yes, or first its faults."""
    if any(one.is_error for one in findings):
        words = _(
            "Version %(number)s is written. It cannot be approved before its faults are mended.",
            number=made.number,
        )
        flash(words, "problem")
    else:
        flash(_("Version %(number)s is written. It waits for approval.", number=made.number))


def _begin(form: TextForm, newest: TextVersion | None) -> None:
    form.based_on.data = str(newest.number if newest is not None else 0)
    if newest is not None:
        form.source.data = newest.source
        form.form.data = newest.form.value
        form.valid_months.data = newest.valid_months


def _tried(form: TextForm, kind: PaperKind, language: str) -> ResponseReturnValue:
    """Check and show what was typed, without a script; nothing is stored."""
    body, error = Markup(""), ""
    try:
        draft = _typed(form, kind, language)
        with set_aside():
            body = previews.on_page(draft, table=str(_("Table")))
    except Refused as refusal:
        error = translated(refusal)
    newest = queries.current_text(kind, language, only_approved=False)
    return _page(form, kind, language, newest=newest, has_failed=False, error=error, body=body)


def _page(  # noqa: PLR0913  # what the page shows
    form: TextForm,
    kind: PaperKind,
    language: str,
    *,
    newest: TextVersion | None,
    has_failed: bool,
    error: str = "",
    body: Markup | None = None,
) -> ResponseReturnValue:
    findings = _findings(form, kind, language)
    page = render_template(
        "agreements/text_write.html",
        form=form,
        kind=kind,
        language=language,
        newest=newest,
        is_binding=language == BINDING_LANGUAGE,
        binding=_binding(kind, language),
        findings=findings,
        error=error,
        body=body,
        groups=_fields(kind),
        parts=_parts(kind, language),
        labels=PAPER_LABELS,
    )
    return page, code(has_failed=has_failed)


def _fields(kind: PaperKind) -> list[tuple[str, list[Insert]]]:
    """The fields this kind of text may use, by where their values come from."""
    allowed = deeds.names_for(kind)
    usable = [one for one in FIELDS if one.names & allowed]
    return [
        (str(_(ORIGIN_LABELS[origin])), [_insert(one) for one in group])
        for origin, group in groupby(
            sorted(usable, key=lambda one: list(ORIGIN_LABELS).index(one.origin)),
            key=lambda one: one.origin,
        )
    ]


def _insert(one: Field) -> Insert:
    """A field as it is written; a list comes as a loop over its entries."""
    label = str(_(one.label))
    if one.names == {one.name}:
        if isinstance(one.longest, bool):
            return Insert(label, f"{{% if {one.name} %}}…{{% endif %}}")
        return Insert(label, f"{{{{ {one.name} }}}}")
    if one.names == {f"{one.name}[]"}:
        return Insert(
            label, f"{{% for eintrag in {one.name} %}}\n- {{{{ eintrag }}}}\n{{% endfor %}}"
        )
    parts = [name.partition(".")[2] for name in _in_order(one)]
    head = " | ".join(part.capitalize() for part in parts)
    row = " | ".join(f"{{{{ eintrag.{part} }}}}" for part in parts)
    return Insert(
        label,
        f"| {head} |\n{'|---' * len(parts)}|\n"
        f"{{% for eintrag in {one.name} %}}\n| {row} |\n{{% endfor %}}",
    )


def _in_order(one: Field) -> Sequence[str]:
    """The parts of a list's entries in the order in which they are declared."""
    entries = one.longest
    if isinstance(entries, list | tuple) and entries and isinstance(entries[0], dict):
        return [f"{one.name}.{part}" for part in entries[0]]
    return sorted(one.names)


def _parts(kind: PaperKind, language: str) -> list[Insert]:
    """What else a text is made of: a condition, a place to sign."""
    parts = [
        Insert(str(_("Only if a field has a value")), "{% if feld %}…{% endif %}"),
        Insert(str(_("One or the other")), "{% if feld %}…{% else %}…{% endif %}"),
    ]
    if language != BINDING_LANGUAGE:
        return parts
    return parts + [
        Insert(
            str(_("Place to sign: %(who)s", who=_(SIGNER_TITLES[role]))),
            f"\n\n[[unterschrift:{role.value}]]\n\n",
        )
        for role in SIGNERS[kind]
    ]


@bp.post("/texte/<kind>/<language>/pruefen")
@open_to(Role.HR)
def check_text(kind: str, language: str) -> ResponseReturnValue:
    """What is found in the text as it stands in the editor, for the script there."""
    asked = _asked(kind, language)
    found = _findings(TextForm(), asked, language)
    html = render_template("agreements/_text_findings.html", findings=found)
    return jsonify(html=html, errors=sum(one.is_error for one in found))


@bp.post("/texte/<kind>/<language>/ansicht")
@open_to(Role.HR)
def show_text(kind: str, language: str) -> ResponseReturnValue:
    """How the text in the editor reads with the longest names, for the script there."""
    asked = _asked(kind, language)
    try:
        draft = _typed(TextForm(), asked, language)
        with set_aside():
            body = previews.on_page(draft, table=str(_("Table")))
    except Refused as refusal:
        return jsonify(html="", error=translated(refusal))
    return jsonify(html=body, error="")


@bp.post("/texte/<kind>/<language>/ansicht.pdf")
@open_to(Role.HR)
def print_text(kind: str, language: str) -> ResponseReturnValue:
    """The text in the editor as it would be printed, with the longest names."""
    asked = _asked(kind, language)
    draft = _typed(TextForm(), asked, language)
    with set_aside():
        content = previews.on_paper(draft)
    return pdf_answer(content, f"{asked}-{language}-entwurf.pdf")
