"""From what ReportLab writes to a file for the archive: PDF/A, in one pass of qpdf.

ReportLab knows no PDF/A (ISO 19005). What it lacks is added here and nowhere else: what the
colours mean, what the file says of itself as XMP, and streams that end as the norm wants. The same
bytes in give the same bytes out.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape

from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, Stream, String

from hoffice.paper import colour


class Conformance(StrEnum):
    """Which part of PDF/A a file keeps."""

    A_3U = "3U"
    """What the house makes: text that can be read aloud and searched, files may be attached."""
    A_1B = "1B"
    """The same pages without what is newer than PDF 1.4; there is a free checker for it."""


VERSIONS: Final = {Conformance.A_3U: "1.7", Conformance.A_1B: "1.4"}

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOMENT: Final = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\+00'00'")


def archived(pdf: bytes, conformance: Conformance = Conformance.A_3U) -> bytes:
    """The file as PDF/A; what is one already is written anew in this form."""
    with Pdf.open(BytesIO(pdf)) as file:
        return _written(file, conformance)


def joined(first: bytes, more: bytes, conformance: Conformance = Conformance.A_3U) -> bytes:
    """The pages of ``first``, unchanged, and those of ``more`` behind them, in one tagged file.

    It keeps what the first file says of itself; only the date of the last change is the second's.
    """
    with Pdf.open(BytesIO(first)) as file, Pdf.open(BytesIO(more)) as behind:
        before = len(file.pages)
        file.pages.extend(behind.pages)
        _join_trees(file, behind, before)
        _join_bookmarks(file, behind, before)
        file.docinfo.ModDate = String(str(behind.docinfo.ModDate))
        return _written(file, conformance)


def _join_trees(file: Pdf, behind: Pdf, before: int) -> None:
    """Hang the second tree's parts under the first tree's root, and count its pages on."""
    tree = file.Root.StructTreeRoot
    other = file.copy_foreign(behind.Root.StructTreeRoot)
    document, guest = tree.K[0], other.K[0]
    for part in guest.K:
        part.P = document
        document.K.append(part)
    shift = int(tree.ParentTreeNextKey)
    numbers = other.ParentTree.Nums
    for place in range(0, len(numbers), 2):
        tree.ParentTree.Nums.append(int(numbers[place]) + shift)
        tree.ParentTree.Nums.append(numbers[place + 1])
    tree.ParentTreeNextKey = shift + int(other.ParentTreeNextKey)
    for page in file.pages[before:]:
        page.StructParents = int(page.StructParents) + shift


def _join_bookmarks(file: Pdf, behind: Pdf, before: int) -> None:
    """One entry for the pages behind, named as their own first one."""
    if Name.Outlines not in file.Root or Name.Outlines not in behind.Root:
        return
    outlines = file.Root.Outlines
    entry = file.make_indirect(
        Dictionary(
            Title=String(str(behind.Root.Outlines.First.Title)),
            Parent=outlines,
            Prev=outlines.Last,
            Dest=Array([file.pages[before].obj, Name.Fit]),
        )
    )
    outlines.Last.Next = entry
    outlines.Last = entry
    outlines.Count = int(outlines.Count) + 1


def _written(file: Pdf, conformance: Conformance) -> bytes:
    about = _about(file)
    file.Root.Metadata = Stream(
        file, _xmp(about, conformance).encode(), Type=Name.Metadata, Subtype=Name.XML
    )
    if Name.OutputIntents not in file.Root:
        profile = file.make_indirect(Stream(file, colour.srgb(), N=3))
        file.Root.OutputIntents = Array(
            [
                Dictionary(
                    Type=Name.OutputIntent,
                    S=Name.GTS_PDFA1,
                    OutputConditionIdentifier=String(colour.NAME),
                    Info=String(colour.NAME),
                    DestOutputProfile=profile,
                )
            ]
        )
    target = BytesIO()
    is_new = conformance is Conformance.A_3U
    file.save(
        target,
        force_version=VERSIONS[conformance],
        object_stream_mode=ObjectStreamMode.generate if is_new else ObjectStreamMode.disable,
        preserve_pdfa=True,
        deterministic_id=True,
        fix_metadata_version=False,
    )
    return target.getvalue()


def _about(file: Pdf) -> dict[str, str]:
    """What the file says of itself; empty words are taken out, so that both places agree."""
    about: dict[str, str] = {}
    for name in list(file.docinfo.keys()):
        text = _NOT_XML.sub("", str(file.docinfo[name]))
        if text and name in {"/Title", "/Author", "/Subject", "/Creator", "/Producer"}:
            file.docinfo[name] = about[name] = text
        elif name in {"/CreationDate", "/ModDate"}:
            about[name] = text
        else:
            del file.docinfo[name]
    return about


def _iso(stamp: str) -> str:
    parts = _MOMENT.fullmatch(stamp)
    if parts is None:
        msg = f"a paper's date is written in UTC, not as {stamp}"
        raise ValueError(msg)
    year, month, day, hour, minute, second = map(int, parts.groups())
    return f"{datetime(year, month, day, hour, minute, second):%Y-%m-%dT%H:%M:%S}+00:00"  # noqa: DTZ001  # written as UTC


_SPACES: Final = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}
_UA: Final = (
    "<pdfuaid:part>1</pdfuaid:part><pdfaExtension:schemas><rdf:Bag>"
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema'
    "</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/"
    "</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    '<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    "<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer"
    "</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>PDF/UA version identifier</pdfaProperty:description>"
    "</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>"
)
"""The archive's norm wants every schema explained that is younger than itself."""


def _xmp(about: dict[str, str], conformance: Conformance) -> str:
    """The same words and moments as in the file's own list, as XML."""
    told = {name: escape(text) for name, text in about.items()}
    lines = [
        f"<dc:title>{_in_default_language(told['/Title'])}</dc:title>" if "/Title" in told else "",
        f"<dc:creator><rdf:Seq><rdf:li>{told['/Author']}</rdf:li></rdf:Seq></dc:creator>"
        if "/Author" in told
        else "",
        f"<dc:description>{_in_default_language(told['/Subject'])}</dc:description>"
        if "/Subject" in told
        else "",
        f"<xmp:CreatorTool>{told['/Creator']}</xmp:CreatorTool>" if "/Creator" in told else "",
        f"<pdf:Producer>{told['/Producer']}</pdf:Producer>" if "/Producer" in told else "",
        f"<xmp:CreateDate>{_iso(about['/CreationDate'])}</xmp:CreateDate>",
        f"<xmp:ModifyDate>{_iso(about['/ModDate'])}</xmp:ModifyDate>",
        f"<pdfaid:part>{conformance[0]}</pdfaid:part>",
        f"<pdfaid:conformance>{conformance[1]}</pdfaid:conformance>",
        _UA if conformance is Conformance.A_3U else "",
    ]
    spaces = " ".join(f'xmlns:{name}="{address}"' for name, address in _SPACES.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {spaces}>{"".join(lines)}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )


def _in_default_language(text: str) -> str:
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt>'
