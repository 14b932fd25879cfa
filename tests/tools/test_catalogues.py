"""The gate of the catalogues, tried on a small product with one fault at a time."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

from tools import catalogues

CODE = '''
"""A small domain."""
from hoffice.errors import N_
from flask_babel import gettext as _, lazy_gettext as _l, ngettext

LABEL = _l("Box")
REASON = N_("The box of %(name)s is locked.")

def view(boxes):
    return _("Hello") + ngettext("%(num)s box", "%(num)s boxes", boxes)
'''

PAGE = """
<h1>{{ _("Boxes") }}</h1>
<p>{% trans name=person.name %}Packed
   for {{ name }}{% endtrans %}</p>
<p>{% trans count=boxes|length %}One box left{% pluralize %}{{ count }} boxes left{% endtrans %}</p>
"""

GERMAN = r"""
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\n"

msgid "Box"
msgstr "Karton"

msgid "The box of %(name)s is locked."
msgstr "Der Karton von %(name)s ist gesperrt."

msgid "Hello"
msgstr "Hallo"

msgid "%(num)s box"
msgid_plural "%(num)s boxes"
msgstr[0] "ein Karton"
msgstr[1] "%(num)s Kartons"

msgid "Boxes"
msgstr "Kartons"

msgid "Packed for %(name)s"
msgstr "Gepackt für %(name)s"

msgid "One box left"
msgid_plural "%(count)s boxes left"
msgstr[0] "Ein Karton fehlt noch"
msgstr[1] "%(count)s Kartons fehlen noch"
"""


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A product with one domain, wholly translated."""
    for name, text in {
        "hoffice/kits/views.py": CODE,
        "templates/kits/index.html": PAGE,
        "translations/de/kits.po": GERMAN,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def change(product: Path, name: str, old: str, new: str) -> None:
    """Make one fault; a fault that changes nothing would prove nothing."""
    path = product / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def the_fault(product: Path) -> str:
    """The one thing that is wrong now."""
    wrong, _unused = catalogues.faults(product)
    assert len(wrong) == 1, wrong
    return wrong[0]


def test_a_wholly_translated_product_has_no_faults(product: Path) -> None:
    assert catalogues.faults(product) == ([], [])


def test_a_text_without_german_is_named_with_its_line(product: Path) -> None:
    change(product, "hoffice/kits/views.py", '_("Hello")', '_("Good evening")')

    assert "hoffice/kits/views.py:10: no German for 'Good evening'" in the_fault(product)


def test_a_marked_reason_needs_german_too(product: Path) -> None:
    change(product, "hoffice/kits/views.py", "is locked", "is sealed")

    assert "no German for 'The box of %(name)s is sealed.'" in the_fault(product)


def test_an_empty_translation_is_a_fault(product: Path) -> None:
    change(product, "translations/de/kits.po", 'msgstr "Hallo"', 'msgstr ""')

    assert "empty translation of 'Hello'" in the_fault(product)


def test_a_missing_plural_form_is_a_fault(product: Path) -> None:
    change(product, "translations/de/kits.po", '"%(num)s Kartons"', '""')

    assert "empty translation of '%(num)s box'" in the_fault(product)


def test_a_plural_text_translated_as_a_plain_one_is_a_fault(product: Path) -> None:
    change(
        product,
        "translations/de/kits.po",
        'msgid_plural "%(num)s boxes"\nmsgstr[0] "ein Karton"\nmsgstr[1] "%(num)s Kartons"',
        'msgstr "%(num)s Kartons"',
    )

    assert "needs msgid_plural '%(num)s boxes'" in the_fault(product)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("von %(name)s ist", "ist"),
        ("von %(name)s ist", "von %(namen)s ist"),
        ("%(count)s Kartons fehlen", "Kartons fehlen"),
    ],
)
def test_a_place_lost_or_renamed_in_translation_is_a_fault(
    product: Path, old: str, new: str
) -> None:
    change(product, "translations/de/kits.po", old, new)

    assert "has the places" in the_fault(product)


def test_fuzzy_means_not_decided(product: Path) -> None:
    change(product, "translations/de/kits.po", 'msgid "Hello"', '#, fuzzy\nmsgid "Hello"')

    assert "fuzzy" in the_fault(product)


def test_the_same_text_in_two_files_must_say_the_same(product: Path) -> None:
    second = product / "translations/de/runs.po"
    second.write_text('msgid "Hello"\nmsgstr "Hallo"\n', encoding="utf-8")
    assert catalogues.faults(product) == ([], [])

    second.write_text('msgid "Hello"\nmsgstr "Moin"\n', encoding="utf-8")

    assert "'Hello' is translated otherwise" in the_fault(product)


def test_a_translation_that_nobody_says_is_reported_and_no_fault(product: Path) -> None:
    change(product, "hoffice/kits/views.py", '_("Hello") + ', "")

    wrong, unused = catalogues.faults(product)

    assert wrong == []
    assert len(unused) == 1
    assert "said nowhere: 'Hello'" in unused[0]


def test_a_bare_percent_sign_beside_a_place_would_break_the_page(product: Path) -> None:
    change(product, "translations/de/kits.po", "%(num)s Kartons", "%(num)s Kartons, 100 %")

    assert "write %% for a percent sign" in the_fault(product)


def test_a_template_that_cannot_be_read_stops_the_check(product: Path) -> None:
    change(product, "templates/kits/index.html", "{% endtrans %}</p>\n<p>", "</p>\n<p>")

    with pytest.raises(SystemExit, match=r"index\.html:\d+"):
        catalogues.faults(product)


def test_missing_texts_come_ready_to_fill_in_by_domain(product: Path) -> None:
    change(product, "hoffice/kits/views.py", '_("Hello")', '_("Good evening")')
    (product / "templates/base.html").write_text("{{ _('Skip to content') }}", encoding="utf-8")

    gaps = catalogues.missing(product)

    assert 'msgid "Good evening"\nmsgstr ""' in gaps["kits"]
    assert "hoffice/kits/views.py" in gaps["kits"]
    assert 'msgid "Skip to content"' in gaps["web"]


def test_the_compiled_catalogues_speak_german_and_english(product: Path) -> None:
    assert catalogues.compile_all(product) == 7

    de, en = (
        gettext.translation("messages", product / "translations", [locale])
        for locale in ("de", "en")
    )
    assert de.gettext("Boxes") == "Kartons"
    assert de.ngettext("%(num)s box", "%(num)s boxes", 1) == "ein Karton"
    assert de.ngettext("%(num)s box", "%(num)s boxes", 3) == "%(num)s Kartons"
    assert en.gettext("Boxes") == "Boxes"
    assert en.ngettext("%(num)s box", "%(num)s boxes", 1) == "%(num)s box"
    assert en.ngettext("%(num)s box", "%(num)s boxes", 0) == "%(num)s boxes"
