"""Work of this domain that outlives a request."""

from __future__ import annotations

from hoffice.accounts.links import LinkBook
from hoffice.files.service import Store
from hoffice.jobs.service import Handler


def handlers(store: Store, book: LinkBook) -> dict[str, Handler]:
    """The kinds of work this domain knows."""
    del store, book
    return {}
