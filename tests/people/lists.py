"""Small staff lists as people upload them."""

from __future__ import annotations

from collections.abc import Sequence

HEADER = "Personalnummer;Vorname;Nachname;E-Mail;Team;Auftraggeber;Straße;Hausnummer;PLZ;Ort"
AYSE = "4471;Ayşe;Kaya;ayse@spreeruf.example;Team Süd;Havelkraft;Sonnenallee;912;12045;Berlin"
MAREK = "4472;Marek;Nowak;marek@spreeruf.example;Team Süd;Stadtwerk;Birkengasse;7;14467;Potsdam"


def csv(*lines: str, header: str = HEADER, encoding: str = "utf-8") -> bytes:
    """A CSV file of these lines."""
    return "\r\n".join((header, *lines, "")).encode(encoding)


def many(count: int, *, start: int = 0) -> bytes:
    """A CSV file of so many invented people."""
    postcodes: Sequence[str] = ("10115", "12045", "14467", "15711")
    return csv(
        *(
            f"N{no:05d};Vorname{no};Nachname{no % 97};n{no}@spreeruf.example;Team {no % 12};"
            f"Havelkraft;Lindenring;{no % 200 + 1};{postcodes[no % 4]};Berlin"
            for no in range(start, start + count)
        )
    )
