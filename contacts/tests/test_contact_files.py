"""Whatever is dropped in: vCards, tables and archives are told apart, and what does harm is refused."""

import io
import struct
import zipfile
from dataclasses import replace

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.imports import files, tables
from contacts.imports.card import Card, Unreadable
from contacts.imports.errors import FileError
from contacts.tests.work import lines_run

VCARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Paul Roux\nEND:VCARD\n"
TABLE = "Name,Email\nLise Petit,l@example.com\n"


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def archive(contents, method=zipfile.ZIP_DEFLATED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as made:
        for name, data in contents.items():
            made.writestr(name, data)
    return packed.getvalue()


def read(name, data):
    return list(files.read_file(name, io.BytesIO(data if isinstance(data, bytes) else data.encode())))


@pytest.mark.parametrize("name", ["contacts.vcf", "contacts.txt", "contacts"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_a_vcard_is_known_by_what_is_in_it(name, encoding):
    assert read(name, VCARD.encode(encoding))[0].last_name == "Roux"


@pytest.mark.parametrize("name", ["contacts.csv", "contacts.txt", "contacts"])
def test_a_table_is_known_by_what_is_in_it(name):
    assert read(name, TABLE)[0].last_name == "Petit"


def test_an_archive_gives_what_its_files_hold_and_says_in_which():
    data = archive({"a/one.vcf": VCARD, "two.CSV": TABLE, "__MACOSX/._one.vcf": "x", "photo.jpg": b"\xff\xd8"})
    assert [(card.last_name, card.file) for card in read("all.zip", data)] == [
        ("Roux", "a/one.vcf"),
        ("Petit", "two.CSV"),
    ]


def test_the_layout_of_one_table_of_an_archive_is_not_anothers():
    layout = tables.sniff(io.BytesIO(TABLE.encode()))
    mapped = replace(layout, mapping={0: "nickname", 1: "email"})
    data = io.BytesIO(archive({"one.csv": TABLE, "two.csv": "First name;Last name\nPaul;Roux\n"}))
    one, two = files.read_file("all.zip", data, layout=mapped)
    assert one.nickname == "Lise Petit"
    assert (two.first_name, two.last_name) == ("Paul", "Roux")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.xlsx", archive({"xl/workbook.xml": "<x/>"}), "Spreadsheets are not read"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 100, "Spreadsheets are not read"),
        ("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\2;,\0\1\2\3" * 9, "neither a vCard nor a table"),
        ("a.csv", bytes(range(1, 32)) * 9, "neither a vCard nor a table"),
        ("a.csv", b"", "The file is empty"),
        ("a.txt", b"Hello there", "No columns are found"),
        ("a.pages", b"Hello there", "neither a vCard nor a table"),
        ("a.zip", b"PK\x03\x04 and no more", "The archive is damaged"),
        ("a.zip", archive({"photo.jpg": b"\xff\xd8"}), "no vCard and no CSV file"),
        ("a.zip", archive({"a.vcf": archive({"b.vcf": VCARD})}), "Archives in archives"),
        ("a.zip", archive({"a.csv": b"a" * 50_000_000}), "is too large"),
        ("a.zip", archive({f"{n}.vcf": VCARD for n in range(300)}), "more than 200 files"),
        ("a.zip", archive({"a.vcf": VCARD}, zipfile.ZIP_LZMA), "packed in a way"),
    ],
)
def test_what_is_not_read_is_refused_and_it_is_said_why(name, data, reason):
    with pytest.raises(FileError, match=reason):
        read(name, data)


def test_an_archive_that_lies_about_its_size_gives_no_more_than_it_says():
    data = bytearray(archive({"a.csv": b"Name,Email\n" + b"a" * 5_000_000}))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = struct.pack("<I", 1_000)
    with pytest.raises(FileError, match="damaged"):
        read("a.zip", bytes(data))


def test_a_locked_archive_is_refused():
    data = bytearray(archive({"a.vcf": VCARD}))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(FileError, match="locked"):
        read("a.zip", bytes(data))


@settings(max_examples=200)
@given(
    st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"Name,Email\n", b"\xff\xfe", archive({"a": "b"})])
)
def test_random_bytes_are_read_or_refused(data, head):
    for name in ("a.csv", "a.vcf", "a.zip", "a"):
        try:
            assert all(isinstance(found, Card | Unreadable) for found in read(name, head + data))
        except FileError:
            continue


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from(['"', ",", ";", "\n", "\r\n", "\t", "é", "Name", "Birthday", "1/2/3", "'=", ":::", "* "]))
)
def test_random_tables_are_read_or_refused(pieces):
    text = "Name,Email,Birthday,Labels,Phone 1 - Label,Phone 1 - Value\n" + "".join(pieces)
    assert all(isinstance(found, Card | Unreadable) for found in read("a.csv", text))


# --- Work -------------------------------------------------------------------------------------

HEAD = b"Name,Email,Labels,Notes,Phone 1 - Label,Phone 1 - Value\n"
GROWING = {
    "rows": lambda n: HEAD + b"Paul Roux,p@example.com\n" * n,
    "columns": lambda n: HEAD + b"Paul" + b",x" * n,
    "open quotation marks": lambda n: HEAD + b'"Paul,x\n' * n,
    "doubled quotation marks": lambda n: HEAD + b'x,""""""\n,"""\n' * n,
    "tags": lambda n: HEAD + b'Paul,,"' + b"a," * n + b'"',
    "neutralised cells": lambda n: HEAD + b'Paul,,,"' + b";'" * n + b'="',
    "empty lines": lambda n: HEAD + b"\n" * n + b"Paul",
    "lines of a note": lambda n: HEAD + b'Paul,,,"' + b"x\n" * n + b'"',
}


@pytest.mark.parametrize("growing", GROWING.values(), ids=GROWING.keys())
def test_twice_as_large_a_table_is_at_most_twice_the_work(growing):
    small, large = growing(3_000), growing(6_000)
    assert lines_run(lambda: read("a.csv", large)) <= lines_run(lambda: read("a.csv", small)) * 2.2
