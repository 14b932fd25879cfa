"""Sample texts to start from. A lawyer has to approve each before it is used.

The German text binds; the English one is for reading and has no place to sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from hoffice.agreements.rules import Form

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sample:
    """One text type with its fields, in the form of ``wording.fields.fields_of``."""

    key: str
    titles: MappingProxyType[str, str]
    """By language, such as `de`; the German one is the text's own heading."""
    fields: frozenset[str]
    optional: frozenset[str]
    """Fields that may have no value, because the text only prints them where they have one."""
    roles: tuple[str, ...]
    """Who signs, in this order."""
    form: Form
    valid_months: int | None = None
    """After so many months it has to be signed anew; None: as long as it is true."""

    def source(self, language: str) -> str:
        """The text as Markdown with fields; languages are the keys of ``titles``."""
        if language not in self.titles:
            raise KeyError(language)
        return (_FOLDER / f"{self.key}.{language}.md").read_text(encoding="utf-8")


_PERSON = {"name", "personalnummer", "firma", "firma_anschrift"}
_CONTACTS = {"hotline", "dsb_kontakt"}
_DEVICES = {
    f"geraete.{part}"
    for part in ("art", "modell", "inventarnummer", "seriennummer", "zustand", "wert")
}
_PIECES = {
    f"positionen.{part}"
    for part in ("art", "inventarnummer", "seriennummer", "zustand", "pruefung")
} | {"fehlend[]"}

SAMPLES = (
    Sample(
        key="zusatz_telearbeit",
        titles=MappingProxyType(
            {
                "de": "Zusatzvereinbarung über das Arbeiten zu Hause",
                "en": "Addendum on working from home",
            }
        ),
        fields=frozenset(
            _PERSON
            | {"firma_vertreten_durch", "anschrift", "vertrag_vom", "modell", "beginn", "ende"}
            | {"wochenstunden", "tage", "erreichbar_von", "erreichbar_bis", "hotline"}
            | {"pauschale", "zutritt_tage", "kuendigungsfrist", "betriebsvereinbarung", "mbit"}
        ),
        optional=frozenset({"ende", "tage", "pauschale", "betriebsvereinbarung"}),
        roles=("employee", "employer"),
        form=Form.TEXTFORM,
    ),
    Sample(
        key="zusatz_mobil",
        titles=MappingProxyType(
            {"de": "Zusatzvereinbarung über mobile Arbeit", "en": "Addendum on mobile work"}
        ),
        fields=frozenset(
            _PERSON
            | {"firma_vertreten_durch", "vertrag_vom", "beginn", "ende", "tage", "hotline"}
            | {"erreichbar_von", "erreichbar_bis", "pauschale", "kuendigungsfrist"}
            | {"betriebsvereinbarung"}
        ),
        optional=frozenset({"ende", "tage", "pauschale", "betriebsvereinbarung"}),
        roles=("employee", "employer"),
        form=Form.TEXTFORM,
    ),
    Sample(
        key="ueberlassung",
        titles=MappingProxyType(
            {"de": "Überlassung von Arbeitsmitteln", "en": "Loan of equipment"}
        ),
        fields=frozenset(_PERSON | {"hotline", "it_hotline"} | _DEVICES),
        optional=frozenset(),
        roles=("employee",),
        form=Form.TEXTFORM,
    ),
    Sample(
        key="datenschutz",
        titles=MappingProxyType(
            {
                "de": "Vertraulichkeit und Datenschutz beim Arbeiten zu Hause",
                "en": "Confidentiality and data protection when working from home",
            }
        ),
        fields=frozenset(
            _PERSON | _CONTACTS | {"projekte[]", "berufsgeheimnis", "telekommunikation"}
        ),
        optional=frozenset({"berufsgeheimnis", "telekommunikation"}),
        roles=("employee",),
        form=Form.TEXTFORM,
    ),
    Sample(
        key="verhaltensregeln",
        titles=MappingProxyType(
            {
                "de": "Verhaltensregeln für das Arbeiten zu Hause",
                "en": "Rules of conduct for working from home",
            }
        ),
        fields=frozenset(_PERSON | _CONTACTS | {"it_hotline", "mbit"}),
        optional=frozenset(),
        roles=("employee",),
        form=Form.TEXTFORM,
        valid_months=12,
    ),
    Sample(
        key="selbstauskunft",
        titles=MappingProxyType(
            {
                "de": "Selbstauskunft zum Arbeitsplatz zu Hause",
                "en": "Self-assessment of the workplace at home",
            }
        ),
        fields=frozenset(_PERSON | {"anschrift", "mbit", "hotline", "sifa_kontakt"}),
        optional=frozenset({"sifa_kontakt"}),
        roles=("employee",),
        form=Form.TEXTFORM,
    ),
    Sample(
        key="unterweisung",
        titles=MappingProxyType(
            {
                "de": "Unterweisung: sicher und gesund zu Hause arbeiten",
                "en": "Instruction: working at home safely and in good health",
            }
        ),
        fields=frozenset(
            _PERSON
            | {"unterweiser", "hotline", "sifa_kontakt", "betriebsarzt_kontakt", "betriebsrat"}
            | {"unfallversicherung"}
        ),
        optional=frozenset(
            {"sifa_kontakt", "betriebsarzt_kontakt", "betriebsrat", "unfallversicherung"}
        ),
        roles=("employee", "trainer"),
        form=Form.TEXTFORM,
        valid_months=12,
    ),
    Sample(
        key="art13_hinweis",
        titles=MappingProxyType(
            {
                "de": "Information zur Datenverarbeitung beim Arbeiten zu Hause",
                "en": "Information on data processing when working from home",
            }
        ),
        fields=frozenset(
            _PERSON | _CONTACTS | {"firma_vertreten_durch", "datum", "aufsichtsbehoerde"}
        ),
        optional=frozenset({"aufsichtsbehoerde"}),
        roles=(),
        form=Form.TEXTFORM,
    ),
    Sample(
        key="haushalt_zutritt",
        titles=MappingProxyType(
            {
                "de": "Einverständnis des Haushalts mit dem Zutritt zur Wohnung",
                "en": "Consent of the household to access to the home",
            }
        ),
        fields=frozenset(
            {"name", "firma", "firma_anschrift", "anschrift", "haushalt[]", "zutritt_tage"}
            | _CONTACTS
        ),
        optional=frozenset(),
        roles=("household",),
        form=Form.TEXTFORM,
    ),
    Sample(
        key="auftraggeber_freigabe",
        titles=MappingProxyType(
            {
                "de": "Zustimmung des Auftraggebers zum Arbeiten zu Hause",
                "en": "Client's approval of working from home",
            }
        ),
        fields=frozenset(
            {"firma", "firma_anschrift", "firma_vertreten_durch", "zutritt_tage"}
            | {"auftraggeber", "projekt", "ansprechpartner", "personen.person", "personen.aufgabe"}
            | {"datenarten", "massnahmen[]", "gewuenscht_bis", "schriftform"}
            | _CONTACTS
        ),
        optional=frozenset({"ansprechpartner", "datenarten", "gewuenscht_bis", "schriftform"}),
        roles=("client",),
        form=Form.TEXTFORM,
    ),
    Sample(
        key="br_beteiligung",
        titles=MappingProxyType(
            {
                "de": "Beteiligung des Betriebsrats am Arbeiten zu Hause",
                "en": "Involvement of the works council in working from home",
            }
        ),
        fields=frozenset(
            {"firma", "firma_anschrift", "firma_vertreten_durch", "datum", "modell"}
            | {"betriebsrat", "beginn", "ende", "betriebsvereinbarung", "sifa_kontakt"}
            | {f"betroffene.{part}" for part in ("name", "personalnummer", "team", "beginn")}
            | {"betroffene.wochenstunden"}
            | _CONTACTS
        ),
        optional=frozenset({"betriebsrat", "ende", "betriebsvereinbarung", "sifa_kontakt"}),
        roles=("works_council",),
        form=Form.TEXTFORM,
    ),
    Sample(
        key="uebergabeprotokoll",
        titles=MappingProxyType({"de": "Übergabeprotokoll", "en": "Handover record"}),
        fields=frozenset(
            _PERSON | _PIECES | {"anschrift", "hotline", "uebergeben_am", "fahrer", "bemerkung"}
        ),
        optional=frozenset({"uebergeben_am", "fahrer", "bemerkung"}),
        roles=("employee", "driver"),
        form=Form.TEXTFORM,
    ),
    Sample(
        key="rueckgabeprotokoll",
        titles=MappingProxyType({"de": "Rückgabeprotokoll", "en": "Return record"}),
        fields=frozenset(
            _PERSON | _PIECES | {"anschrift", "hotline", "zurueckgegeben_am", "fahrer", "bemerkung"}
        ),
        optional=frozenset({"zurueckgegeben_am", "fahrer", "bemerkung"}),
        roles=("driver", "employee"),
        form=Form.TEXTFORM,
    ),
    Sample(
        key="rueckkehr",
        titles=MappingProxyType({"de": "Rückkehr ins Büro", "en": "Return to the office"}),
        fields=frozenset(
            _PERSON
            | {"firma_vertreten_durch", "anschrift", "hotline", "rueckkehr_am", "rueckkehr_grund"}
            | {"abholung_am", "geraete.art", "geraete.modell", "geraete.inventarnummer"}
            | {"geraete.seriennummer"}
        ),
        optional=frozenset({"rueckkehr_grund", "abholung_am"}),
        roles=("employer", "employee"),
        form=Form.TEXTFORM,
    ),
)
