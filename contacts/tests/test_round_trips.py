"""What is written is read back: each format gives the same card again, whatever is in it."""

import csv
import io
from dataclasses import replace

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contacts.exports import table as csv_table
from contacts.exports import vcard as writer
from contacts.imports import tables, vcard, words
from contacts.imports.card import Card, CardDate, CardMethod, CardTie
from contacts.imports.draft import Draft
from contacts.models import ContactMethod, Relationship
from contacts.partial_dates import PartialDate
from contacts.tests.test_vcard_files import FOLDER

# Making a failing card small takes minutes, and finding what differs does not need it.
QUICK = settings(
    max_examples=100,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NASTY = [
    "\\", ";", ",", ":", '"', "'", "^", "\n", "=", "+", "-", "@", " ", "é", "e\u0301", "Œ", "\u200d", "👩‍👧", "漢",
    "\\n", "=\n", "END:VCARD", ":::", "* ", "tel:", "mailto:1", "=HYPERLINK(", "--", "\u2028", "|", "a", "'=", "\t",
    ";=", "\n- x", "\n=x", "_$!<Home>!$_", "x" * 80, " " * 80,
]  # fmt: skip
text = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=5)), max_size=12).map("".join)
years = st.one_of(st.none(), st.integers(1, 9999).filter(lambda year: year != 1604))
days = st.dates().map(lambda day: (day.day, day.month, day.year))
kinds = st.sampled_from([str(kind) for kind in ContactMethod.Kind])
labels = st.one_of(st.sampled_from(["", "home", "travail", "work, fax", "Skype", "mobile"]), text)


@st.composite
def partial_dates(draw, *, with_month=False):
    day, month, year = draw(days)
    has_month = with_month or draw(st.booleans())
    if not has_month:
        return PartialDate(None, None, draw(st.integers(1, 9999).filter(lambda year: year != 1604)))
    year = draw(st.sampled_from([year, None])) if year != 1604 else None
    return PartialDate(draw(st.sampled_from([day, None])), month, year)


@st.composite
def cards(draw):
    """As the readers give them: clean, and with what there is no field for."""
    draft = Draft(0)
    for name in ("first_name", "last_name", "nickname", "organization", "job_title", "city", "country", "language"):
        draft.set(name, draw(text))
    if not (draft.fields.get("first_name") or draft.fields.get("last_name")):
        draft.set("first_name", "Paul")
    draft.set("uid", draw(text)[:200])
    draft.set("met_through", draw(text)[:200])
    draft.set("time_zone", draw(st.sampled_from(["", "Europe/Paris", "America/Argentina/Buenos_Aires"])))
    draft.set_text("how_met", draw(text))
    draft.add_note(draw(text))
    for kind, value, label in draw(st.lists(st.tuples(kinds, text, labels), max_size=6)):
        # Apple's own words are read as what they mean.
        draft.add_method(kind, value, label=words.label_of_apple(label), rank=draw(st.sampled_from([1, 1_000])))
    for label in draw(st.lists(text.filter(str.strip), max_size=3)):
        draft.add_date(words.label_of_date(label), draw(partial_dates(with_month=True)))
    for name, kind in draw(
        st.lists(st.tuples(text, st.one_of(st.sampled_from(Relationship.Kind.values), text)), max_size=3)
    ):
        draft.add_tie(name, words.tie_kind(kind))
    for name in draw(st.lists(text, max_size=4)):
        draft.add_tag(name)
    if draw(st.booleans()):
        draft.set_value("birthday", draw(partial_dates()))
    for name in ("met_on", "paused_until", "deceased_on"):
        if draw(st.booleans()):
            draft.set_value(name, draw(st.dates().filter(lambda day: day.year != 1604)))
    for name in ("is_favorite", "is_archived"):
        draft.set_value(name, draw(st.booleans()))
    draft.set_value("share_with_ai", draw(st.booleans()))
    if draw(st.booleans()):
        draft.set_value("cadence_days", draw(st.integers(1, 9999)))
    if draw(st.booleans()):
        draft.keep_named("table", draw(text), draw(text))
    draft.photo = draw(st.sampled_from([b"", b"\xff\xd8\xff picture", b"\x89PNG picture"]))
    return replace(draft.card(), remarks=())


def again(card, version):
    written = writer.write(card, version)
    assert all(len(line.encode()) <= 75 for line in written.split("\r\n"))
    (found,) = vcard.read(io.BytesIO(written.encode()))
    return found


def comparable(read):
    return replace(read, line=0, remarks=()) if isinstance(read, Card) else read


@pytest.mark.parametrize("version", ["3.0", "4.0"])
@QUICK
@given(card=cards())
def test_a_card_comes_back_from_a_vcard(version, card):
    assert comparable(again(card, version)) == card


@QUICK
@given(given_cards=st.lists(cards(), min_size=1, max_size=3))
def test_cards_come_back_from_a_table(given_cards):
    width = csv_table.Width.of(given_cards)
    written = csv_table.header(width) + "".join(csv_table.row(card, width) for card in given_cards)
    stream = io.BytesIO(written.encode())
    layout = tables.sniff(stream)
    assert layout.name == "CRM"
    found = [comparable(read) for read in tables.read(stream, layout)]
    assert found == [in_columns(card) for card in given_cards]


def in_columns(card):
    """A table has its details by kind, and no pictures."""
    order = [str(kind) for kind in ContactMethod.Kind]
    methods = tuple(sorted(card.methods, key=lambda method: order.index(method.kind)))
    return replace(card, methods=methods, photo=b"")


@pytest.mark.parametrize("version", ["3.0", "4.0"])
@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.vcf")))
def test_real_cards_come_back_whole_with_what_there_is_no_field_for(name, version):
    with override("fr"), (FOLDER / name).open("rb") as stream:
        for card in vcard.read(stream):
            if isinstance(card, Card):
                assert comparable(again(card, version)) == comparable(card)


# --- What others see --------------------------------------------------------------------------

PAUL = Card(
    first_name="Paul",
    last_name="Roux",
    organization="Nordlys",
    birthday=PartialDate(29, 2),
    city="Lyon",
    methods=(
        CardMethod("email", "p@example.com", "travail", is_primary=True),
        CardMethod("phone", "+33 6 12 34 56 78", "mobile"),
        CardMethod("address", "12 rue A, 69003 Lyon", "domicile"),
    ),
    dates=(CardDate("Mariage", PartialDate(6, 6, 2009)),),
    ties=(CardTie("Claire Roux", "partner"),),
    tags=("Amis", "Chœur, ténors"),
    notes="Un\nDeux; trois",
)


def test_a_vcard_4_is_what_other_programs_read():
    lines = writer.write(PAUL, "4.0").split("\r\n")
    assert lines[:2] == ["BEGIN:VCARD", "VERSION:4.0"]
    assert {
        "FN:Paul Roux",
        "N:Roux;Paul;;;",
        "ORG:Nordlys",
        "item1.EMAIL;TYPE=work;PREF=1:p@example.com",
        "item1.X-ABLabel:travail",
        "item2.TEL;TYPE=cell:+33 6 12 34 56 78",
        "item3.ADR;TYPE=home:;;12 rue A\\, 69003 Lyon;;;;",
        "ADR:;;;Lyon;;;",
        "BDAY:--0229",
        "item4.ANNIVERSARY:20090606",
        "item5.RELATED;VALUE=text;TYPE=spouse:Claire Roux",
        "CATEGORIES:Amis,Chœur\\, ténors",
        "NOTE:Un\\nDeux\\; trois",
    } <= set(lines)


def test_a_vcard_3_is_what_phones_read():
    lines = writer.write(PAUL, "3.0").split("\r\n")
    assert {
        "VERSION:3.0",
        "item1.EMAIL;TYPE=WORK;TYPE=pref:p@example.com",
        "BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29",
        "item4.X-ABDATE:2009-06-06",
        "item4.X-ABLabel:Mariage",
        "item5.X-ABRELATEDNAMES;VALUE=text:Claire Roux",
        "item5.X-ABLabel:_$!<Spouse>!$_",
    } <= set(lines)


def test_groups_that_came_along_are_not_mixed_with_others():
    card = replace(PAUL, extra={"vcard": [{"name": "X-FOO", "value": "1", "group": "item1", "params": {"A": ["b;c"]}}]})
    written = writer.write(card)
    assert 'item1.X-FOO;A="b;c":1' in written
    assert "item2.EMAIL" in written
    assert comparable(again(card, "4.0")).extra == card.extra


@pytest.mark.parametrize(
    "extra", [{"vcard": "x"}, {"vcard": [1, {"name": "X\nNOTE", "value": "x"}, {"name": "X-A", "value": "1\nNOTE:2"}]}]
)
def test_what_was_kept_cannot_write_other_lines(extra):
    found = again(replace(PAUL, extra=extra), "4.0")
    assert found.notes == PAUL.notes


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+33 6 12 34 56 78", "+33 6 12 34 56 78"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("--04-02", "--04-02"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("a;=cmd()", "a;'=cmd()"),
        ("Liste :\n- un\n- deux", "Liste :\n- un\n- deux"),
        ("'=x", "''=x"),
        ("l'été", "l'été"),
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_kept_from_it_and_read_back_whole(text, cell):
    assert csv_table.guarded(text) == cell
    assert tables.revealed_inside(cell) == text


def test_a_table_has_a_line_of_names_and_opens_with_its_accents():
    width = csv_table.Width.of([PAUL])
    written = csv_table.header(width) + csv_table.row(PAUL, width)
    assert written.startswith("\ufeffFirst Name,Last Name,")
    (row,) = csv.DictReader(io.StringIO(written.removeprefix("\ufeff")))
    assert row["E-mail 1 - Label"] == "* travail"
    assert row["Phone 1 - Value"] == "+33 6 12 34 56 78"
    assert row["Labels"] == '"Amis","Chœur, ténors"'
