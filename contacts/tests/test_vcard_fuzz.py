"""Whatever is in a file, reading it never fails, and takes work in proportion to its length."""

import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.imports import vcard, vcard_syntax
from contacts.imports.card import Card, Unreadable
from contacts.imports.streams import CHUNK_BYTES
from contacts.tests.work import lines_run

FILES = [path.read_bytes() for path in sorted((Path(__file__).parent / "vcards").glob("*.vcf"))]
SMALL = [data for data in FILES if len(data) < 5_000]
PIECES = [
    b"BEGIN:VCARD", b"END:VCARD", b"VERSION:2.1", b"AGENT:", b"\r\n", b"\n ", b"\n", b"\r", b'"', b":", b";", b"=",
    b"=\r\n", b"\\", b"\\n", b"N:", b"FN:", b"NOTE;ENCODING=QUOTED-PRINTABLE:", b"TEL;TYPE=", b"PHOTO;ENCODING=B:",
    b"BDAY:", b"--02", b"1604-01-01", b"item1.", b"X-ABLabel:", b"CHARSET=utf-7", b"CHARSET=", b"\xff\xfe", b",",
    b"\0", b"\xc3", b"\xe9", b"\xed\xa0\x80", b"^n", b"ORG:", b"ADR:", b"X-CRM-EXTRA:{", b"[[[[", b"KIND:group", b"#",
    b"\xef\xbb\xbf",
]  # fmt: skip

soup = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)), max_size=60).map(b"".join)


@st.composite
def mutated(draw):
    data = bytearray(draw(st.sampled_from(SMALL)))
    for _time in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 20))
        data[place : place + length] = draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=20)))
    return bytes(data)


def check(data):
    for read in vcard.read(io.BytesIO(data)):
        assert isinstance(read, Card | Unreadable)
        if isinstance(read, Card):
            texts = [read.first_name, read.last_name, read.notes, *(method.value for method in read.methods)]
            assert all(text == text.strip() and "\0" not in text for text in texts)
            "".join(texts).encode()


@given(st.binary(max_size=2_000))
def test_random_bytes_are_read(data):
    check(data)


@settings(max_examples=300)
@given(soup)
def test_random_pieces_of_cards_are_read(data):
    check(b"BEGIN:VCARD\n" + data + b"\nEND:VCARD\n")


@settings(max_examples=300)
@given(mutated())
def test_real_files_with_holes_are_read(data):
    check(data)


# --- Work -------------------------------------------------------------------------------------


def work_of(data):
    return lines_run(lambda: list(vcard.read(io.BytesIO(data))))


GROWING = {
    "quotation marks": lambda n: b"BEGIN:VCARD\nTEL" + b';A="' * n + b":1\nEND:VCARD",
    "parameters": lambda n: b"BEGIN:VCARD\nTEL" + b";A=B" * n + b":1\nEND:VCARD",
    "backslashes": lambda n: b"BEGIN:VCARD\nN:" + b"\\" * n + b"\nEND:VCARD",
    "components": lambda n: b"BEGIN:VCARD\nADR:" + b",;" * n + b"\nEND:VCARD",
    "folds": lambda n: b"BEGIN:VCARD\nNOTE:x" + b"\n y" * n + b"\nEND:VCARD",
    "soft line breaks": lambda n: b"BEGIN:VCARD\nNOTE;ENCODING=QUOTED-PRINTABLE:" + b"=\n" * n + b"\nEND:VCARD",
    "broken lines of a note": lambda n: b"BEGIN:VCARD\nNOTE:x" + b"\ny" * n + b"\nEND:VCARD",
    "agents": lambda n: b"BEGIN:VCARD\n" + b"AGENT:\nBEGIN:VCARD\n" * n,
    "properties": lambda n: b"BEGIN:VCARD\n" + b"ROLE:x\nLANG:y\nLABEL:z\nADR:a\nBDAY:b\n" * n + b"END:VCARD",
    "groups": lambda n: b"BEGIN:VCARD\n" + b"a.X-ABLabel:x\na.TEL:1\n" * n + b"END:VCARD",
    "beginnings": lambda n: b"BEGIN:VCARD\nFN:x\n" * n,
    "ends": lambda n: b"END:VCARD\n" * n,
    "carriage returns": lambda n: b"BEGIN:VCARD\nFN:x" + b"\r" * n + b"END:VCARD",
    "categories": lambda n: b"BEGIN:VCARD\nCATEGORIES:" + b"a," * n + b"\nEND:VCARD",
}


@pytest.mark.parametrize("growing", GROWING.values(), ids=GROWING.keys())
def test_twice_as_much_is_at_most_twice_the_work(growing):
    small, large = work_of(growing(400)), work_of(growing(800))
    assert large <= small * 2.2


@pytest.mark.parametrize("growing", GROWING.values(), ids=GROWING.keys())
def test_a_long_file_takes_no_more_memory_than_a_card_may(monkeypatch, growing):
    """Bounds and file are smaller than in life: tracing takes its time."""
    for bound in ("PROPERTY_BYTES", "CARD_BYTES", "TEXT_BYTES"):
        monkeypatch.setattr(vcard_syntax, bound, 8_192)
    monkeypatch.setattr(vcard_syntax, "PROPERTIES", 100)
    data = growing(100_000 // (len(growing(200)) // 200))
    tracemalloc.start()
    try:
        for _read in vcard.read(io.BytesIO(data)):
            pass
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # A piece of the file is read at a time, and split.
    assert peak < 8_192 * 40 + CHUNK_BYTES * 30
