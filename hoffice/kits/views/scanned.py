"""What pages that scan have in common: what a device sends, and how it is answered.

A scan comes as JSON from ``static/js/scan.js``, or as a plain form from a page without script; the
answer is JSON or a page accordingly. A refusal rolls everything back: nothing has happened.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.db import db
from hoffice.errors import Refused
from hoffice.kits import words
from hoffice.kits.rules import ItemKind
from hoffice.web.pages import translated


@dataclass(frozen=True, slots=True)
class Sent:
    """One scan as it came."""

    id: str
    """The number that the device gave it."""
    code: str
    after: str = ""
    """The number of the scan that this device had accepted before."""
    kind: ItemKind | None = None
    means: str = ""
    swapped: bool = False


def wants_json() -> bool:
    """Whether a script asks; it reads JSON, a person reads pages."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.is_json or best == "application/json"


def sent() -> Sent:
    """The scan in this request; what is missing in it is empty."""
    told: Any = request.get_json(silent=True) if request.is_json else request.form
    told = told if isinstance(told, Mapping) else {}
    kind = str(told.get("kind") or "")
    return Sent(
        id=str(told.get("id") or ""),
        code=str(told.get("code") or ""),
        after=str(told.get("after") or ""),
        kind=ItemKind(kind) if kind in set(ItemKind) else None,
        means=str(told.get("means") or ""),
        swapped=told.get("swapped") is True,
    )


def new_number() -> str:
    """A number for the scan that the form of this page will send."""
    return str(uuid.uuid4())


def sentence(answer: Mapping[str, Any]) -> str:
    """What an answer says, in the reader's language; kinds among its facts too."""
    facts = dict(answer.get("facts", {}))
    if "kind" in facts:
        facts["kind"] = words.kind(ItemKind(facts["kind"]))
    message_id = answer["say"]
    said = str(_(message_id))
    if facts:
        said %= facts
    if answer.get("care"):
        care: str = answer["care"]
        said += " " + str(_(care))
    if answer.get("put_right"):
        said += " " + _(
            "The scanner types as if for another keyboard; that was put right. Set it to the "
            "language of this device."
        )
    return said


def accepted(scan_id: str, answer: Mapping[str, Any], **more: Any) -> ResponseReturnValue:
    """The answer to a scan that counts."""
    return jsonify(
        ok=True,
        id=scan_id,
        say=sentence(answer),
        tone=answer.get("tone", "good"),
        did=answer.get("did", ""),
        put_right=bool(answer.get("put_right")),
        **more,
    )


def refused(refusal: Refused, **more: Any) -> ResponseReturnValue:
    """The answer to a scan that does not count; nothing is kept of it."""
    db.session.rollback()
    answer = jsonify(ok=False, say=translated(refusal), tone="problem", **more)
    return answer, HTTPStatus.CONFLICT
