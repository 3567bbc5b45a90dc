"""Texts of a file as they may be kept: in NFC, without what cannot be seen, no longer than their column."""

import unicodedata
from functools import cache

from django.db import models

from contacts.models import Contact, ContactMethod, ImportantDate, Organization, Tag

_ENDS_LINE = "\v\f\x85\u2028\u2029"
# Controls, halves of characters, and what turns the direction of the text after it.
_UNSEEN = dict.fromkeys(
    [
        *range(0x20),
        *range(0x7F, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *range(0xD800, 0xE000),
        0xFEFF,
        0xFFFE,
        0xFFFF,
    ]
)
_CLEAN: dict[int, str | None] = _UNSEEN | {ord("\t"): " ", ord("\n"): "\n"} | dict.fromkeys(map(ord, _ENDS_LINE), "\n")
# What phones put around numbers, and what looks like a space and is none.
_IN_ADDRESS: dict[int, str | None] = dict.fromkeys([0x200B, 0x200E, 0x200F, 0x2060]) | {0xA0: " ", 0x202F: " "}


def clean(text: str) -> str:
    """`text` without control characters but line ends, in NFC, stripped."""
    if text.isascii() and text.isprintable():
        return text.strip()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CLEAN)
    return unicodedata.normalize("NFC", lines).strip()


def clean_line(text: str) -> str:
    """The same in one line."""
    text = clean(text)
    return " ".join(filter(None, map(str.strip, text.split("\n")))) if "\n" in text else text


def clean_address(text: str) -> str:
    """The same for a telephone number or an e-mail address."""
    return clean_line(text.translate(_IN_ADDRESS))


@cache
def limit(model: type[models.Model], field: str) -> int:
    """The most characters that the column holds."""
    length = model._meta.get_field(field).max_length  # type: ignore[union-attr]
    assert length is not None
    return int(length)


@cache
def limits() -> dict[str, int]:
    """The same for each text of a `Card` that has one."""
    own = ("first_name", "last_name", "nickname", "job_title", "city", "country", "time_zone", "language")
    return {name: limit(Contact, name) for name in own} | {
        "organization": limit(Organization, "name"),
        "tag": limit(Tag, "name"),
        "method": limit(ContactMethod, "value"),
        "method_label": limit(ContactMethod, "label"),
        "date_label": limit(ImportantDate, "label"),
    }
