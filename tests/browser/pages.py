"""Every page of the journey, and who looks at it: the one list that the page tests go through."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hoffice.accounts.rules import Role

STRANGER = ""
"""Somebody whom the house does not know."""

PEOPLE = {
    "invited": "4230",
    "unsigned": "4101",
    "declined": "4167",
    "signed": "4116",
    "under_way": "4186",
    "partly": "4125",
    "received": "4142",
    "english": "4228",
    "collects": "4166",
    "inked": "4132",
    "unkept": "4113",
}
"""People of the demo at the points of the way, by personnel number; see hoffice/demo/guide.py."""


@dataclass(frozen=True)
class Visit:
    """One page and its reader: a role's word, one of the people, or nobody known."""

    who: str
    path: str
    status: int = 200

    def __str__(self) -> str:
        return f"{self.who or 'stranger'} {self.path}"


def _by(who: str, paths: Iterable[str]) -> tuple[Visit, ...]:
    return tuple(Visit(who, path) for path in paths)


VISITS = (
    *_by(
        STRANGER,
        (
            "/anmelden",
            "/passwort-vergessen",
            "/link-fehlt",
            "/link-ungueltig",
            "/datenschutz",
            "/pruefen",
            "/tastenkuerzel",
            "/demo/",
            "/demo/postfach/",
            "/demo/postfach/{mail}",
        ),
    ),
    Visit(STRANGER, "/gibt-es-nicht", status=404),
    *_by(
        Role.IT,
        (
            "/",
            "/suche?q=ber",
            "/suche?q=niemand+heißt+so",
            "/post",
            "/auftraege/",
            "/auftraege/{job}",
            "/konto",
            "/konto/zweiter-schritt",
            "/personen/",
            "/personen/?q=niemand",
            "/personen/?asking=open",
            "/orte/",
            "/personen/neu",
            "/personen/{received}",
            "/personen/{under_way}",
            "/personen/{partly}",
            "/personen/{nothing}",
            "/personen/{asked}",
            "/personen/{asked}/adresse",
            "/personen/{repaired}/adresse",
            "/personen/{received}/bearbeiten",
            "/personen/{received}/adresse",
            "/personen/{received}/adresse/punkt",
            "/orte/quellen",
            "/personen/import",
            "/personen/import/{staff_import}",
            "/personen/import/{staff_import}/spalten",
            "/personen/teams",
            "/personen/teams/{team}",
            "/personen/auftraggeber",
            "/personen/auftraggeber/{client}",
            "/personen/auftraggeber/projekte/{project}",
            "/geraete/",
            "/geraete/{item}",
            "/geraete/neu",
            "/geraete/anlagen/neu?zu=item:{item}",
            "/geraete/import",
            "/geraete/export",
            "/geraete/garantie",
            "/geraete/abbau",
            "/geraete/abbau?q=kaya",
            "/geraete/rueckgaben",
            "/geraete/rueckgaben/faellig?who=all",
            "/geraete/rueckgaben/neu/{received}",
            "/geraete/rueckgaben/pruefen",
            "/geraete/schaeden",
            "/geraete/{item}/ersatz",
            "/geraete/arten",
            "/geraete/arten/neu",
            "/geraete/kartons",
            "/geraete/karton/{box}",
            "/geraete/etiketten",
            "/geraete/etiketten?kit={kit}",
            "/aufgaben/",
            "/geraete/inventuren",
            "/geraete/inventuren/zuhause/neu",
            "/geraete/kits/",
            "/geraete/kits/{kit}",
            "/geraete/kits/vergeben",
            "/geraete/wer-hat-was",
            "/geraete/wer-hat-was?person={received}&am=2020-04-01T12:00",
            "/geraete/wer-hat-was?wer=stock:0&am=2020-03-01&damals=1",
            "/geraete/wer-hat-was/zeile/{ledger_line}",
            "/geraete/weitergaben",
            "/geraete/weitergaben/neu",
            "/geraete/weitergaben/neu?person={received}",
            "/fahrten/",
            "/fahrten/tafel",
            "/fahrten/liste",
            "/fahrten/planen",
            "/fahrten/plan/{plan}",
            "/fahrten/{closed_run}",
            "/fahrten/{running_run}",
            "/fahrten/{promised_run}",
            "/fahrten/schichten",
            "/fahrten/schichten/{free_shift}",
            "/fahrten/busse",
            "/fahrten/busse/{van}",
            "/fahrten/lager",
            "/fahrten/abholung",
            "/fahrten/abholung/liste",
            "/fahrten/abholung/zeiten",
            "/fahrten/abholung/zeiten/{hours}",
            "/fahrten/abholung/termin/{collecting}",
            "/fahrten/pakete",
            "/fahrten/pakete/{parcel}",
            "/fahrten/wege",
            "/fahrten/fenster",
            "/fahrten/fenster/{windowed}",
            "/fahrten/fenster/einladen",
            "/fahrten/fenster/fahrtag",
            "/fahrten/wuensche",
            "/fahrten/{promised_run}/absagen",
            "/fahrten/{promised_run}/einladen",
            "/fahrten/{promised_run}/etiketten",
            "/fahrten/{running_run}/neu-ordnen",
            "/fahrten/halt/{windowed}/bedarf",
            "/uebergaben/",
            "/unterwegs/",
            "/unterwegs/abholung/{collecting}",
            "/personen/{collects}",
        ),
    ),
    *_by(
        Role.HR,
        (
            "/",
            "/orte/",
            "/personen/{declined}",
            "/papiere/",
            "/papiere/?state=declined",
            "/papiere/?state=sent",
            "/papiere/?ends=30",
            "/papiere/anrufe",
            "/papiere/erneuern",
            "/papiere/erneuern?ids={received}",
            "/papiere/unterschreiben",
            "/papiere/zurueckziehen?group=declined",
            "/papiere/mappen/{unsigned}/angerufen",
            "/papiere/mappen/{received}",
            "/papiere/mappen/{received}/weiteres",
            "/papiere/mappen/{received}/weiteres?art=rueckkehr",
            "/papiere/rueckkehr?ids={received}",
            "/papiere/betriebsrat?ids={received}",
            "/papiere/senden",
            "/papiere/stapel",
            "/papiere/stapel/neu",
            "/papiere/texte",
            "/papiere/briefkopf",
            "/papiere/texte/{text}",
            "/papiere/texte/{text}/vergleich",
            "/papiere/texte/zusatz_telearbeit/de/schreiben",
            "/papiere/texte/zusatz_telearbeit/en/schreiben",
            "/papiere/mappen/{unsigned}",
            "/papiere/mappen/{declined}",
            "/papiere/mappen/{declined}/zurueckziehen",
            "/papiere/mappen/{unsigned}/code",
            "/papiere/fragen",
            "/papiere/fragen/{question}",
            "/papiere/freigaben",
            "/papiere/freigaben?which=all",
            "/papiere/freigaben/{given_approval}",
            "/papiere/freigaben/{open_approval}",
            "/papiere/freigaben/{open_approval}/zurueckziehen",
            "/papiere/freigaben/{open_approval}/eintragen",
            "/papiere/freigaben/projekte/{project}/anfragen",
            "/papiere/mit-tinte",
            "/papiere/{inked_paper}/ablegen",
            "/fahrten/abholung",
            "/fahrten/pakete",
            "/fahrten/fenster",
            "/fahrten/fenster/{windowed}",
        ),
    ),
    *_by(
        Role.DRIVER,
        (
            "/",
            "/unterwegs/",
            "/unterwegs/{running_run}",
            "/unterwegs/{promised_run}",
            "/unterwegs/halt/{running_stop}",
            "/unterwegs/halt/{done_stop}",
            "/unterwegs/halt/{running_stop}/geht-nicht",
        ),
    ),
    *_by(Role.LEAD, ("/", "/personen/")),
    *_by(Role.WORKS_COUNCIL, ("/",)),
    *_by(Role.DPO, ("/", "/protokoll", "/papiere/freigaben")),
    *_by(Role.AUDITOR, ("/", "/orte/", "/protokoll", "/personen/{received}")),
    *_by(Role.ADMIN, ("/", "/konten", "/konten/einladen", "/konten/{account}")),
    *_by("invited", ("/mein/", "/mein/adresse", "/mein/adresse/punkt", "/mein/zuhause")),
    *_by(
        "unsigned",
        ("/mein/", "/mein/papiere", "/mein/papiere/{unsigned_paper}", "/mein/lieferung"),
    ),
    *_by(
        "unsigned",
        (
            "/mein/papiere/code",
            "/mein/papiere/{unsigned_paper}/ablehnen",
            "/mein/papiere/{unsigned_paper}/frage",
            "/mein/papiere/{unsigned_paper}/datei",
        ),
    ),
    *_by("inked", ("/mein/papiere", "/mein/papiere/{inked_paper}")),
    *_by("unkept", ("/mein/", "/mein/papiere/erhalten")),
    *_by("declined", ("/mein/",)),
    *_by("signed", ("/mein/", "/mein/papiere", "/mein/lieferung", "/mein/termin/")),
    *_by("under_way", ("/mein/", "/mein/lieferung")),
    *_by("partly", ("/mein/", "/mein/annehmen")),
    *_by("received", ("/mein/", "/mein/unterlagen", "/mein/lieferung")),
    *_by("collects", ("/mein/", "/mein/abholung", "/mein/lieferung")),
    *_by("english", ("/mein/", "/mein/adresse")),
)

LEFT_OUT = {
    "tasks.task": "needs a task; the views' tests make one",
    "kits.teardown_places": "for scripts",
    "kits.teardown": "needs a desk that was begun; test_teardown looks at it",
    "kits.return_page": "needs a return; test_returns takes a kit back and looks at it",
    "kits.damage": "needs a loss; the views' tests make one",
    "kits.count": "needs a stock-take; test_counting begins one and looks at it",
    "kits.count_close": "needs a stock-take; test_counting looks at it",
    "kits.count_lines": "needs a stock-take; test_counting looks at it",
    "kits.count_stranger": "needs an unknown tag; the views' tests scan one",
    "kits.count_state": "for scripts",
    "kits.home_check": "needs a check at home; test_counting asks",
    "belongings.index": "needs a check at home; test_counting answers one",
    "belongings.photo": "leads on",
    "kits.transfer": "needs a transfer; the views' tests make one",
    "transfer.transfer": "needs a transfer; the views' tests make one",
    "transfer.decline": "needs a transfer; the views' tests make one",
    "check.certificates": "a file for programs that check seals",
    "agreements.stack": "needs a scan; test_stacks makes one and looks at it",
    "agreements.stack_page": "needs a scan; test_stacks makes one and looks at it",
    "agreements.stack_picture": "a picture; the page's own page shows it",
    "agreements.stack_file": "a file: the scan as it was uploaded",
    "agreements.outcome": "needs a job for many people; the views' tests make one",
    "agreements.withdraw_paper": "needs a paper added by itself; test_household makes one",
    "household.answer": "needs a consent that is asked for; test_household asks for one",
    "household.decline": "needs a consent that is asked for; test_household asks for one",
    "accounts.health": "for watchdogs",
    "accounts.sign_in_code": "only between two steps of signing in",
    "accounts.mailed_key": "its address is a secret that only a mail knows",
    "accounts.personal_link": "the journey opens it from the mail",
    "client.index": "behind a client's link, which only a mail knows: test_client_page opens it",
    "demo.sign_in": "leads on",
    "agreements.logo": "a picture; the letterhead's page shows it",
    "desk.job_state": "for scripts",
    "kits.item_by_tag": "leads on to the page of the device",
    "kits.item_columns": "needs a list; the views' tests upload one",
    "kits.preview_items": "needs a list; the views' tests upload one",
    "kits.export_file": "a file",
    "kits.export_all": "a file",
    "kits.attachment": "a photo or a paper; the page of its device shows it",
    "places.ground": "for scripts",
    "places.surroundings": "for scripts",
    "pickup.calendar": "a file for the calendar",
    "portal.surroundings": "for scripts",
    "runs.board_places": "for scripts",
    "runs.calendar": "a file for calendars",
    "runs.compare_plans": "needs two plans; the views' tests make them",
    "runs.promises": "only while a run can be promised: part of the journey",
    "runs.table": "a file for spreadsheets",
    "runs.track": "a file for navigation programs",
    "slots.calendar": "a file for the calendar",
}
"""Pages that are not visited here, and why; papers and labels are no pages."""

THINGS = {
    "question": "select min(id) from paper_question where answered_at is null",
    "inked_paper": "select min(id) from paper where paper_wanted_at is not null",
    "mail": "select max(id) from notice where link_id is not null",
    "job": "select id from job where state = 'done' and kind = 'runs.plan' limit 1",
    "nothing": "select min(id) from employee where id not in (select employee_id from kit)",
    "asked": "select id from employee where personnel_number = '4168'",
    "repaired": "select id from employee where personnel_number = '4221'",
    "staff_import": "select max(id) from staff_import",
    "team": "select min(id) from team",
    "client": "select min(client_id) from project",
    "project": "select min(id) from project",
    "given_approval": "select min(id) from client_approval where state = 'partly'",
    "open_approval": "select min(id) from client_approval where state in ('asked', 'opened')",
    "item": "select min(item_id) from handover_line",
    "ledger_line": "select max(id) from custody_entry",
    "box": "select min(code) from box where state = 'handed_over'",
    "kit": "select kit_id from box where state = 'packed' order by 1 limit 1",
    "plan": "select max(id) from plan",
    "closed_run": "select min(id) from run where state = 'closed'",
    "running_run": "select min(id) from run where state = 'under_way'",
    "promised_run": "select min(id) from run where state = 'promised'",
    "running_stop": "select min(id) from stop where state = 'under_way'",
    "done_stop": "select min(s.id) from stop s join run r on r.id = s.run_id "
    "where s.state = 'done' and r.state = 'under_way'",
    "hours": "select max(id) from counter",
    "collecting": "select s.id from stop s join employee e on e.id = s.employee_id "
    "where e.personnel_number = '4166' order by s.id desc limit 1",
    "parcel": "select min(stop_id) from parcel",
    "windowed": "select min(id) from stop where state = 'promised' and way = 'van'",
    "free_shift": "select max(id) from shift",
    "van": "select min(id) from van",
    "text": "select min(id) from text_version",
    "account": "select id from account where email like 'can.demir@%'",
    "unsigned_paper": "select min(p.id) from paper p join employee e on e.id = p.employee_id "
    "where p.state in ('sent', 'opened') and e.personnel_number = '4101'",
}
"""What the places in the paths stand for, as questions to the demo's database."""


def things(database: Path) -> dict[str, str]:
    """The numbers of the demo's things; each question must have an answer."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        found = {
            name: (connection.execute(ask).fetchone() or [None])[0] for name, ask in THINGS.items()
        }
        known = dict(connection.execute("select personnel_number, id from employee").fetchall())
    finally:
        connection.close()
    unknown = [name for name, number in found.items() if number is None]
    assert not unknown, f"the demo has none of these: {unknown}"
    found |= {name: known[number] for name, number in PEOPLE.items()}
    return {name: str(number) for name, number in found.items()}
