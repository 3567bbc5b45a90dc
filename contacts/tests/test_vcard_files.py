"""Cards that real programs wrote: each gives what a person reads in it."""

import csv
from pathlib import Path

import pytest

from contacts.imports import vcard
from contacts.imports.card import Card
from contacts.tests.vcards.expected import CARDS

FOLDER = Path(__file__).parent / "vcards"


def cards_of(name):
    with (FOLDER / name).open("rb") as stream:
        return list(vcard.read(stream))


def what_is_read(read):
    if not isinstance(read, Card):
        return None
    values = {kind: [method.value for method in read.methods if method.kind == kind] for kind in ("email", "phone")}
    date = read.birthday
    year = f"{date.year or '?'}-{date.month or 0:02}-{date.day or 0:02}"
    return (read.first_name, read.last_name, values["email"], values["phone"], year if date else "")


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.vcf")))
def test_a_file_gives_what_a_person_reads_in_it(name):
    assert [what_is_read(read) for read in cards_of(name)] == CARDS[name]


def test_each_file_is_there_with_its_source_and_a_licence_that_lets_it_be_here():
    with (FOLDER / "SOURCES.tsv").open(newline="") as table:
        sources = {row["file"]: row for row in csv.DictReader(table, delimiter="\t")}
    assert sources.keys() == CARDS.keys() == {path.name for path in FOLDER.glob("*.vcf")}
    assert len(sources) == 46
    for source in sources.values():
        licence = (FOLDER / "licences" / f"{source['repository'].replace('/', '+')}.txt").read_text()
        assert any(
            words in licence
            for words in ("Permission is hereby granted", "Redistribution and use in source", "Apache License")
        )


def details_of(name, number=0):
    return {method.value: method for method in cards_of(name)[number].methods}


def test_the_labels_of_details_come_along(settings):
    phones = details_of("ezvcard__John_Doe_IPHONE.vcf")
    assert phones["905-555-1234"].label == "mobile"
    assert phones["905-555-1234"].is_primary
    assert phones["905-999-1234"].label in ("work, fax", "travail, fax")
    assert details_of("govcard__decoder_test.go-inline3.vcf")["http://twitter.com/test"].label == "Twitter"


def test_an_address_is_read_whatever_its_charset():
    assert "Lämmerweg 12, 98765 Kleindorf, Deutschland" in details_of("fkvcards__TestFiles-AnsiIssueNoEncoding.vcf")
    assert "Business-Straße 19, 76543 Schaffhausen, Deutschland" in details_of("fkvcards__TestFiles-LabelIssue.vcf")
    assert cards_of("fkvcards__TestFiles-Ukrainian.vcf")[0].city == "Київ"


@pytest.mark.parametrize(
    "name", ["ezvcard__John_Doe_IPHONE.vcf", "ezvcard__John_Doe_MS_OUTLOOK.vcf", "sabre__issue64.vcf"]
)
def test_a_photo_comes_as_the_bytes_that_it_is(name):
    photo = cards_of(name)[0].photo
    assert photo.startswith(b"\xff\xd8\xff")
    assert photo.rstrip(b"\0").endswith(b"\xff\xd9")


def test_a_note_of_several_lines_keeps_them():
    notes = cards_of("ezvcard__outlook-2003.vcf")[0].notes
    assert notes == "This is the note field!!\nSecond line\n\nThird line is empty"


def test_what_there_is_no_field_for_is_kept():
    kept = {found["name"]: found["value"] for found in cards_of("ezvcard__John_Doe_LOTUS_NOTES.vcf")[0].extra["vcard"]}
    assert kept["GEO"] == "-2.600000;3.400000"
    assert kept["X-LONG-STRING"].endswith("34567890123456789012345678901234567890")
    assert kept["ORG"] == "IBM;SUN"
