"""The lines of a vCard 2.1, 3.0 or 4.0, as real programs write them: to properties, and values apart and together.

Everything takes time in proportion to its input: there are no regular expressions that could go back,
and whatever is longer, more or deeper than the bounds below is left out and said.

Sources: RFC 2426 (3.0), RFC 6350 and 6868 (4.0), the Versit specification (2.1).
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from contacts.imports import charsets
from contacts.imports.streams import Line, lines

# A photo of a camera's size, in base64 and in one line, is the longest that makes sense.
PROPERTY_BYTES = 6 * 1024 * 1024
CARD_BYTES = 8 * 1024 * 1024
HEADER_BYTES = 16 * 1024
PROPERTIES = 1_000
# Of a value that is text; of a note, more than is kept.
TEXT_BYTES = 256 * 1024
DEPTH = 8
REMARKS = 20

_BOM = b"\xef\xbb\xbf"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+")
_ENCODINGS = {"QUOTED-PRINTABLE": "QUOTED-PRINTABLE", "BASE64": "B", "B": "B", "8BIT": "", "7BIT": ""}


@dataclass(slots=True)
class Property:
    """One line of a card, unfolded; the value is as it is in the file."""

    line: int
    group: str
    name: str
    params: dict[str, list[str]]
    value: bytes

    @property
    def encoding(self) -> str:
        """`QUOTED-PRINTABLE`, `B` or nothing."""
        said = self.params.get("ENCODING")
        return _ENCODINGS.get(said[0].upper(), "") if said else ""

    @property
    def types(self) -> list[str]:
        return self.params.get("TYPE", [])

    def says(self, param: str, value: str) -> bool:
        return any(said.upper() == value for said in self.params.get(param, []))

    @property
    def charset(self) -> str:
        said = self.params.get("CHARSET")
        return charsets.codec_of(said[0]) if said else ""

    def data(self) -> bytes:
        """The value without its transfer encoding; empty where that is broken."""
        if self.encoding == "QUOTED-PRINTABLE":
            return binascii.a2b_qp(self.value)
        return decode_base64(self.value) if self.encoding == "B" else self.value

    def text(self, others: tuple[str, ...]) -> str:
        """The value as text, still escaped; `others` are the charsets to try when its own does not fit."""
        return charsets.decode(self.data()[:TEXT_BYTES], self.charset, others=others)


@dataclass(slots=True)
class RawCard:
    """`problem`: why nothing can be made of it."""

    line: int
    properties: list[Property] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    problem: str = ""
    text: str = ""
    size: int = 0
    broken: int = 0
    is_full: bool = False

    def remark(self, text: str) -> None:
        if len(self.remarks) < REMARKS and text not in self.remarks:
            self.remarks.append(text)


class _Cards:
    """Puts lines together to properties and properties to cards, one line and one card at a time."""

    def __init__(self) -> None:
        self.card: RawCard | None = None
        # The property under way: where it began, what there is of it, and how it goes on.
        self.began = 0
        self.held = bytearray()
        self.is_cut = False
        self.is_quoted = False
        self.is_base64 = False
        # Cards in the card: an AGENT of vCard 2.1 is one, and its lines are its value.
        self.depth = 0
        self.awaits_agent = False
        self.agent: Property | None = None
        self.strayed = False

    def take(self, line: Line) -> Iterator[RawCard]:
        data = line.data.removeprefix(_BOM)
        if len(data) < 60 and data.replace(_BOM, b"").strip().upper() == b"END:VCARDBEGIN:VCARD":
            # Files that were put one after the other without an end of line between them.
            yield from self._end(data)
            yield from self._begin(line)
            return
        is_folded = bool(self.held) and data[:1] in (b" ", b"\t")
        mark = b"" if is_folded else _mark(data)
        if mark == b"BEGIN":
            yield from self._begin(line)
        elif mark == b"END":
            yield from self._end(data)
        elif self.card is None:
            yield from self._stray(line.number, data)
        elif self.card.is_full:
            return
        elif self.depth:
            self._add_to_agent(data)
        else:
            self._add(line, data)

    def finish(self) -> Iterator[RawCard]:
        if self.card is not None:
            yield self._cut_off()

    def _begin(self, line: Line) -> Iterator[RawCard]:
        self._flush()
        self.strayed = False
        if self.card is not None and self.awaits_agent:
            self.depth += 1
            self.awaits_agent = False
            self._add_to_agent(b"BEGIN:VCARD")
            if self.depth > DEPTH:
                self.card.problem = _("It holds cards in cards in cards.")
            return
        if self.card is not None:
            yield self._cut_off()
        self.card, self.depth, self.agent = RawCard(line.number), 0, None

    def _end(self, data: bytes) -> Iterator[RawCard]:
        self._flush()
        if self.card is None:
            return
        if self.depth:
            self._add_to_agent(b"END:VCARD")
            self.depth -= 1
            return
        card, self.card = self.card, None
        yield card

    def _cut_off(self) -> RawCard:
        self._flush()
        assert self.card is not None
        card, self.card, self.depth, self.agent, self.awaits_agent = self.card, None, 0, None, False
        card.remark(_("The end of the card is missing."))
        return card

    def _stray(self, number: int, data: bytes) -> Iterator[RawCard]:
        """Lines that are in no card are said once."""
        if not self.strayed and data.strip() and not data.startswith(b"#"):
            self.strayed = True
            yield RawCard(number, problem=_("These lines are in no card."), text=_shown(data))

    def _add(self, line: Line, data: bytes) -> None:
        if self.is_quoted and self.held.endswith(b"="):
            # Empty lines come from transfers that doubled the ends of lines.
            if data:
                del self.held[-1:]
                self._hold(data, is_cut=line.is_cut)
        elif data[:1] in (b" ", b"\t") and self.held:
            self._hold(data[1:], is_cut=line.is_cut)
        elif not data.strip():
            return
        elif self.is_base64 and b":" not in data and _BASE64.fullmatch(data):
            self._hold(data, is_cut=line.is_cut)
        elif not data.startswith(b"#"):
            self._start(line, data)

    def _start(self, line: Line, data: bytes) -> None:
        self._flush()
        if self.awaits_agent:
            self.awaits_agent = False
        colon = _colon(data)
        head = data[: max(colon, 0)][:HEADER_BYTES].upper()
        self.began = line.number
        self.is_quoted = b"QUOTED-PRINTABLE" in head
        self.is_base64 = b"BASE64" in head or b"ENCODING=B" in head or data[colon + 1 :].startswith(b"data:")
        self._hold(data, is_cut=line.is_cut)

    def _hold(self, data: bytes, *, is_cut: bool) -> None:
        self.is_cut |= is_cut
        if len(self.held) + len(data) > PROPERTY_BYTES:
            self.is_cut = True
        elif not self.is_cut:
            self.held += data

    def _flush(self) -> None:
        """Ends the property under way."""
        held, is_cut = bytes(self.held), self.is_cut
        self.held, self.is_cut, self.is_quoted, self.is_base64 = bytearray(), False, False, False
        card = self.card
        if card is None or not (held or is_cut):
            return
        if is_cut or card.size + len(held) > CARD_BYTES:
            card.remark(_("Line %(line)s: too long, left out.") % {"line": self.began})
            return
        if len(card.properties) >= PROPERTIES:
            card.is_full = True
            card.remark(_("The card has too many properties: the rest is left out."))
            return
        found = parse_property(held, self.began)
        if found is None:
            self._not_understood(card, held)
            return
        card.size += len(held)
        card.properties.append(found)
        if found.name == "AGENT" and not found.value.strip():
            self.awaits_agent, self.agent = True, found

    def _not_understood(self, card: RawCard, held: bytes) -> None:
        """A broken line of a note belongs to it; any other is said."""
        last = card.properties[-1] if card.properties else None
        card.broken += 1
        is_noted = last is not None and last.name == "NOTE" and not last.encoding and card.broken < PROPERTIES
        if last and is_noted and len(last.value) + len(held) < TEXT_BYTES:
            last.value += b"\n" + held
        else:
            said = _("Line %(line)s is not understood and left out: “%(text)s”")
            card.remark(said % {"line": self.began, "text": _shown(held)})

    def _add_to_agent(self, data: bytes) -> None:
        card, agent = self.card, self.agent
        if card is None or agent is None:
            return
        if data.strip().upper() in (b"AGENT:", b"AGENT;VCARD:"):
            self.awaits_agent = True
        elif data.strip():
            self.awaits_agent = False
        if card.size + len(data) + 1 <= CARD_BYTES and len(agent.value) + len(data) <= HEADER_BYTES:
            card.size += len(data) + 1
            agent.value += data + b"\n"


def cards(stream: BinaryIO) -> Iterator[RawCard]:
    """Each card as it ends; no more than one is in memory."""
    maker = _Cards()
    for line in lines(stream, longest=PROPERTY_BYTES):
        yield from maker.take(line)
    yield from maker.finish()


def is_name(text: object) -> bool:
    """Whether a property, a parameter or a group may be called so."""
    return isinstance(text, str) and _NAME.fullmatch(text) is not None


# --- One line ------------------------------------------------------------------------------------


def parse_property(line: bytes, number: int = 0) -> Property | None:
    """`group.NAME;PARAM=value:value`; None if it is none."""
    colon = _colon(line)
    if not 0 < colon <= HEADER_BYTES:
        return None
    name, *params = _split(charsets.decode(line[:colon]), ";")
    group, _dot, name = name.strip().rpartition(".")
    if not _NAME.fullmatch(name) or (group and not _NAME.fullmatch(group)):
        return None
    return Property(number, group, name.upper(), _params(params), line[colon + 1 :])


def _colon(line: bytes) -> int:
    """Where the value begins: the first colon outside quotation marks; any first one where they don't close."""
    start, colon = 0, line.find(b":")
    while colon >= 0:
        quote = line.find(b'"', start, colon)
        if quote < 0:
            return colon
        start = line.find(b'"', quote + 1) + 1
        if not start:
            return line.find(b":")
        if colon < start:
            colon = line.find(b":", start)
    return line.find(b":")


def _params(texts: list[str]) -> dict[str, list[str]]:
    params: dict[str, list[str]] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip().upper()
        if not equals:  # vCard 2.1 leaves out the name
            bare = name
            if not bare:
                continue
            name, value = ("ENCODING" if bare in _ENCODINGS else "TYPE"), text.strip()
        if not _NAME.fullmatch(name):
            continue
        params.setdefault(name, []).extend(_param_values(name, value))
    return params


def _param_values(name: str, text: str) -> list[str]:
    values = []
    for part in _split(text, ","):
        value = _without_carets(part.strip().strip('"'))
        # vCard 4 also has the whole list in quotation marks.
        values += value.split(",") if name == "TYPE" and part.strip().count(",") and ":" not in value else [value]
    return [value for value in values if value]


def _split(text: str, separator: str) -> list[str]:
    """At each `separator` outside quotation marks."""
    if '"' not in text:
        return text.split(separator)
    parts, start, is_inside = [], 0, False
    for position, character in enumerate(text):
        if character == '"':
            is_inside = not is_inside
        elif character == separator and not is_inside:
            parts.append(text[start:position])
            start = position + 1
    return [*parts, text[start:]]


def _without_carets(text: str) -> str:
    """RFC 6868."""
    if "^" not in text:
        return text
    whole = text.replace("^^", "\0").replace("^n", "\n").replace("^'", '"')
    return whole.replace("\0", "^")


def _mark(data: bytes) -> bytes:
    """`BEGIN` or `END` for a line that begins or ends a card."""
    if len(data) > 60 or b":" not in data:
        return b""
    name, _colon, value = data.upper().partition(b":")
    name = name.strip()
    return name if name in (b"BEGIN", b"END") and value.strip() == b"VCARD" else b""


def _shown(data: bytes) -> str:
    text = charsets.decode(data[:200])
    return "".join(character for character in text if character.isprintable())[:60]


def decode_base64(data: bytes) -> bytes:
    """Empty where it is none."""
    plain = data.translate(None, b" \t\r\n\\=")
    try:
        return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4))
    except binascii.Error:
        return b""


# --- Values --------------------------------------------------------------------------------------

# Signs that are escaped, while a text is taken apart: no text has these, they are controls.
_HIDDEN = {"\\": "\x00", ";": "\x01", ",": "\x02"}
_DROP = dict.fromkeys(range(3))


def parts(text: str, separator: str, *, is_old: bool = False) -> list[str]:
    """`text` at each `separator` that is not escaped, each part without its escapes."""
    return [_revealed(part, is_old=is_old) for part in _hidden(text).split(separator)]


def components(text: str, *, is_old: bool = False) -> list[list[str]]:
    """Of a value such as N or ADR: parts at «;», each of which may have several at «,»."""
    return [[_revealed(part, is_old=is_old) for part in component.split(",")] for component in _hidden(text).split(";")]


def unescape(text: str, *, is_old: bool = False) -> str:
    """`is_old`: of vCard 2.1, where «\\n» is just that."""
    return _revealed(_hidden(text), is_old=is_old) if "\\" in text else text


def modern(text: str) -> str:
    """An escaped value of vCard 2.1 in the escapes of 3.0 and 4.0."""
    text = _hidden(text).replace("\\", "\\\\").replace("\r\n", "\n").replace("\n", "\\n")
    for sign, stand_in in _HIDDEN.items():
        text = text.replace(stand_in, f"\\{sign}")
    return text


def escape(text: str) -> str:
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\\n").replace("\n", "\\n")


def _hidden(text: str) -> str:
    text = text.translate(_DROP)
    for sign, stand_in in _HIDDEN.items():
        text = text.replace(f"\\{sign}", stand_in)
    return text


def _revealed(text: str, *, is_old: bool) -> str:
    if not is_old:
        text = text.replace("\\n", "\n").replace("\\N", "\n")
    text = text.replace("\\:", ":")
    for sign, stand_in in _HIDDEN.items():
        text = text.replace(stand_in, sign)
    return text


# --- What is kept --------------------------------------------------------------------------------


def kept(found: Property, text: str) -> dict[str, Any]:
    """A property that there is no field for, as JSON; `text` is its value in the escapes of 3.0 and 4.0."""
    params = {name: values for name, values in found.params.items() if name not in ("CHARSET", "ENCODING")}
    whole: dict[str, Any] = {"name": found.name, "value": text}
    if found.encoding == "B":
        whole["is_base64"] = True
    if params:
        whole["params"] = params
    if found.group:
        whole["group"] = found.group
    return whole
