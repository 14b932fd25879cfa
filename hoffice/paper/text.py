"""The one way from text to paper: everything a person typed passes here before ReportLab sees it.

ReportLab's paragraphs understand a small markup that can open files (`<img src="/dev/zero">`), and
a word of a million letters keeps them busy for minutes. So: escape, cap, and break long words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape

from hoffice.paper import fonts, scripts
from hoffice.wording.blocks import Run
from hoffice.wording.plain import FIELD_CHARS, one_line

BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:mm|cm|m|kg|g|l|W|V|A|Wh|GB|TB|MB|GHz|MHz|Hz|Zoll)\b)")
PARAGRAPH_CHARS = 20_000
"""Four pages in one paragraph; no text for people is longer."""


def safe(text: str, *, chars: int = FIELD_CHARS) -> str:
    """A fact, such as a name or an address, as markup that shows exactly these words."""
    return _markup(one_line(text, chars=chars))


def with_firm_units(text: str) -> str:
    """The text with each number on one line with its unit: never ``5`` here and ``m`` there."""
    return BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", text)


def _markup(words: str) -> str:
    if scripts.is_plain(words):
        return escape(words)
    return "".join(
        f'<font face="{fonts.OTHER}">{escape(piece.text)}</font>'
        if piece.is_foreign
        else escape(piece.text)
        for piece in scripts.pieces(words)
    )


def safe_runs(runs: Iterable[Run]) -> str:
    """Words with bold and italic as markup; spaces between the runs are kept."""
    return "".join(map(_safe_run, runs)).strip()


def _safe_run(run: Run) -> str:
    words = safe(run.text, chars=PARAGRAPH_CHARS)
    before = " " if run.text[:1].isspace() else ""
    after = " " if run.text[-1:].isspace() and words else ""
    if run.italic:
        words = f"<i>{words}</i>"
    if run.bold:
        words = f"<b>{words}</b>"
    return f"{before}{words}{after}"
