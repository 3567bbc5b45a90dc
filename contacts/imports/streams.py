"""A binary stream line by line, never more than one bounded line of it in memory."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

CHUNK_BYTES = 65_536
_MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]


@dataclass(frozen=True, slots=True)
class Line:
    """Without its end; `number` counts from 1; `is_cut`: it was longer than what is here."""

    number: int
    data: bytes
    is_cut: bool = False


def wide_encoding(head: bytes) -> str:
    """The encoding that the first bytes of a file give away; empty when they don't."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if len(head) >= 4 and head[0] and not head[1] and head[2] and not head[3]:
        return "utf-16-le"
    if len(head) >= 4 and not head[0] and head[1] and not head[2] and head[3]:
        return "utf-16-be"
    return ""


def lines(stream: BinaryIO, *, longest: int) -> Iterator[Line]:
    """From where `stream` stands; UTF-16 and UTF-32 come as UTF-8. What is longer than `longest` bytes is cut."""
    number, held, is_cut = 1, bytearray(), False
    for chunk in _with_plain_ends(_in_bytes(stream)):
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            is_cut |= _hold(held, piece, longest)
            yield Line(number, bytes(held), is_cut)
            number, is_cut = number + 1, False
            held.clear()
        is_cut |= _hold(held, rest, longest)
    if held:
        yield Line(number, bytes(held), is_cut)


def _hold(held: bytearray, piece: bytes, longest: int) -> bool:
    """Adds what there is room for; whether something was left out."""
    room = longest - len(held)
    held += piece[:room] if len(piece) > room else piece
    return len(piece) > room


def _with_plain_ends(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """CRLF, CRCRLF (a program and a transfer each added one) and the CR of old Macs become LF."""
    held = b""
    for chunk in chunks:
        data = held + chunk
        kept = len(data.rstrip(b"\r"))
        # Whether these end one line or several is known when the next byte is.
        held = data[kept:][-2:]
        yield _plain(data[: len(data) - len(held)])
    if held:
        yield b"\n"


def _plain(data: bytes) -> bytes:
    return data.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _in_bytes(stream: BinaryIO) -> Iterator[bytes]:
    head = stream.read(CHUNK_BYTES)
    encoding = wide_encoding(head)
    if encoding == "utf-8":
        head = head.removeprefix(codecs.BOM_UTF8)
        encoding = ""
    if not encoding:
        while head:
            yield head
            head = stream.read(CHUNK_BYTES)
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    while head:
        yield decoder.decode(head).removeprefix("\ufeff").encode("utf-8", errors="replace")
        head = stream.read(CHUNK_BYTES)
    yield decoder.decode(b"", final=True).encode("utf-8", errors="replace")
