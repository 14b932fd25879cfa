"""The merge fields of all texts: what each one means, where its value comes from, how long it gets.

A text may name the fields of `NAMES` and no other; the editor offers them by their labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from babel.numbers import format_currency

from hoffice.agreements.rules import BINDING_LANGUAGE, Terms
from hoffice.errors import N_
from hoffice.kits.models import Item
from hoffice.kits.queries.kits import items_in_kit_of
from hoffice.kits.rules import CONDITION_LABELS, KIND_LABELS
from hoffice.paper.words import day, speaks
from hoffice.people.models import Employee
from hoffice.wording.fields import Scalar, Value


class Origin(StrEnum):
    """Where the value of a field comes from."""

    PERSON = "person"
    """The person's own record."""
    KIT = "kit"
    """The devices planned for this person."""
    TERMS = "terms"
    """What was typed in for the whole sending."""
    PAPER = "paper"
    """Handed over by the deed that makes the paper, such as the client an approval is asked of."""


ORIGIN_LABELS: dict[Origin, str] = {
    Origin.PERSON: N_("from the person's record"),
    Origin.KIT: N_("from the person's kit"),
    Origin.TERMS: N_("typed in when sending"),
    Origin.PAPER: N_("from what this paper is about"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything the values of one paper are taken from."""

    employee: Employee
    terms: Terms
    signer: str
    """Who signs for the employer."""
    language: str
    today: date
    more: Mapping[str, Value] = field(default_factory=dict)
    """Values of fields that only this kind of paper has, by the field's name."""

    @property
    def is_german(self) -> bool:
        """Whether words are wanted in the binding language."""
        return self.language == BINDING_LANGUAGE


@dataclass(frozen=True, slots=True)
class Field:
    """One named gap in a text; a list of records also names the parts of its entries."""

    name: str
    label: str
    """What it means, as a message id."""
    origin: Origin
    value: Callable[[Case], Value]
    longest: Value
    """For previews: as long as it may well get."""

    @property
    def names(self) -> frozenset[str]:
        """As texts use it: `name`; for lists `name[]`, or `name.part` for each part."""
        entries = self.longest
        if isinstance(entries, str) or not isinstance(entries, Sequence):
            return frozenset({self.name})
        return frozenset(
            f"{self.name}.{part}"
            for entry in entries
            if isinstance(entry, Mapping)
            for part in entry
        ) or frozenset({f"{self.name}[]"})


def fields_of(case: Case) -> dict[str, Any]:
    """The values of all fields of the texts, in words of the case's language."""
    return {one.name: one.value(case) for one in FIELDS}


def longest(terms: Terms) -> dict[str, Value]:
    """A value for every field, as long as it may get; what the terms say is taken from them."""
    return {one.name: _of_terms(one, terms) or one.longest for one in FIELDS}


def _of_terms(one: Field, terms: Terms) -> Value:
    key = TERMS_OF.get(one.name)
    return getattr(terms, key) if key is not None and key not in _NEVER_FROM_TERMS else None


def _day(on: date | None, language: str) -> str | None:
    return None if on is None else day(on, language)


def _iso(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _contract(case: Case) -> str:
    unknown = "Tag des Vertragsschlusses" if case.is_german else "the day it was concluded"
    return _day(case.employee.starts_on, case.language) or unknown


def _starts(case: Case) -> str:
    return day(_iso(case.terms.starts_on) or case.today, case.language)


def _hours(case: Case) -> str:
    if case.terms.home_hours:
        return case.terms.home_hours
    hours = case.employee.weekly_hours
    if hours is None:
        return "die vertraglich vereinbarten" if case.is_german else "the contractual"
    plain = f"{hours:g}"
    return plain.replace(".", ",") if case.is_german else plain


def _home(case: Case) -> str | None:
    home = case.employee.home
    return home.line if home is not None else None


def _projects(case: Case) -> list[str]:
    return sorted(f"{project.name} ({project.client.name})" for project in case.employee.projects)


def _devices(case: Case) -> list[dict[str, Scalar]]:
    return [device(item, case.language) for item in items_in_kit_of(case.employee.id)]


def device(item: Item, language: str) -> dict[str, Scalar]:
    """One line of a list of devices."""
    _ = speaks(language)
    condition = CONDITION_LABELS.get(item.condition, item.condition)
    return {
        "art": _(KIND_LABELS[item.kind]),
        "modell": item.model or "–",
        "inventarnummer": item.asset_tag,
        "seriennummer": item.serial or "–",
        "zustand": _(condition) if condition else "–",
        "wert": _euros(item.value_cents, language),
    }


def _euros(cents: int, language: str) -> str:
    return format_currency(cents / 100, "EUR", locale=language) if cents else "–"


TERMS_OF: dict[str, str] = {
    "firma": "company",
    "firma_anschrift": "company_address",
    "modell": "model",
    "tage": "days",
    "erreichbar_von": "reachable_from",
    "erreichbar_bis": "reachable_to",
    "hotline": "hotline",
    "it_hotline": "it_hotline",
    "dsb_kontakt": "data_protection_contact",
    "sifa_kontakt": "safety_contact",
    "betriebsarzt_kontakt": "doctor_contact",
    "betriebsrat": "works_council",
    "unterweiser": "trainer",
    "unfallversicherung": "accident_insurer",
    "aufsichtsbehoerde": "authority",
    "mbit": "internet_mbit",
    "pauschale": "allowance",
    "zutritt_tage": "visit_notice_days",
    "kuendigungsfrist": "notice_period",
    "betriebsvereinbarung": "works_agreement",
    "berufsgeheimnis": "professional_secrecy",
    "telekommunikation": "telecommunications",
}
"""Fields that say just what was typed in for the sending."""
_NEVER_FROM_TERMS = frozenset({"professional_secrecy", "telecommunications"})
"""A preview shows the sentences that only some firms need."""


def term(name: str, label: str, example: Value) -> Field:
    """A field that says what the terms say; an empty term is a field without a value."""
    return Field(
        name,
        label,
        Origin.TERMS,
        lambda case: getattr(case.terms, TERMS_OF[name]) or None,
        example,
    )


def given(name: str, label: str, example: Value) -> Field:
    """A field that only some kinds of paper have: its value is among ``Case.more``."""
    return Field(name, label, Origin.PAPER, lambda case: case.more.get(name), example)


FIELDS: tuple[Field, ...] = (
    Field(
        "name",
        N_("Name of the employee"),
        Origin.PERSON,
        lambda case: case.employee.name,
        "Prof. Dr. Maximiliane-Friederike Freifrau von und zu Hohenstein-Schwarzenbergen",
    ),
    Field(
        "personalnummer",
        N_("Personnel number"),
        Origin.PERSON,
        lambda case: case.employee.personnel_number,
        "P00000000",
    ),
    Field(
        "anschrift",
        N_("Address of the employee's home"),
        Origin.PERSON,
        _home,
        "Straße der Nationen und der Freundschaft 123 a, 14974 Ludwigsfelde",
    ),
    Field(
        "vertrag_vom",
        N_("Day of the employment contract"),
        Origin.PERSON,
        _contract,
        "31. Dezember 1999",
    ),
    Field(
        "projekte",
        N_("Projects with their clients (list)"),
        Origin.PERSON,
        _projects,
        ["Beispielprojekt (Beispielkunde GmbH)"],
    ),
    Field(
        "geraete",
        N_("Devices (list)"),
        Origin.KIT,
        _devices,
        [
            {
                "art": "Dockingstation",
                "modell": "ThinkPad Universal USB-C Dock 40AY0090EU",
                "inventarnummer": "HW-00000",
                "seriennummer": "5CD0123456789ABCDE",
                "zustand": "gebraucht",
                "wert": "1.234,56 €",
            }
        ],
    ),
    term("firma", N_("Name of the company"), "Spreeruf Kundendialog und Dienstleistungen GmbH"),
    term("firma_anschrift", N_("Address of the company"), "…"),
    Field(
        "firma_vertreten_durch",
        N_("Who acts for the company"),
        Origin.TERMS,
        lambda case: case.terms.represented_by or case.signer,
        "…",
    ),
    term("modell", N_("Model of home office"), "alternierende Telearbeit"),
    Field("beginn", N_("First day"), Origin.TERMS, _starts, "30. September 2027"),
    Field(
        "ende",
        N_("Last day, if agreed"),
        Origin.TERMS,
        lambda case: _day(_iso(case.terms.ends_on), case.language),
        "31. Dezember 2028",
    ),
    Field(
        "datum",
        N_("Day on which the paper was made"),
        Origin.PAPER,
        lambda case: day(case.today, case.language),
        "30. September 2027",
    ),
    Field("wochenstunden", N_("Hours a week at home"), Origin.TERMS, _hours, "38,5"),
    term("tage", N_("Days at home"), "Montag, Dienstag, Mittwoch und Donnerstag"),
    term("erreichbar_von", N_("Can be reached from"), "9:00"),
    term("erreichbar_bis", N_("Can be reached until"), "16:00"),
    term("hotline", N_("Phone for questions and faults"), "…"),
    Field(
        "it_hotline",
        N_("Phone for lost devices and incidents"),
        Origin.TERMS,
        lambda case: case.terms.it_hotline or case.terms.hotline,
        "030 5550 112 (Tag und Nacht)",
    ),
    term("dsb_kontakt", N_("Data protection contact"), "…"),
    term("sifa_kontakt", N_("Safety engineer"), "Arbeitsschutz, arbeitsschutz@spreeruf.example"),
    term("betriebsarzt_kontakt", N_("Company doctor"), "Betriebsärztlicher Dienst, 030 5550 100"),
    term("betriebsrat", N_("Works council"), "Betriebsrat, betriebsrat@spreeruf.example"),
    Field(
        "unterweiser",
        N_("Who gives the safety instruction"),
        Origin.TERMS,
        lambda case: case.terms.trainer or case.signer,
        "Dr. Karl-Theodor Oberhauser-Schwarzenberger",
    ),
    term("unfallversicherung", N_("Statutory accident insurer"), "zuständige Berufsgenossenschaft"),
    term("aufsichtsbehoerde", N_("Data protection authority"), "zuständige Aufsichtsbehörde"),
    term("mbit", N_("Least speed of the internet connection (Mbit/s)"), "100"),
    term("pauschale", N_("Monthly allowance"), "30 €"),
    term("zutritt_tage", N_("Days of notice before a visit"), "5"),
    term("kuendigungsfrist", N_("Notice period of the addendum"), "vier Wochen"),
    term("betriebsvereinbarung", N_("Works agreement"), "„Arbeiten zu Hause“ vom 1. Januar 2027"),
    term("berufsgeheimnis", N_("With professional secrecy (§ 203 StGB)"), example=True),
    term("telekommunikation", N_("With secrecy of telecommunications (§ 3 TDDDG)"), example=True),
    given(
        "auftraggeber",
        N_("Client who is asked for approval"),
        "Havelkraft Energie- und Wasserversorgungsgesellschaft mbH & Co. KG",
    ),
    given("projekt", N_("Project of the client"), "Zählerstand, Tarifwechsel und Störungsannahme"),
    given("ansprechpartner", N_("Who is asked at the client"), "Dr. Petra-Maria Reinke-Kılıç"),
    given(
        "personen",
        N_("People of the project (list)"),
        [{"person": "Aylin Yıldız-Hohenstein, P00000000", "aufgabe": "Team Süd"}],
    ),
    given(
        "massnahmen",
        N_("Measures of data protection at home (list)"),
        ["Eigener Raum mit Tür, Bildschirm gegen Blicke geschützt, keine Ausdrucke"],
    ),
    given("datenarten", N_("Kinds of data in the project"), "Namen, Anschriften, Verträge"),
    given("gewuenscht_bis", N_("Last day that the client is asked for"), "31. Dezember 2028"),
    given("schriftform", N_("The client's contract wants the written form"), example=True),
    given("haushalt", N_("Adults of the household (list)"), ["Maximiliane-Friederike Hohenstein"]),
    given(
        "betroffene",
        N_("People whom a measure is about (list)"),
        [
            {
                "name": "Maximiliane-Friederike Hohenstein-Schwarzenbergen",
                "personalnummer": "P00000000",
                "team": "Kundenservice Süd, Schicht 2",
                "beginn": "30. September 2027",
                "wochenstunden": "38,5",
            }
        ],
    ),
    given("uebergeben_am", N_("When the devices were handed over"), "30. September 2027, 14:35"),
    given("zurueckgegeben_am", N_("When the devices came back"), "30. September 2027, 14:35"),
    given("fahrer", N_("Who was there for the company"), "Konstantin-Alexander Freudenreich"),
    given(
        "positionen",
        N_("Devices of a record, piece by piece (list)"),
        [
            {
                "art": "Dockingstation",
                "inventarnummer": "HW-00000",
                "seriennummer": "5CD0123456789ABCDE",
                "zustand": "gebraucht, Kratzer am Gehäuse",
                "pruefung": "eingeschaltet, verbunden",
            }
        ],
    ),
    given("fehlend", N_("What is missing (list)"), ["Netzteil zur Dockingstation, HW-00000"]),
    given("bemerkung", N_("Remarks on a record"), "Ein Karton war außen feucht, innen trocken."),
    given("rueckkehr_am", N_("Last day at home"), "30. September 2027"),
    given("rueckkehr_grund", N_("Why somebody returns to the office"), "Wunsch der Person"),
    given("abholung_am", N_("Day of the pick-up, if agreed"), "Donnerstag, 30. September 2027"),
)
"""In the order in which the editor offers them."""


def without_person(terms: Terms, *, today: date, language: str) -> dict[str, Value]:
    """The values of all fields for a paper that is about no single person; theirs are missing."""
    said = asdict(terms)
    return {
        **{one.name: None for one in FIELDS},
        **{name: said[key] or None for name, key in TERMS_OF.items()},
        "firma_vertreten_durch": terms.represented_by,
        "ende": _day(_iso(terms.ends_on), language),
        "datum": day(today, language),
    }


NAMES: frozenset[str] = frozenset[str]().union(*(one.names for one in FIELDS))
"""Every name a text may use, as ``wording.fields.check`` wants it."""
