"""What a newcomer can try in the demo: as whom, and to see what.

Pure: texts only.
"""

from __future__ import annotations

from hoffice.accounts.rules import Role
from hoffice.errors import N_

ROLES: tuple[tuple[Role, str], ...] = (
    (
        Role.IT,
        N_(
            "Tear down a desk scan by scan, count a desk, take back and swap devices, follow any "
            "of them through the ledger; move stops about on the planner’s board, ask people to "
            "choose a window, decide about wishes, hand out kits at the office."
        ),
    ),
    (Role.HR, N_("Send the papers, see who has signed, remind, and answer those who declined.")),
    (
        Role.DRIVER,
        N_("On the phone: the run that is under way, and tomorrow's boxes to be loaded."),
    ),
    (Role.LEAD, N_("See how far the own team is.")),
    (Role.WORKS_COUNCIL, N_("See what the works council may see, and nothing more.")),
    (Role.DPO, N_("Look through the log, and check that its chain holds.")),
    (Role.AUDITOR, N_("Follow a device through the ledger and a person through the papers.")),
    (Role.ADMIN, N_("Invite people, give roles, close accounts.")),
)
"""In the order in which the journey goes."""

PEOPLE: tuple[tuple[str, str], ...] = (
    ("4230", N_("has just been invited and has not opened anything yet")),
    ("4101", N_("has said when somebody is home; the papers wait to be read and signed")),
    ("4132", N_("wants the addendum with ink on paper; HR prints it and files it")),
    ("4113", N_("has signed, and is asked whether the copies have come")),
    ("4167", N_("has declined the addendum and said why")),
    ("4117", N_("may choose among three windows for the van, and has not answered yet")),
    ("4147", N_("was promised a window, and is asked whether another one would do")),
    ("4149", N_("insists on an afternoon; IT sees what that would cost, and decides")),
    ("4166", N_("picks the boxes up at the office, at a quarter of an hour of her own")),
    ("4116", N_("has signed; the boxes come on the next working day")),
    ("4186", N_("is waiting at the door: the van is under way")),
    ("4125", N_("got a cracked monitor and has not confirmed the receipt yet")),
    ("4216", N_("is lent a colleague's headset, and has to say that it has come")),
    ("4240", N_("is asked what she has at home, and has not answered yet")),
    ("4142", N_("has everything, and has confirmed it item by item")),
    ("4228", N_("reads English, and has a question about another address")),
)
"""Personnel numbers of the cast, each at another point of the way."""
