"""The rivals: the same blocks by Typst and by WeasyPrint, tagged and for the archive.

``python -m bench.papers_rivals typst|weasyprint`` measures in a process of its own and writes one
line of JSON. Both get a fixed QR code for every page, so they do a little less than hoffice does.
"""

from __future__ import annotations

import base64
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import segno

from bench import beside
from bench.papers_scene import TERMS, long_paper, pack, pages_of
from hoffice.paper import fonts
from hoffice.wording.blocks import Block, Heading, ListBlock, Paragraph, Run, Runs, TableBlock

TIMES: Final = 7
RIVALS: Final = {"typst": ("typst",), "weasyprint": ("weasyprint",)}


def measured(name: str) -> dict[str, Any] | None:
    """What a rival needs, or None where it cannot be had or fails."""
    if not beside.provide(*RIVALS[name]):
        return None
    done = subprocess.run(
        [sys.executable, "-m", "bench.papers_rivals", name],
        capture_output=True,
        text=True,
        env=beside.environment(),
        cwd=beside.ROOT,
        check=False,
    )
    if done.returncode:
        print(f"  {name}: {done.stderr.strip().splitlines()[-1:]}")
        return None
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _qr() -> str:
    target = BytesIO()
    segno.make_qr("HO1:P000017:3/12", error="m", mask=2).save(target, kind="svg", border=0)
    return target.getvalue().decode()


# Typst

TYPST_HEAD: Final = """#set document(title: "Unterlage", author: "{company}", date: auto)
#set text(font: "Source Sans 3", size: 10.5pt, lang: "de")
#set page(paper: "a4", margin: (left: 22mm, right: 20mm, top: 30mm, bottom: 24mm),
  footer: context [#text(8pt)[Unterlage · P000017 #h(1fr) Seite #counter(page).display() von
  #counter(page).final().first()] #pdf.artifact(image("qr.svg", width: 12.5mm))])
#show heading.where(level: 1): set text(19pt)
"""


def typst_source(body: Iterable[Block]) -> str:
    """The blocks as Typst markup."""
    return TYPST_HEAD.format(company=TERMS.company) + "\n\n".join(map(_typst, body))


def _typst(block: Block, depth: int = 0) -> str:
    match block:
        case Heading(level, runs):
            return "=" * level + " " + _typst_runs(runs)
        case Paragraph(runs):
            return _typst_runs(runs)
        case ListBlock():
            sign = "-" if block.start is None else "+"
            return "\n".join(
                "  " * depth + f"{sign} " + "\n".join(_typst(part, depth + 1) for part in item)
                for item in block.items
            )
        case TableBlock(head, rows):
            cells = [f"table.header({', '.join(f'[{_typst_runs(cell)}]' for cell in head)})"]
            cells += [f"[{_typst_runs(cell)}]" for row in rows for cell in row]
            return f"#table(columns: {len(head)}, {', '.join(cells)})"
        case _:
            return ""


def _typst_runs(runs: Runs) -> str:
    return "".join(
        f"#{_typst_style(run)}({json.dumps(run.text, ensure_ascii=False)})" for run in runs
    )


def _typst_style(run: Any) -> str:
    return "strong" if run.bold else "emph" if run.italic else "text"


def by_typst(folder: Path) -> Callable[[Sequence[Block]], bytes]:
    """One paper by Typst."""
    import typst  # type: ignore[import-not-found]  # noqa: PLC0415  # only there for the bench

    (folder / "qr.svg").write_text(_qr(), encoding="utf-8")
    file = folder / "paper.typ"

    def make(body: Sequence[Block]) -> bytes:
        file.write_text(typst_source(body), encoding="utf-8")
        made: bytes = typst.compile(
            str(file),
            font_paths=[str(fonts.FOLDER)],
            ignore_system_fonts=True,
            pdf_standards="a-3u",
        )
        return made

    return make


# WeasyPrint

STYLE: Final = """@font-face{font-family:S;src:url(file://%(f)s/SourceSans3-Regular.ttf)}
@font-face{font-family:S;font-weight:700;src:url(file://%(f)s/SourceSans3-Bold.ttf)}
@page{size:A4;margin:30mm 20mm 24mm 22mm;@bottom-left{content:"Unterlage · P000017";font:8pt S}
@bottom-right{content:"Seite " counter(page) " von " counter(pages) " " url(%(qr)s);font:8pt S}}
body{font:10.5pt/14.5pt S}h1{font-size:19pt}table{border-collapse:collapse}td,th{padding:3pt}"""


def html(body: Iterable[Block]) -> str:
    """The blocks as HTML."""
    coded = base64.b64encode(_qr().encode()).decode()
    style = STYLE % {"f": fonts.FOLDER, "qr": f"data:image/svg+xml;base64,{coded}"}
    inside = "".join(map(_html, body))
    return f'<html lang="de"><title>Unterlage</title><style>{style}</style><body>{inside}</body>'


def _html(block: Block) -> str:
    match block:
        case Heading(level, runs):
            return f"<h{level}>{_html_runs(runs)}</h{level}>"
        case Paragraph(runs):
            return f"<p>{_html_runs(runs)}</p>"
        case ListBlock():
            tag = "ul" if block.start is None else "ol"
            items = "".join(f"<li>{''.join(map(_html, item))}</li>" for item in block.items)
            return f"<{tag}>{items}</{tag}>"
        case TableBlock(head, rows):
            top = "".join(f"<th>{_html_runs(cell)}</th>" for cell in head)
            rest = "".join(
                f"<tr>{''.join(f'<td>{_html_runs(cell)}</td>' for cell in row)}</tr>"
                for row in rows
            )
            return f"<table><thead><tr>{top}</tr></thead><tbody>{rest}</tbody></table>"
        case _:
            return ""


def _html_runs(runs: Runs) -> str:
    return "".join(f"<b>{escape(run.text)}</b>" if run.bold else escape(run.text) for run in runs)


def by_weasyprint() -> Callable[[Sequence[Block]], bytes]:
    """One paper by WeasyPrint."""
    import weasyprint  # type: ignore[import-not-found]  # noqa: PLC0415  # as above

    def make(body: Sequence[Block]) -> bytes:
        made: bytes = weasyprint.HTML(string=html(body)).write_pdf(
            pdf_variant="pdf/a-3u", pdf_tags=True
        )
        return made

    return make


def main(name: str) -> None:
    """Measure one rival: CPU milliseconds for the long paper and for the pack."""
    folder = beside.FOLDER / "papers"
    folder.mkdir(parents=True, exist_ok=True)
    make = by_typst(folder) if name == "typst" else by_weasyprint()
    long, six = long_paper(), pack()
    begin = time.process_time()
    content = make(long)
    told = {
        "first_ms": (time.process_time() - begin) * 1000,
        "long_ms": _cpu_ms(lambda name: make(_of(name, long))),
        "pack_ms": _cpu_ms(lambda name: [make(_of(name, body)) for body in six]),
        "pages": pages_of(content),
        "kb": len(content) / 1000,
    }
    print(json.dumps(told))


def _of(name: str, body: Sequence[Block]) -> tuple[Block, ...]:
    """Each run is another person's: who keeps what did not change may do so, as in real life."""
    return (Paragraph((Run(name),)), *body)


def _cpu_ms(work: Callable[[str], object]) -> float:
    work("Ayşe Şahin")
    spent = []
    for number in range(TIMES):
        begin = time.process_time()
        work(f"Ayşe Şahin-{number}")
        spent.append((time.process_time() - begin) * 1000)
    return statistics.median(spent)


if __name__ == "__main__":
    main(sys.argv[1])
