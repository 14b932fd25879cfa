"""What every part of the loading needs to know: the cast, its days, and who does things."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from hoffice import clock
from hoffice.accounts import queries as accounts
from hoffice.accounts.links import LinkBook
from hoffice.agreements.rules import Terms
from hoffice.demo.cast import cast
from hoffice.demo.cast.things import Cast
from hoffice.demo.days import Days, later_today
from hoffice.files.service import Store
from hoffice.units import Actor

IT = "jonas.reuter@spreeruf.example"
OTHER_IT = "lena.vogt@spreeruf.example"
HR = "svenja.adler@spreeruf.example"
DRIVER = "can.demir@spreeruf.example"
OTHER_DRIVER = "mira.weber@spreeruf.example"


@dataclass(frozen=True)
class Scene:
    """The stage: who is in the story, when its days are, and the doors it needs."""

    days: Days
    made_at: datetime
    book: LinkBook
    store: Store
    cast: Cast = field(default_factory=cast)

    def moment(self, day: int, minute: int) -> datetime:
        """The moment of a deed of the story; never later than the making of the demo."""
        return min(clock.at(self.days.on(day), minute), self.made_at)

    @property
    def later_today(self) -> int:
        """How many minutes today's run is put off, so that its windows lie ahead."""
        wall = self.made_at.astimezone(clock.BERLIN)
        return later_today(wall.hour * 60 + wall.minute)

    def actor(self, email: str) -> Actor:
        """Somebody on staff, as the log names people."""
        account = accounts.by_email(email)
        if account is None:
            raise LookupError(email)
        return Actor.staff(account.id)

    @property
    def company(self) -> str:
        """The firm of the story."""
        return self.cast.office.firm

    @property
    def address(self) -> str:
        """Where the firm sits."""
        office = self.cast.office
        return f"{office.street} {office.house_number}, {office.postcode} {office.city}"

    @property
    def terms(self) -> Terms:
        """What the papers of the story say."""
        return Terms(
            company=self.company,
            company_address=self.address,
            represented_by="Svenja Adler",
            hotline=self.cast.office.phone,
            data_protection_contact="datenschutz@spreeruf.example",
            allowance="30 Euro",
            works_agreement="Mobiles Arbeiten vom 16. März",
        )
