"""CSV and TSV files of any program: how they are laid out is found, shown to be corrected, and read by."""

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.imports import charsets, dates, headers, words
from contacts.imports.card import Read, Unreadable
from contacts.imports.draft import NO_RANK, Draft, Kind
from contacts.imports.errors import FileError
from contacts.imports.rows import Row, rows, text_lines
from contacts.imports.streams import wide_encoding
from contacts.imports.texts import clean, clean_line
from contacts.imports.vcard import split_name
from contacts.naming import fold
from contacts.partial_dates import PartialDate

HEAD_BYTES = 256 * 1024
SAMPLE_ROWS = 10
# Among the first of these is the line with the names of the columns.
HEADER_ROWS = 30
DATED_ROWS = 500
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "cp1252", "mac-roman", "iso-8859-15", "cp1251", "cp1253", "cp932", "gb18030", "utf-16")


@dataclass(frozen=True)
class Field:
    """What a column can be of."""

    key: str
    label: str | Promise


FIELDS = (
    Field("first_name", _lazy("first name")),
    Field("last_name", _lazy("last name")),
    Field("full_name", _lazy("whole name")),
    Field("nickname", _lazy("nickname")),
    Field("organization", _lazy("organization")),
    Field("job_title", _lazy("job title")),
    Field("email", _lazy("email")),
    Field("phone", _lazy("phone")),
    Field("address", _lazy("address")),
    Field("address.street", _lazy("address: street")),
    Field("address.code", _lazy("address: postal code")),
    Field("address.city", _lazy("address: city")),
    Field("address.region", _lazy("address: region")),
    Field("address.country", _lazy("address: country")),
    Field("url", _lazy("website")),
    Field("social", _lazy("social network")),
    Field("label", _lazy("label of the next column")),
    Field("birthday", _lazy("birthday")),
    Field("birthday.day", _lazy("birthday: day")),
    Field("birthday.month", _lazy("birthday: month")),
    Field("birthday.year", _lazy("birthday: year")),
    Field("date", _lazy("important date")),
    Field("tie", _lazy("relationship")),
    Field("tags", _lazy("tags")),
    Field("city", _lazy("city")),
    Field("country", _lazy("country")),
    Field("time_zone", _lazy("time zone")),
    Field("language", _lazy("language")),
    Field("notes", _lazy("notes")),
    Field("how_met", _lazy("how you met")),
    Field("met_on", _lazy("met on")),
    Field("met_through", _lazy("met through")),
    Field("cadence_days", _lazy("cadence (days)")),
    Field("paused_until", _lazy("paused until")),
    Field("deceased_on", _lazy("deceased on")),
    Field("is_favorite", _lazy("favorite")),
    Field("is_archived", _lazy("archived")),
    Field("share_with_ai", _lazy("share with the AI")),
    Field("uid", _lazy("identifier in the file")),
    Field("extra", _lazy("other properties")),
    Field("skip", pgettext_lazy("column of a file", "leave out")),
)
KEYS = frozenset(field.key for field in FIELDS)


@dataclass(frozen=True)
class Layout:
    """How a table is to be read. A column that `mapping` leaves out is kept under its name."""

    name: str
    encoding: str
    delimiter: str
    # Of the columns' names, counted from 1; 0 where there are none.
    header_line: int
    columns: tuple[str, ...]
    # The key of a field by the position of the column.
    mapping: dict[int, str]
    date_order: dates.Order
    sample: tuple[tuple[str, ...], ...] = ()


def sniff(
    stream: BinaryIO,
    *,
    encoding: str = "",
    delimiter: str = "",
    date_order: str = "",
    header_line: int | None = None,
) -> Layout:
    """How the table in `stream` is laid out, from its beginning; what is given is taken as it is.

    Raises `FileError` where there is no table. Leaves the stream somewhere.
    """
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    encoding = encoding or _encoding_of(head)
    found = {sign: list(_first_rows(head, encoding, sign)) for sign in ([delimiter] if delimiter else DELIMITERS)}
    delimiter = delimiter or max(found, key=lambda sign: _fitness(found[sign]))
    table = found[delimiter]
    if not table:
        raise FileError(_("There is no row in this table."))
    line = _header_line(table) if header_line is None else header_line
    header = next((row for row in table if row.line == line), None)
    body = [row.cells for row in table if row.line > line]
    width = max(len(row.cells) for row in table)
    columns = header.cells if header else [_("Column %(number)s") % {"number": n + 1} for n in range(width)]
    columns = [clean_line(name)[:100] for name in columns]
    mapping = headers.fields_of(columns) if header else _by_content(body)
    if len(columns) < 2 and not mapping:
        raise FileError(_("No columns are found in this file."))
    order = date_order if date_order in ("dmy", "mdy", "ymd") else _order_of(body, mapping, columns)
    return Layout(
        name=headers.program_of(columns),
        encoding=encoding,
        delimiter=delimiter,
        header_line=line if header else 0,
        columns=tuple(columns),
        mapping=mapping,
        date_order=cast(dates.Order, order),
        sample=tuple(tuple(clean_line(cell)[:200] for cell in cells) for cells in body[:SAMPLE_ROWS]),
    )


def read(stream: BinaryIO, layout: Layout) -> Iterator[Read]:
    """Each row from the beginning of `stream` as it comes; never raises for what is in it."""
    stream.seek(0)
    is_empty = True
    for row in rows(text_lines(stream, layout.encoding), layout.delimiter):
        if row.line <= layout.header_line or _says_delimiter(row.cells):
            continue
        is_empty = False
        yield Unreadable(row.line, row.problem, row.text) if row.problem else _Reading(layout, row).card()
    if is_empty:
        yield Unreadable(line=1, reason=_("There is no row in this table."))


# --- Finding the layout ----------------------------------------------------------------------------


def _encoding_of(head: bytes) -> str:
    if wide := wide_encoding(head):
        return "utf-8" if wide == "utf-8" else wide
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(head) - error.start > 3:
            return charsets.guess(head)
    return "utf-8"


def _first_rows(head: bytes, encoding: str, delimiter: str) -> Iterator[Row]:
    count = 0
    for row in rows(text_lines(io.BytesIO(head), encoding), delimiter):
        if row.problem or _says_delimiter(row.cells):
            continue
        yield row
        count += 1
        if count == DATED_ROWS:
            return


def _says_delimiter(cells: Sequence[str]) -> bool:
    """Excel's own first line, `sep=;`, however it is taken apart."""
    return bool(cells) and cells[0][:4] == "sep=" and len(cells[0]) <= 5 and not any(cells[1:])


def _fitness(table: list[Row]) -> tuple[int, int]:
    """How much a delimiter makes of a file: names of columns that are known, else columns that are there each time."""
    known = max((len(headers.fields_of(row.cells)) for row in table[:HEADER_ROWS]), default=0)
    widths = sorted(len(row.cells) for row in table[:HEADER_ROWS])
    return known, widths[len(widths) // 2] if widths else 0


def _header_line(table: list[Row]) -> int:
    best = max(table[:HEADER_ROWS], key=lambda row: (len(headers.fields_of(row.cells)), -row.line))
    if headers.fields_of(best.cells):
        return best.line
    # Names of columns that nobody knows are still no data.
    first = table[0]
    looks_like_data = any("@" in cell or any(map(str.isdigit, cell)) for cell in first.cells)
    return 0 if looks_like_data or len(table) == 1 else first.line


def _by_content(body: list[list[str]]) -> dict[int, str]:
    """Without names, an address of a mail still shows."""
    mapping: dict[int, str] = {}
    for cells in body[:SAMPLE_ROWS]:
        for position, cell in enumerate(cells):
            if "@" in cell and " " not in cell.strip():
                mapping.setdefault(position, "email")
    return mapping


def _order_of(body: list[list[str]], mapping: dict[int, str], columns: Sequence[str]) -> dates.Order:
    dated = [position for position, key in mapping.items() if key in _DATES]
    texts = [cells[position] for cells in body for position in dated if position < len(cells)]
    is_american = {"business street", "email address"} & {headers.plain(name) for name in columns}
    is_french = (get_language() or "").startswith("fr")
    return dates.order_of(texts, "mdy" if is_american and not is_french else "dmy")


# --- One row ---------------------------------------------------------------------------------------

_DATES = frozenset(["birthday", "date", "met_on", "paused_until", "deceased_on"])
_METHODS = {"email": Kind.EMAIL, "phone": Kind.PHONE, "address": Kind.ADDRESS, "url": Kind.URL, "social": Kind.SOCIAL}
_TEXTS = frozenset(["first_name", "last_name", "nickname", "organization", "job_title", "city", "country"])
_TEXTS |= {"time_zone", "language", "met_through"}
_PARTS = ("street", "code", "city", "region", "country")
_YES = frozenset(["1", "true", "yes", "oui", "vrai", "x", "on"])
_NO = frozenset(["0", "false", "no", "non", "faux", "off"])
RUNS = "=+-@\t\r"
# Where a cell would begin in a file that is split at another sign, and be run. «- » begins a line of a list.
_INSIDE = r"(?='*(?:[=+@]|-(?! )))"
INSIDE = re.compile(r"(?<=[;,|\t\n])" + _INSIDE)
_INSIDE_GUARDED = re.compile(r"(?<=[;,|\t\n])'" + _INSIDE)


def revealed(cell: str) -> str:
    """A cell that was neutralised for spreadsheets (`exports.table`), as it was."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in tuple(RUNS) else cell


def revealed_inside(cell: str) -> str:
    """The same, and what was neutralised in the middle of it."""
    return _INSIDE_GUARDED.sub("", revealed(cell))


class _Reading:
    """One row, cell by cell."""

    def __init__(self, layout: Layout, row: Row) -> None:
        self.layout = layout
        self.row = row
        self.draft = Draft(row.line)
        self.label = ""
        self.full_name = ""
        self.born: dict[str, str] = {}
        self.address: dict[str, list[str]] = {}
        self.address_label = ""
        self.group: str | None = None

    def card(self) -> Read:
        reveal = revealed_inside if self.layout.name == headers.OWN else revealed
        for position, cell in enumerate(self.row.cells):
            self._take_cell(position, clean(reveal(cell)))
        self._end_address()
        self._take_name()
        self._take_birthday()
        if self.draft.is_empty:
            return Unreadable(self.row.line, _("There is nothing in this row."))
        return self.draft.card()

    def _take_cell(self, position: int, text: str) -> None:
        key = self.layout.mapping.get(position, "")
        if key.startswith("address."):
            self._take_part(position, key.removeprefix("address."), text)
            return
        self._end_address()
        if key == "label" and self.layout.mapping.get(position - 1) != "label":
            self.label = ""
        if text:
            self._take(position, key, text)
        if key not in ("label", "skip"):
            self.label = ""

    def _header(self, position: int) -> str:
        columns = self.layout.columns
        return columns[position] if position < len(columns) else _("Column %(number)s") % {"number": position + 1}

    def _take(self, position: int, key: str, text: str) -> None:
        if key in _TEXTS:
            self._take_text(position, key, text)
        elif key in _METHODS:
            self._take_method(position, _METHODS[key], text)
        elif key in _DATES:
            self._take_date(position, key, text)
        elif key == "label":
            self.label = text
        elif key == "tie":
            has_label = self.layout.name in (headers.GOOGLE, headers.OWN)
            word = "" if has_label else words.tie_word_of(self._header(position))
            kind = words.tie_kind(self._label() or word)
            for name in self._several(text):
                self.draft.add_tie(name, kind)
        elif key != "skip":
            self._take_other(position, key, text)

    def _take_other(self, position: int, key: str, text: str) -> None:
        if key == "tags":
            for name in split_tags(text):
                self.draft.add_tag(name)
        elif key == "notes":
            self.draft.add_note(text)
        elif key == "how_met":
            self.draft.set_text("how_met", text)
        elif key == "full_name":
            self.full_name = text
        elif key.startswith("birthday."):
            self.born[key.removeprefix("birthday.")] = text
        elif key == "uid":
            self.draft.set("uid", text[:255])
        elif key == "cadence_days" and text.isascii() and text.isdecimal() and 1 <= int(text[:6]) <= 9_999:
            self.draft.set_value("cadence_days", int(text[:6]))
        elif key in ("is_favorite", "is_archived", "share_with_ai") and fold(text) in _YES | _NO:
            self.draft.set_value(key, fold(text) in _YES)
        elif key == "extra":
            self._take_extra(text)
        else:
            self._keep(position, text)

    def _take_text(self, position: int, key: str, text: str) -> None:
        if not self.draft.set(key, text):
            self._keep(position, text)

    def _keep(self, position: int, text: str) -> None:
        self.draft.keep_named("table", (self._label() or self._header(position))[:100], text)

    def _take_extra(self, text: str) -> None:
        try:
            extra = json.loads(text)
        except (ValueError, RecursionError):
            extra = None
        for key, value in extra.items() if isinstance(extra, dict) else ():
            self.draft.keep_whole(key, value)

    def _label(self) -> str:
        """What the column before said, once."""
        label, self.label = self.label, ""
        return label

    def _several(self, text: str) -> list[str]:
        """Google puts several values into a cell."""
        return text.split(":::") if self.layout.name == headers.GOOGLE else [text]

    def _take_method(self, position: int, kind: str, text: str) -> None:
        label = self._label()
        # Google and we mark the preferred one with a star.
        rank = 1 if label.startswith("*") else NO_RANK
        label = label.lstrip("* ")
        if self.layout.name == headers.GOOGLE:
            label = words.label_of_known(label)
        elif self.layout.name != headers.OWN:
            label = label or words.label_of_header(self._header(position))
        for value in self._several(text):
            self.draft.add_method(kind, value, label=label, rank=rank)

    def _take_part(self, position: int, part: str, text: str) -> None:
        group = headers.group_of(self._header(position))
        if group != self.group:
            self._end_address()
            self.group = group
            own = self.layout.name in (headers.GOOGLE, headers.OWN)
            self.address_label = "" if own else words.label_of_header(self._header(position))
        if text:
            self.address.setdefault(part, []).append(text)

    def _end_address(self) -> None:
        if self.group is None:
            return
        parts = {part: ", ".join(filter(None, map(clean_line, texts))) for part, texts in self.address.items()}
        label = words.label_of_known(self._label().removeprefix("* ")) if parts else ""
        street, code, city, region, country = (parts.get(part, "") for part in _PARTS)
        if street or code or region:
            whole = (street, f"{code} {city}".strip(), region, country)
            value = ", ".join(filter(None, whole))
            self.draft.add_method(Kind.ADDRESS, value, label=label or self.address_label)
        self.draft.set("city", city)
        self.draft.set("country", country)
        self.group, self.address = None, {}

    def _take_date(self, position: int, key: str, text: str) -> None:
        label = self._label()
        date = dates.parse(clean_line(text), self.layout.date_order)
        is_whole = date is not None and date.day and date.month and date.year
        if date is None or (key == "date" and not date.month) or (key not in ("date", "birthday") and not is_whole):
            self._say_date(position, key, text, label)
        elif key == "birthday":
            self.draft.set_value("birthday", PartialDate(date.day, date.month, _year(date)))
        elif key == "date":
            label = label or self._header(position)
            label = words.label_of_date("" if words.is_wedding(label) and self.layout.name != headers.OWN else label)
            self.draft.add_date(label, PartialDate(date.day, date.month, _year(date)))
        else:
            self.draft.set_value(key, dt.date(date.year or 1, date.month or 1, date.day or 1))

    def _say_date(self, position: int, key: str, text: str, label: str) -> None:
        shown = {"text": clean_line(text)[:60]}
        if key == "birthday":
            self.draft.remark(_("The birthday “%(text)s” is not understood.") % shown)
        else:
            self.draft.remark(_("The date “%(text)s” is not understood.") % shown)
        self.label = label
        self._keep(position, text)

    def _take_birthday(self) -> None:
        numbers = {part: int(text) for part, text in self.born.items() if text.isascii() and text.isdecimal()}
        if not numbers or "birthday" in self.draft.fields:
            return
        year, month, day = (numbers.get(part, 0) for part in ("year", "month", "day"))
        text = f"{year:04}-{month:02}-{day:02}" if year and day else f"{year:04}-{month:02}" if month else f"{year:04}"
        date = dates.parse(f"--{month:02}{day:02}" if not year and month else text)
        if date:
            self.draft.set_value("birthday", date)

    def _take_name(self) -> None:
        fields = self.draft.fields
        if not self.full_name or fields.get("first_name") or fields.get("last_name"):
            return
        if fold(self.full_name) == fold(fields.get("organization", "")):
            return
        first, last = split_name(clean_line(self.full_name))
        self.draft.set("first_name", first)
        self.draft.set("last_name", last)


def _year(date: PartialDate) -> int | None:
    return None if date.year == dates.NO_YEAR else date.year


def split_tags(text: str) -> list[str]:
    """At «:::», «;» or «,», whichever the cell has first in this order, outside quotation marks."""
    if ":::" in text and '"' not in text:
        return text.split(":::")
    sign = ";" if ";" in text and "," not in text else ","
    return next(csv.reader([text.replace("\n", " ")], delimiter=sign, skipinitialspace=True), [])
