"""The signature of the house under papers that the employee has signed."""

from __future__ import annotations

from hoffice.agreements import queries
from hoffice.agreements.models import Paper
from hoffice.agreements.rules import SignerRole, waits_for
from hoffice.agreements.service import signing
from hoffice.errors import N_, Refused
from hoffice.files.service import Store
from hoffice.units import Actor

ROLES = (SignerRole.EMPLOYER, SignerRole.TRAINER)
"""Who signs with an account of the house."""


def role_of(paper: Paper) -> SignerRole | None:
    """As what the house has to sign this paper next; None when it has, or has not to."""
    signed = {signature.role for signature in paper.signatures}
    return next(
        (role for role in ROLES if waits_for(paper.kind, role) and role not in signed), None
    )


def sign(paper_id: int, *, name: str, by: Actor, store: Store) -> Paper:
    """Sign one paper for the house, as employer or as trainer, whichever is missing."""
    paper = queries.paper(paper_id)
    role = role_of(paper)
    done = (
        signing.sign_for_house([paper_id], role, name=name, by=by, store=store)
        if role is not None
        else 0
    )
    if not done:
        raise Refused(N_("This paper no longer waits for the signature of the house."))
    return paper


def checked_own_name(typed: str, own: str) -> str:
    """The name somebody signs with is the account's own; a slip in case or spaces is forgiven."""
    plain = " ".join(typed.split())
    if plain.casefold() != " ".join(own.split()).casefold():
        raise Refused(N_("Type your own name, as it stands in your account: %(name)s"), name=own)
    return own
