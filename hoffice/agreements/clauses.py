"""What a text of each kind has to say before anybody may approve it.

These are the least: the table of sections is in docs/texts.md. A lawyer decides about the words.
"""

from __future__ import annotations

from hoffice.agreements.rules import Form, PaperKind
from hoffice.errors import N_
from hoffice.wording.lint import Clause


def _named(label: str, *fields: str) -> Clause:
    """Said by printing or asking for one of these fields."""
    return Clause(label, frozenset(fields))


def _said(label: str, german: str, english: str, *fields: str) -> Clause:
    """Said by words, or by one of these fields."""
    return Clause(label, frozenset(fields), {"de": german, "en": english})


_PERSON = _named(N_("the person's name"), "name")
_FIRM = _named(N_("the name of the company"), "firma")
_HOME = _named(N_("the address of the home"), "anschrift")
_RECEIPT = _said(
    N_("the request to confirm the receipt (§ 2 Abs. 1 NachwG)"),
    r"Empfang[^.]{0,120}bestätig|bestätig[^.]{0,120}Empfang",
    r"confirm[^.]{0,120}receipt|receipt[^.]{0,120}confirm",
)
_END = _said(
    N_("how it ends"), r"kündig|endet|beende", r"terminat|notice|\bends?\b", "kuendigungsfrist"
)
_DATA = _said(N_("data protection"), r"Datenschutz|DSGVO", r"data protection|GDPR")
_DEVICES = _named(N_("the list of devices"), "geraete.art", "geraete.inventarnummer")
_PIECES = _named(N_("the list of devices"), "positionen.art", "positionen.inventarnummer")
_REVOCABLE = _said(N_("that it can be taken back"), r"widerruf", r"revo[ck]|withdr[ae]w")
_CONDITION = _said(
    N_("the condition of each device"), r"Zustand", r"condition", "positionen.zustand"
)

CLAUSES: dict[PaperKind, tuple[Clause, ...]] = {
    PaperKind.ADDENDUM: (
        _PERSON,
        _FIRM,
        _HOME,
        _named(N_("the model of work"), "modell"),
        _named(N_("the first day"), "beginn"),
        _named(N_("the hours a week"), "wochenstunden"),
        _said(N_("who provides the equipment"), r"Arbeitsmittel|Ausstattung", r"equipment"),
        _said(N_("the costs"), r"Kosten|Aufwendung", r"costs|expenses", "pauschale"),
        _said(N_("the access to the home"), r"Zutritt", r"access", "zutritt_tage"),
        _said(N_("that the home is protected (Art. 13 GG)"), r"Art\w*\.? 13", r"Art\w*\.? 13"),
        _DATA,
        _END,
        _said(N_("the return to the office"), r"Betrieb|Rückkehr", r"office|return"),
        _RECEIPT,
    ),
    PaperKind.MOBILE: (
        _PERSON,
        _FIRM,
        _named(N_("the first day"), "beginn"),
        _DATA,
        _END,
        _RECEIPT,
    ),
    PaperKind.LOAN: (
        _PERSON,
        _FIRM,
        _DEVICES,
        _said(N_("who is liable for damage"), r"\bhaft|Schadensausgleich", r"liab"),
        _said(N_("how loss and faults are reported"), r"Verlust|Diebstahl", r"loss|theft"),
        _said(N_("the return of the devices"), r"zurück|Rückgabe", r"return|give back"),
    ),
    PaperKind.DATA_PROTECTION: (
        _PERSON,
        _FIRM,
        _said(N_("the secrecy of the spoken word (§ 201 StGB)"), r"\b201\b", r"\b201\b"),
        _said(N_("whom an incident is reported to"), r"meld|Meldung", r"report", "dsb_kontakt"),
        _said(N_("what follows from a breach"), r"Folgen|Verst[oö]", r"consequences|breach"),
    ),
    PaperKind.CONDUCT: (
        _PERSON,
        _said(N_("that the screen is locked"), r"sperr", r"\block"),
        _said(N_("the connection to the company's network"), r"VPN|Firmennetz", r"VPN|network"),
        _said(N_("other persons in the household"), r"Familie|Haushalt|Dritte",
              r"family|household"),
        _said(N_("paper and its destruction"), r"Papier|Ausdruck|druck", r"paper|print"),
        _said(N_("whom an incident is reported to"), r"meld", r"report"),
    ),
    PaperKind.WORKPLACE: (
        _PERSON,
        _HOME,
        _said(N_("the desk and the chair"), r"Stuhl", r"chair"),
        _said(N_("the light"), r"Licht|Beleuchtung", r"light"),
        _said(N_("the internet connection"), r"Internet", r"internet", "mbit"),
        _said(N_("the electric installation"), r"Strom|Steckdose|elektr", r"electric|socket"),
    ),
    PaperKind.INSTRUCTION: (
        _PERSON,
        _said(N_("who gave the instruction"), r"unterw[ei]+s", r"instruct", "unterweiser"),
        _said(N_("that it is repeated every year"), r"jährlich|zwölf Monat|12 Monat",
              r"year|twelve months|12 months"),
        _said(N_("that questions could be asked"), r"Frage|Gespräch", r"question|conversation"),
    ),
    PaperKind.PRIVACY_NOTICE: (
        _FIRM,
        _said(N_("the data protection officer"), r"Datenschutzbeauftrag",
              r"data protection officer", "dsb_kontakt"),
        _said(N_("the purposes"), r"Zweck|wofür|wozu", r"purpose|what for"),
        _said(N_("the legal bases (Art. 6 GDPR)"), r"Art\w*\.? 6|Rechtsgrundlage",
              r"Art\w*\.? 6|legal bas"),
        _said(N_("who receives data"), r"Empfänger|weitergegeben|erhält|erhalten",
              r"recipient|receive"),
        _said(N_("how long data are kept"), r"Speicher|gelöscht|aufbewahr",
              r"kept|deleted|retention"),
        _said(N_("the rights of the persons"), r"Auskunft", r"access"),
        _said(N_("the right to complain"), r"Beschwerde|beschwer", r"complain",
              "aufsichtsbehoerde"),
    ),
    PaperKind.HOUSEHOLD: (
        _FIRM,
        _HOME,
        _said(N_("the notice before a visit"), r"Ankündigung|angekündigt|Tage", r"notice|days",
              "zutritt_tage"),
        _said(N_("that it is voluntary"), r"freiwillig", r"voluntar"),
        _REVOCABLE,
        _said(N_("that the home is protected (Art. 13 GG)"), r"Art\w*\.? 13", r"Art\w*\.? 13"),
    ),
    PaperKind.CLIENT_APPROVAL: (
        _FIRM,
        _named(N_("the client"), "auftraggeber"),
        _named(N_("the project"), "projekt"),
        _named(N_("the list of people or roles"), "personen.person", "personen.aufgabe"),
        _said(N_("the kinds of data"), r"Daten", r"data", "datenarten"),
        _said(N_("the measures"), r"Maßnahme", r"measure", "massnahmen[]"),
        _said(N_("the right to check"), r"Kontroll|Prüf|Audit", r"audit|check|inspect"),
        _said(N_("the conditions"), r"Auflage|Bedingung", r"condition"),
        _said(N_("until when it counts"), r"befristet|gilt|bis zum", r"valid|until",
              "gewuenscht_bis"),
    ),
    PaperKind.WORKS_COUNCIL: (
        _FIRM,
        _said(N_("the transfer (§ 99 BetrVG)"), r"§+ ?99", r"§+ ?99|section 99"),
        _said(N_("the week for an answer (§ 99 Abs. 3 BetrVG)"), r"Woche", r"week"),
        _said(N_("the technical systems (§ 87 Abs. 1 Nr. 6 and 14 BetrVG)"), r"§+ ?87", r"§+ ?87"),
        _named(N_("the list of people or roles"), "betroffene.name"),
    ),
    PaperKind.HANDOVER: (_PERSON, _FIRM, _PIECES, _CONDITION,
        _said(N_("that the devices were tested"), r"Test|geprüft|Prüfung|Funktion", r"test|check")),
    PaperKind.RETURN: (_PERSON, _FIRM, _PIECES, _CONDITION,
        _said(N_("what is missing"), r"fehl", r"missing|lacking")),
    PaperKind.BACK_TO_OFFICE: (
        _PERSON,
        _FIRM,
        _named(N_("the last day at home"), "rueckkehr_am"),
        _said(N_("that the allowance ends"), r"Pauschale|Zahlung", r"allowance|payment"),
        _said(N_("the pick-up of the devices"), r"abhol|Abholung|geholt", r"pick|collect"),
        _said(N_("the return of documents and data"), r"Unterlagen|Daten", r"documents|data"),
        _RECEIPT,
    ),
}  # fmt: skip

LIMITING_FORMS = frozenset({Form.PAPER, Form.QUALIFIED})
"""Only a paper of these forms may limit the employment itself (§ 14 Abs. 4 TzBfG)."""
