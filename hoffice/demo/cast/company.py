"""The firm of the story: its office, teams, clients, accounts and the one rented van."""

from __future__ import annotations

from hoffice.demo.cast.things import (
    Approval,
    ApprovalState,
    Campaign,
    Client,
    Office,
    Point,
    Project,
    StaffMember,
    Team,
    Van,
)

OFFICE = Office(
    firm="Spreeruf Kundendialog GmbH",
    street="Spittelmarkt",
    house_number="7",
    postcode="10117",
    city="Berlin",
    point=Point(52.5113, 13.4026),
    phone="030 23125 000",
)

CAMPAIGN = Campaign(
    name="März 2020, nach Hause",
    started_day=-3,
    deadline_day=8,
    works_council_asked_day=-3,
    works_council_consented_day=-3,
)

VAN = Van(
    name="Bus 1",
    boxes=6,
    volume_l=4300,
    payload_kg=800,
    seats=2,
    day_cents=9000,
    km_cents=19,
)

TEAMS = (
    Team("nord", "Team Nord", lead="4189"),
    Team("sued", "Team Süd", lead="4215"),
    Team("west", "Team West", lead="4118"),
    Team("ost", "Team Ost", lead="4220"),
    Team("mitte", "Team Mitte", lead="4240"),
    Team("abend", "Team Abend", lead="4179"),
)

STAFF = (
    StaffMember(
        "Jonas",
        "Reuter",
        "jonas.reuter@spreeruf.example",
        "030 23125 901",
        "it",
        is_crew=True,
    ),
    StaffMember(
        "Mira",
        "Weber",
        "mira.weber@spreeruf.example",
        "030 23125 902",
        "it",
        is_crew=True,
    ),
    StaffMember(
        "Lena",
        "Vogt",
        "lena.vogt@spreeruf.example",
        "030 23125 910",
        "it",
    ),
    StaffMember(
        "Svenja",
        "Adler",
        "svenja.adler@spreeruf.example",
        "030 23125 903",
        "hr",
    ),
    StaffMember(
        "Can",
        "Demir",
        "can.demir@spreeruf.example",
        "030 23125 904",
        "driver",
        is_crew=True,
    ),
    StaffMember(
        "Katharina",
        "Lehmann",
        "katharina.lehmann@spreeruf.example",
        "030 23125 905",
        "lead",
        person="4215",
    ),
    StaffMember(
        "Gudrun",
        "Paschke",
        "betriebsrat@spreeruf.example",
        "030 23125 906",
        "works_council",
    ),
    StaffMember(
        "Matthias",
        "Ohlendorf",
        "datenschutz@spreeruf.example",
        "030 23125 907",
        "dpo",
    ),
    StaffMember(
        "Ilse",
        "Brandl",
        "ilse.brandl@pruefhaus-brandl.example",
        "030 23125 908",
        "auditor",
    ),
    StaffMember(
        "Noor",
        "van Dijk",
        "noor.van-dijk@spreeruf.example",
        "030 23125 909",
        "admin",
    ),
)

CLIENTS = (
    Client(
        "havelkraft",
        "Havelkraft Energie GmbH",
        contact="Petra Reinke",
        email="reinke@havelkraft.example",
        projects=(
            Project("havelkraft-tarif", "Zählerstand und Tarif"),
            Project("havelkraft-stoerung", "Störungsannahme"),
        ),
        approval=Approval(ApprovalState.SENT, asked_day=-3),
    ),
    Client(
        "nordlicht",
        "Nordlicht Versand AG",
        contact="Oliver Tams",
        email="tams@nordlicht-versand.example",
        projects=(
            Project("nordlicht-bestellung", "Bestellungen"),
            Project("nordlicht-retouren", "Retouren"),
        ),
        approval=Approval(
            ApprovalState.APPROVED,
            asked_day=-3,
            decided_day=-3,
            until_day=126,
        ),
    ),
    Client(
        "telmoro",
        "Telmoro Mobilfunk GmbH",
        contact="Dr. Hatice Kılıç",
        email="homeoffice@telmoro.example",
        projects=(
            Project("telmoro-service", "Kundenservice"),
            Project("telmoro-technik", "Technikhilfe"),
        ),
        approval=Approval(
            ApprovalState.APPROVED,
            asked_day=-3,
            decided_day=-3,
            until_day=63,
            conditions="Anrufe nur über die Firmenleitung, kein Mitschnitt zu Hause.",
        ),
    ),
    Client(
        "birkenthal",
        "Birkenthal Bank AG",
        contact="Johannes Freytag",
        email="freytag@birkenthal-bank.example",
        projects=(Project("birkenthal-konto", "Kontoservice"),),
        approval=Approval(
            ApprovalState.APPROVED,
            asked_day=-3,
            decided_day=-2,
            until_day=25,
            conditions=(
                "Eigener Raum mit Tür, nichts ausdrucken, keine Kartennummern am Telefon aufnehmen."
            ),
        ),
    ),
    Client(
        "alvenia",
        "Alvenia Versicherung a. G.",
        contact="Sabine Ruhland",
        email="ruhland@alvenia.example",
        projects=(Project("alvenia-leistung", "Fragen zu Leistungen"),),
        approval=Approval(ApprovalState.OPENED, asked_day=-2),
    ),
    Client(
        "moewenflug",
        "Möwenflug Reisen GmbH",
        contact="Maartje Visser",
        email="visser@moewenflug.example",
        projects=(
            Project("moewenflug-umbuchung", "Umbuchungen"),
            Project("moewenflug-reklamation", "Reklamationen"),
        ),
        approval=Approval(
            ApprovalState.APPROVED,
            asked_day=-3,
            decided_day=-2,
            until_day=126,
        ),
    ),
)
