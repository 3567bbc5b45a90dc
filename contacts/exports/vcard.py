"""Cards to vCard 3.0 and 4.0: what has no property there is written as `X-CRM-…`, and nothing is left out.

`imports.vcard` reads it back to the same card. Sources: RFC 2426, RFC 6350, RFC 6474 (DEATHDATE), RFC 6868.
"""

import base64
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any, Literal

from contacts import naming
from contacts.imports import dates, words
from contacts.imports.card import Card, CardDate, CardMethod, CardTie
from contacts.imports.vcard import MAIL_SCHEMES, OWN, PHONE_SCHEMES, PRODUCT
from contacts.imports.vcard_syntax import escape, is_name
from contacts.models import ContactMethod, Relationship
from contacts.partial_dates import PartialDate

Version = Literal["3.0", "4.0"]
# Octets of a line, without its end.
LINE = 75
_PICTURES = {b"\xff\xd8\xff": "jpeg", b"\x89PNG": "png", b"GIF8": "gif", b"RIFF": "webp"}
# As Apple names them, which then shows them in its user's language.
_APPLE_TIES = {kind: f"_$!<{kind.capitalize()}>!$_" for kind in ("parent", "child", "friend", "manager", "assistant")}
_APPLE_TIES |= {Relationship.Kind.PARTNER: "_$!<Spouse>!$_"}
_RELATED = {
    "partner": "spouse", "parent": "parent", "child": "child", "sibling": "sibling", "relative": "kin",
    "friend": "friend", "colleague": "colleague", "acquaintance": "acquaintance",
}  # fmt: skip
Kind = ContactMethod.Kind


def write(card: Card, version: Version = "4.0") -> str:
    """One vCard, with CRLF at the end of each line."""
    return "".join(f"{fold(line)}\r\n" for line in _Writer(card, version).lines())


def fold(line: str) -> str:
    """`line` in pieces of 75 octets at most, never within a character."""
    data = line.encode()
    if len(data) <= LINE:
        return line
    pieces, start, room = [], 0, LINE
    while start < len(data):
        end = min(start + room, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(data[start:end])
        start, room = end, LINE - 1
    return b"\r\n ".join(pieces).decode()


class _Writer:
    def __init__(self, card: Card, version: Version) -> None:
        self.card = card
        self.is_new = version == "4.0"
        self.version = version
        kept = card.extra.get("vcard")
        self.kept = [found for found in kept if _is_kept(found)] if isinstance(kept, list) else []
        self.taken = {str(found.get("group", "")).lower() for found in self.kept}
        self.groups = 0

    def lines(self) -> Iterator[str]:
        yield "BEGIN:VCARD"
        yield f"VERSION:{self.version}"
        yield f"PRODID:{PRODUCT}EN"
        yield from self._names()
        for method in self.card.methods:
            yield from self._method(method)
        if self.card.city or self.card.country:
            yield f"ADR:;;;{escape(self.card.city)};;;{escape(self.card.country)}"
        yield from self._days()
        for tie in self.card.ties:
            yield from self._tie(tie)
        yield from self._texts()
        yield from self._own()
        yield from self._photo()
        for found in self.kept:
            if found["name"] not in ("N", "ORG"):
                yield _kept_line(found)
        yield "END:VCARD"

    # --- Who -------------------------------------------------------------------------------------

    def _names(self) -> Iterator[str]:
        card = self.card
        if card.uid:
            yield f"UID:{escape(card.uid)}"
        name = naming.display_name(card.first_name, card.last_name, organization=card.organization)
        yield f"FN:{escape(name)}"
        rest = next((str(found["value"]) for found in self.kept if found["name"] == "N"), ";;;;")
        yield f"N:{escape(card.last_name)};{escape(card.first_name)}{rest[1:] if rest.startswith(';;') else ';;;'}"
        if self.is_new and card.organization and not (card.first_name or card.last_name):
            yield "KIND:org"
        if card.nickname:
            yield f"NICKNAME:{escape(card.nickname)}"
        yield from self._organizations()
        if card.job_title:
            yield f"TITLE:{escape(card.job_title)}"

    def _organizations(self) -> Iterator[str]:
        """One that came with its units is written with them."""
        own = escape(self.card.organization)
        kept = [found for found in self.kept if found["name"] == "ORG"]
        if own and not (kept and str(kept[0]["value"]).startswith(f"{own};")):
            yield f"ORG:{own}"
        yield from map(_kept_line, kept)

    # --- Details ---------------------------------------------------------------------------------

    def _method(self, method: CardMethod) -> Iterator[str]:
        types = words.types_of_label(method.label)
        params = [f"TYPE={word.lower() if self.is_new else word}" for word in types]
        if method.is_primary:
            params.append("PREF=1" if self.is_new else "TYPE=pref")
        name, value = method.kind, escape(method.value)
        if method.kind == Kind.EMAIL:
            name, params = "EMAIL", params + _as_text(method.value, MAIL_SCHEMES)
        elif method.kind == Kind.PHONE:
            name, params = "TEL", params + _as_text(method.value, PHONE_SCHEMES)
        elif method.kind == Kind.ADDRESS:
            name, value = "ADR", f";;{value};;;;"
        elif method.kind == Kind.URL:
            name, value = "URL", method.value.replace("\\", "\\\\")
        else:
            name = "X-SOCIALPROFILE"
            service = "".join(naming.words(method.label))
            params += ["VALUE=text", *([f"TYPE={service}"] if service.isascii() and service else [])]
        yield from self._labelled(";".join([name, *params]), value, method.label)

    def _labelled(self, name: str, value: str, label: str) -> Iterator[str]:
        """In a group with its label, as Apple and Google write labels of one's own."""
        if not label:
            yield f"{name}:{value}"
            return
        group = self._group()
        yield f"{group}.{name}:{value}"
        yield f"{group}.X-ABLabel:{escape(label)}"

    def _group(self) -> str:
        self.groups += 1
        while f"item{self.groups}" in self.taken:
            self.groups += 1
        return f"item{self.groups}"

    def _days(self) -> Iterator[str]:
        card = self.card
        if card.birthday:
            yield self._day("BDAY", card.birthday)
        for dated in card.dates:
            yield from self._date(dated)
        if card.deceased_on:
            day = card.deceased_on.isoformat()
            yield f"DEATHDATE:{day.replace('-', '') if self.is_new else day}"

    def _date(self, dated: CardDate) -> Iterator[str]:
        is_wedding = self.is_new and words.is_wedding(dated.label)
        name, _colon, value = self._day("ANNIVERSARY" if is_wedding else "X-ABDATE", dated.date).partition(":")
        yield from self._labelled(name, value, dated.label)

    def _day(self, name: str, date: PartialDate) -> str:
        if not self.is_new and date.day and date.month and not date.year:
            omitted = f"X-APPLE-OMIT-YEAR={dates.NO_YEAR}"
            return f"{name};{omitted}:{dates.NO_YEAR}-{date.month:02}-{date.day:02}"
        # Who was born in Apple's year of none says so.
        params = ";X-APPLE-OMIT-YEAR=0" if date.year == dates.NO_YEAR else ""
        return f"{name}{params}:{dates.written(date, basic=self.is_new)}"

    def _tie(self, tie: CardTie) -> Iterator[str]:
        name = "X-ABRELATEDNAMES;VALUE=text"
        if self.is_new:
            related = _RELATED.get(tie.kind)
            name = f"RELATED;VALUE=text;TYPE={related}" if related else "RELATED;VALUE=text"
        label = tie.kind if self.is_new else _APPLE_TIES.get(tie.kind, tie.kind)
        yield from self._labelled(name, escape(tie.name), label)

    # --- The rest --------------------------------------------------------------------------------

    def _texts(self) -> Iterator[str]:
        card = self.card
        if card.tags:
            yield f"CATEGORIES:{','.join(map(escape, card.tags))}"
        if card.time_zone:
            yield f"TZ{'' if self.is_new else ';VALUE=text'}:{escape(card.time_zone)}"
        if card.language:
            yield f"LANG:{escape(card.language)}"
        if card.notes:
            yield f"NOTE:{escape(card.notes)}"

    def _own(self) -> Iterator[str]:
        card = self.card
        values: dict[str, Any] = {
            "HOW-MET": card.how_met,
            "MET-ON": card.met_on,
            "MET-THROUGH": card.met_through,
            "CADENCE-DAYS": card.cadence_days,
            "PAUSED-UNTIL": card.paused_until,
            "FAVORITE": "true" if card.is_favorite else "",
            "ARCHIVED": "true" if card.is_archived else "",
            "SHARE-WITH-AI": "" if card.share_with_ai else "false",
        }
        rest = {key: value for key, value in card.extra.items() if key != "vcard"}
        values["EXTRA"] = json.dumps(rest) if rest else ""
        for name, value in values.items():
            if value:
                text = value.isoformat() if isinstance(value, dt.date) else str(value)
                yield f"{OWN}{name}:{escape(text)}"

    def _photo(self) -> Iterator[str]:
        photo = self.card.photo
        if not photo:
            return
        kind = next((kind for start, kind in _PICTURES.items() if photo.startswith(start)), "jpeg")
        text = base64.b64encode(photo).decode("ascii")
        if self.is_new:
            yield f"PHOTO:data:image/{kind};base64,{text}"
        else:
            yield f"PHOTO;ENCODING=b;TYPE={kind.upper()}:{text}"


def _as_text(value: str, schemes: tuple[str, ...]) -> list[str]:
    """What looks like «tel:…» and is none says that it is text."""
    is_like = value.partition(":")[0].strip().lower() in schemes or ";ext=" in value
    return ["VALUE=text"] if is_like else []


# --- What came with an import and there is no field for -----------------------------------------------


def _is_kept(found: Any) -> bool:
    """Whether it can be a line of a card: rows may come from anywhere."""
    if not isinstance(found, dict) or not isinstance(found.get("value"), str) or not is_name(found.get("name")):
        return False
    params = found.get("params", {})
    group = found.get("group", "")
    return (not group or is_name(group)) and isinstance(params, dict) and all(map(is_name, params))


def _kept_line(found: dict[str, Any]) -> str:
    params = [f"{name}={','.join(map(_param, values))}" for name, values in found.get("params", {}).items()]
    if found.get("is_base64"):
        params.append("ENCODING=b")
    group = f"{found['group']}." if found.get("group") else ""
    value = " ".join(found["value"].splitlines())
    return f"{group}{';'.join([found['name'], *params])}:{value}"


def _param(value: Any) -> str:
    text = str(value).replace("^", "^^").replace("\n", "^n").replace('"', "^'")
    text = "".join(character for character in text if character.isprintable())
    return f'"{text}"' if any(sign in text for sign in ",;:") else text
