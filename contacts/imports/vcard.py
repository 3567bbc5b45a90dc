"""vCard 2.1, 3.0 and 4.0 to cards. Nothing that a card points to is ever fetched."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import chain
from typing import BinaryIO
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts.imports import charsets, dates, words
from contacts.imports import vcard_syntax as syntax
from contacts.imports.card import Read, Unreadable
from contacts.imports.draft import NO_RANK, Draft, Kind
from contacts.imports.texts import clean, clean_line
from contacts.imports.vcard_syntax import Property, RawCard
from contacts.models.profile import check_time_zone
from contacts.naming import fold
from contacts.partial_dates import PartialDate

# Our own properties: what no vCard has.
OWN = "X-CRM-"
PRODUCT = "-//Personal CRM//"
MAIL_SCHEMES, PHONE_SCHEMES = ("mailto",), ("tel", "callto")


def read(stream: BinaryIO) -> Iterator[Read]:
    """Each card of a file as it comes; never more than one of them is in memory.

    Never raises for what is in the file: a card that nothing can be made of is an `Unreadable`,
    and a file without any card gives one.
    """
    is_empty, guesses = True, charsets.Guesses()
    for raw in syntax.cards(stream):
        is_empty = False
        yield _read(raw, guesses)
    if is_empty:
        yield Unreadable(line=1, reason=_("There is no card in this file."))


def _read(raw: RawCard, guesses: charsets.Guesses) -> Read:
    if raw.problem:
        return Unreadable(line=raw.line, reason=raw.problem, text=raw.text)
    reading = _Reading(raw, guesses)
    if reading.is_group:
        return Unreadable(line=raw.line, reason=_("This is a group, not a person."), text=reading.formatted_name)
    reading.take_all()
    if reading.draft.is_empty:
        return Unreadable(line=raw.line, reason=_("There is nothing in this card."))
    return reading.draft.card()


class _Reading:
    """One card, property by property."""

    def __init__(self, raw: RawCard, guesses: charsets.Guesses) -> None:
        self.raw = raw
        self.by_name: dict[str, list[Property]] = {}
        for found in raw.properties:
            self.by_name.setdefault(found.name, []).append(found)
        self.draft = Draft(raw.line)
        for remark in raw.remarks:
            self.draft.remark(remark)
        self.charsets = self._charsets(guesses)
        self.version = next((self._plain(found).strip() for found in self._named("VERSION")), "")
        self.is_old = self.version == "2.1" or (not self.version and any(map(_looks_old, raw.properties)))
        self.labels = {
            found.group.lower(): self.text(found) for found in self._named("X-ABLABEL", "X-ABDATE-LABEL") if found.group
        }
        self.formatted_name = next(filter(None, (clean_line(self.text(found)) for found in self._named("FN"))), "")
        # What is in our own files was read before: a label is of an address that is there.
        self.is_ours = any(PRODUCT in self._plain(found) for found in self._named("PRODID"))
        # Where they may live: how much it is preferred, city, country.
        self.homes: list[tuple[int, str, str]] = []
        self.kept_groups: set[str] = set()

    def _named(self, *names: str) -> Iterator[Property]:
        return chain.from_iterable(self.by_name.get(name, ()) for name in names)

    @cached_property
    def has_title(self) -> bool:
        return any(found.value.strip() for found in self._named("TITLE"))

    @cached_property
    def address_types(self) -> set[tuple[str, ...]]:
        return {_type_key(found) for found in self._named("ADR")}

    @cached_property
    def best_language(self) -> Property:
        return min(self._named("LANG"), key=_rank)

    def _charsets(self, guesses: charsets.Guesses) -> tuple[str, ...]:
        """Of the whole card: what one property declares, another may have forgotten."""
        declared = dict.fromkeys(found.charset for found in self.raw.properties if "CHARSET" in found.params)
        known = [codec for codec in declared if codec and codec != "utf-8"]
        if known:
            return tuple(known)
        loose = [found for found in self.raw.properties if not found.encoding and not found.value.isascii()]
        foreign = b"\n".join(found.value for found in loose if not _is_utf8(found.value))
        return (guesses.of(foreign),) if foreign else ()

    def _plain(self, found: Property) -> str:
        """The value as text, escapes and all."""
        return found.text(self.charsets)

    def text(self, found: Property) -> str:
        return syntax.unescape(self._plain(found), is_old=self.is_old)

    def parts(self, found: Property, separator: str) -> list[str]:
        return syntax.parts(self._plain(found), separator, is_old=self.is_old)

    @property
    def is_group(self) -> bool:
        kinds = self._named("KIND", "X-ADDRESSBOOKSERVER-KIND")
        return any(self._plain(found).strip().lower() == "group" for found in kinds)

    def take_all(self) -> None:
        for found in self.raw.properties:
            if not self._is_ignored(found):
                take = _HANDLERS.get(found.name)
                if take is None or not take(self, found):
                    self.keep(found)
        self._take_name()
        self._take_home()
        self._take_own_extra()
        # As the writers order them: those first that belong to a name.
        if kept := self.draft.extra.get("vcard"):
            kept.sort(key=lambda found: {"N": 0, "ORG": 1}.get(found["name"], 2))

    def _is_ignored(self, found: Property) -> bool:
        is_usual = found.name in _USUAL and self._plain(found).strip().upper() in _USUAL[found.name]
        return is_usual or found.name in _IGNORED or not found.value.strip()

    def keep(self, found: Property) -> None:
        """In the form in which the writers write it again."""
        if found.encoding == "B":
            data = syntax.decode_base64(found.value)
            text = "".join(found.value.decode("ascii", "ignore").split()) if data else ""
        else:
            plain = self._plain(found)
            text = syntax.modern(plain) if self.is_old else plain.replace("\r\n", "\n").replace("\n", "\\n")
        text = clean(text)
        if text:
            self.draft.keep("vcard", syntax.kept(found, text))
            self._keep_label(found.group)

    def _keep_label(self, group: str) -> None:
        """What is kept keeps the label of its group."""
        label = clean_line(self.labels.get(group.lower(), "")) if group else ""
        if label and group not in self.kept_groups:
            self.kept_groups.add(group)
            self.draft.keep("vcard", {"name": "X-ABLABEL", "value": syntax.escape(label), "group": group})

    def label(self, found: Property) -> str:
        named = self.labels.get(found.group.lower(), "") if found.group else ""
        return words.label_of_apple(clean_line(named)) or words.label_of_types(found.types)

    # --- Names -----------------------------------------------------------------------------------

    def _take_name(self) -> None:
        """Of those whose N says nothing, FN does; an organization's is its name."""
        draft, name = self.draft, self.formatted_name
        if draft.fields.get("first_name") or draft.fields.get("last_name") or not name:
            return
        is_organization = any(
            self._plain(found).strip().upper() in ("ORG", "COMPANY") for found in self._named("KIND", "X-ABSHOWAS")
        )
        organization = draft.fields.get("organization", "")
        if is_organization or fold(organization) == fold(name):
            draft.set("organization", name)
            return
        first, last = split_name(name)
        draft.set("first_name", first)
        draft.set("last_name", last)

    def _take_home(self) -> None:
        """City and country are those of the address that is preferred, else of the home, else of the first."""
        if not self.homes:
            return
        _rank, city, country = min(self.homes, key=lambda home: home[0])
        self.draft.set("city", city)
        self.draft.set("country", country)

    def _take_own_extra(self) -> None:
        for found in self._named(f"{OWN}EXTRA"):
            try:
                extra = json.loads(self.text(found))
            except (ValueError, RecursionError):
                extra = None
            if isinstance(extra, dict):
                for key, value in extra.items():
                    self.draft.keep_whole(key, value)


def split_name(name: str) -> tuple[str, str]:
    """First and last name of what is written in one: «Roux, Paul» and «Paul Roux»."""
    last, comma, first = name.partition(",")
    if comma and first.strip():
        return first.strip(), last.strip()
    first, _space, last = name.strip().rpartition(" ")
    return (first.strip(), last) if first else (last, "")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _looks_old(found: Property) -> bool:
    return found.encoding == "QUOTED-PRINTABLE"


# --- Properties ----------------------------------------------------------------------------------

Handler = Callable[[_Reading, Property], bool]


def _name(reading: _Reading, found: Property) -> bool:
    """Family, given and additional names, prefixes, suffixes; what there is no field for is kept."""
    named = syntax.components(reading._plain(found), is_old=reading.is_old)
    family, given, *others = [*named, [""], [""]][: max(2, len(named))]
    taken = reading.draft.set("last_name", _joined(family)) | reading.draft.set("first_name", _joined(given))
    if any("".join(other).strip() for other in others):
        rest = ";".join(",".join(map(syntax.escape, component)) for component in ([""], [""], *others))
        reading.draft.keep("vcard", {"name": "N", "value": clean(rest)})
    return taken or not any("".join(part).strip() for part in (family, given))


def _joined(names: list[str]) -> str:
    return " ".join(filter(None, (name.strip() for name in names)))


def _formatted_name(reading: _Reading, found: Property) -> bool:
    return True


def _nickname(reading: _Reading, found: Property) -> bool:
    texts = [reading.text(found)] if reading.is_old else reading.parts(found, ",")
    return reading.draft.set("nickname", ", ".join(filter(None, map(str.strip, texts))))


def _organization(reading: _Reading, found: Property) -> bool:
    name, *units = reading.parts(found, ";")
    if not any(unit.strip() for unit in units):
        return reading.draft.set("organization", name)
    reading.draft.set("organization", name)
    return False  # kept for its units


def _title(reading: _Reading, found: Property) -> bool:
    return reading.draft.set("job_title", reading.text(found))


def _role(reading: _Reading, found: Property) -> bool:
    return not reading.has_title and _title(reading, found)


def _note(reading: _Reading, found: Property) -> bool:
    reading.draft.add_note(reading.text(found))
    return True


def _rank(found: Property) -> int:
    """How much it is preferred: 1 is most."""
    said = found.params.get("PREF", [])
    if said and said[0].isascii() and said[0].isdecimal() and len(said[0]) < 4:
        return int(said[0])
    return 1 if said or any(word.upper() in ("PREF", "PREFERRED") for word in found.types) else NO_RANK


def _without_scheme(found: Property, text: str, *schemes: str) -> str:
    """`text` without «tel:» and the like; a value that says it is text has none."""
    if found.says("VALUE", "TEXT"):
        return text
    scheme, colon, rest = text.strip().partition(":")
    return unquote(rest) if colon and scheme.lower() in schemes else text


def _email(reading: _Reading, found: Property) -> bool:
    value = _without_scheme(found, reading.text(found), *MAIL_SCHEMES)
    reading.draft.add_method(Kind.EMAIL, value, label=reading.label(found), rank=_rank(found))
    return True


def _phone(reading: _Reading, found: Property) -> bool:
    value = _without_scheme(found, reading.text(found), *PHONE_SCHEMES)
    if not found.says("VALUE", "TEXT"):
        value = value.replace(";ext=", " ext. ")
    reading.draft.add_method(Kind.PHONE, value, label=reading.label(found), rank=_rank(found))
    return True


def _url(reading: _Reading, found: Property) -> bool:
    reading.draft.add_method(Kind.URL, reading.text(found), label=reading.label(found), rank=_rank(found))
    return True


def _address(reading: _Reading, found: Property) -> bool:
    """A place alone is where they live; anything more is an address."""
    named = [
        ", ".join(filter(None, (clean_line(part) for part in component)))
        for component in syntax.components(reading._plain(found), is_old=reading.is_old)
    ]
    box, extended, street, city, region, code, country = [*named, *[""] * 7][:7]
    is_home = any(word.upper() == "HOME" for word in found.types)
    if city or country:
        rank = min(_rank(found), NO_RANK - 1 if is_home else NO_RANK)
        reading.homes.append((rank, city, country))
    if not any((box, extended, street, region, code)) and len(reading.homes) == 1 and (city or country):
        return True
    whole = (box, extended, street, f"{code} {city}".strip(), region, country)
    text = ", ".join(filter(None, whole)) or clean_line("".join(found.params.get("LABEL", [])))
    reading.draft.add_method(Kind.ADDRESS, text, label=reading.label(found), rank=_rank(found))
    return True


def _type_key(found: Property) -> tuple[str, ...]:
    return tuple(sorted({word.upper() for word in found.types} - {"PREF"}))


def _address_label(reading: _Reading, found: Property) -> bool:
    """An address as it is written on a letter: kept beside the same one, else the only one there is."""
    if reading.is_ours or _type_key(found) in reading.address_types:
        return False
    lines = (line.strip(" ,") for line in clean(reading.text(found)).split("\n"))
    text = ", ".join(filter(None, lines))
    reading.draft.add_method(Kind.ADDRESS, text, label=reading.label(found), rank=_rank(found))
    return True


def _social_of(service: str) -> Handler:
    def take(reading: _Reading, found: Property) -> bool:
        value = _without_scheme(found, reading.text(found), service.lower())
        reading.draft.add_method(Kind.SOCIAL, value, label=service, rank=_rank(found))
        return True

    return take


_SERVICE = re.compile(r"[A-Za-z][A-Za-z0-9.+-]{0,30}")


def _messaging(reading: _Reading, found: Property) -> bool:
    """`skype:joe.bloggs`; Apple names the service beside it."""
    value = reading.text(found).strip()
    scheme, colon, rest = value.partition(":")
    service = " ".join(found.params.get("X-SERVICE-TYPE", []))
    if colon and _SERVICE.fullmatch(scheme) and not rest.startswith("//") and not found.says("VALUE", "TEXT"):
        service, value = service or scheme, unquote(rest)
    named = words.label_of_apple(reading.labels.get(found.group.lower(), "")) if found.group else ""
    reading.draft.add_method(Kind.SOCIAL, value, label=named or service, rank=_rank(found))
    return True


def _social_profile(reading: _Reading, found: Property) -> bool:
    value = reading.text(found).strip()
    service = ""
    if not found.says("VALUE", "TEXT"):
        scheme, colon, rest = value.partition(":")
        if colon and rest.lower().startswith(("http://", "https://")):  # twitter:https://twitter.com/…
            service, value = scheme, rest
        elif scheme.lower() == "x-apple":
            value = unquote(rest)
    reading.draft.add_method(Kind.SOCIAL, value, label=service or reading.label(found), rank=_rank(found))
    return True


def _categories(reading: _Reading, found: Property) -> bool:
    for part in reading.parts(found, ","):
        for name in part.split(";") if reading.is_old else [part]:
            reading.draft.add_tag(name)
    return True


def _time_zone(reading: _Reading, found: Property) -> bool:
    name = clean_line(reading.text(found))
    try:
        check_time_zone(name)
    except ValidationError:
        return False
    return reading.draft.set("time_zone", name)


def _language(reading: _Reading, found: Property) -> bool:
    return found is reading.best_language and reading.draft.set("language", reading.text(found))


def _uid(reading: _Reading, found: Property) -> bool:
    return reading.draft.set("uid", reading.text(found)[:255])


def _photo(reading: _Reading, found: Property) -> bool:
    """What is in the card; a picture elsewhere is kept as the address that it is."""
    value = found.value.strip()
    if value[:5].lower() == b"data:":
        head, _comma, data = value.replace(b"\\,", b",").partition(b",")
        picture = syntax.decode_base64(data) if head.lower().endswith(b";base64") else b""
    elif found.encoding == "B":
        picture = syntax.decode_base64(value)
    else:
        return False
    if not picture:
        reading.draft.remark(_("The photo can't be read."))
    reading.draft.photo = reading.draft.photo or picture
    return True


# --- Dates and people ----------------------------------------------------------------------------


def _date_of(reading: _Reading, found: Property) -> PartialDate | None:
    text = clean_line(reading.text(found))
    omitted = found.params.get("X-APPLE-OMIT-YEAR")
    date = dates.parse(text)
    if date is None or not date.year:
        return date
    is_omitted = str(date.year) in omitted if omitted else date.year == dates.NO_YEAR
    return PartialDate(date.day, date.month) if is_omitted else date


def _birthday(reading: _Reading, found: Property) -> bool:
    date = _date_of(reading, found)
    if date is None:
        said = _("The birthday “%(text)s” is not understood.")
        reading.draft.remark(said % {"text": clean_line(reading.text(found))[:60]})
        return False
    is_first = "birthday" not in reading.draft.fields
    reading.draft.set_value("birthday", date)
    return is_first


def _day(reading: _Reading, found: Property) -> bool:
    date = _date_of(reading, found)
    if date is None or not date.month:
        said = _("The date “%(text)s” is not understood.")
        reading.draft.remark(said % {"text": clean_line(reading.text(found))[:60]})
        return False
    named = reading.labels.get(found.group.lower(), "") if found.group else ""
    reading.draft.add_date(words.label_of_date(clean_line(named)) if named.strip() else _default_label(found), date)
    return True


def _default_label(found: Property) -> str:
    return _("date") if found.name == "X-ABDATE" else _("wedding")


def _death(reading: _Reading, found: Property) -> bool:
    return _set_day(reading, found, "deceased_on")


def _set_day(reading: _Reading, found: Property, name: str) -> bool:
    date = _date_of(reading, found)
    if date is None or not (date.day and date.month and date.year):
        return False
    reading.draft.set_value(name, dt.date(date.year, date.month, date.day))
    return True


def _related(reading: _Reading, found: Property) -> bool:
    """A name; the number of another card says nothing here."""
    name = clean_line(reading.text(found))
    if not found.says("VALUE", "TEXT") and ":" in name and " " not in name:
        return False
    named = reading.labels.get(found.group.lower(), "") if found.group else ""
    reading.draft.add_tie(name, words.tie_kind(clean_line(named) or " ".join(found.types[:1])))
    return True


def _tie_of(kind: str) -> Handler:
    def take(reading: _Reading, found: Property) -> bool:
        reading.draft.add_tie(reading.text(found), words.tie_kind(kind))
        return True

    return take


# The numbers that Android writes for what a relation is.
_ANDROID_TIES: tuple[str, ...] = (
    "",
    "assistant",
    "brother",
    "child",
    "partner",
    "father",
    "friend",
    "manager",
    "mother",
    "parent",
)
_ANDROID_TIES += ("partner", "", "relative", "sister", "spouse")


def _android(reading: _Reading, found: Property) -> bool:
    """`vnd.android.cursor.item/relation;Claire;14;;…`: what, a value, a number for its kind, a label."""
    what, value, number, label, *_rest = [*reading.parts(found, ";"), "", "", "", ""]
    what = what.strip().rpartition("/")[2].lower()
    kind = int(number) if number.isascii() and number.isdecimal() and len(number) < 3 else 0
    if what == "nickname":
        return reading.draft.set("nickname", value)
    if what == "relation" and value.strip():
        word = label or (_ANDROID_TIES[kind] if kind < len(_ANDROID_TIES) else "")
        reading.draft.add_tie(value, words.tie_kind(clean_line(word)))
        return True
    date = dates.parse(clean_line(value)) if what == "contact_event" else None
    if date is None or not date.month:
        return False
    if kind == 3:
        reading.draft.set_value("birthday", date)
    else:
        reading.draft.add_date(clean_line(label) or (_("wedding") if kind == 1 else _("date")), date)
    return True


def _agent(reading: _Reading, found: Property) -> bool:
    """Who acts for them: a card in the card, of which the name is taken; all of it is kept."""
    text = reading.text(found)
    lines = text.replace("\\n", "\n").split("\n")
    if lines[0].strip().upper() != "BEGIN:VCARD":
        return False
    for name in ("FN", "N"):
        for line in lines:
            inner = syntax.parse_property(line.encode(errors="replace"))
            if inner and inner.name == name and inner.value.strip():
                said = (
                    _joined(list(reversed(syntax.parts(inner.text(()), ";")[:2])))
                    if name == "N"
                    else reading.text(inner)
                )
                reading.draft.add_tie(said, words.tie_kind("agent"))
                return False
    return False


# --- Our own -------------------------------------------------------------------------------------


def _how_met(reading: _Reading, found: Property) -> bool:
    reading.draft.set_text("how_met", reading.text(found))
    return True


def _met_through(reading: _Reading, found: Property) -> bool:
    return reading.draft.set("met_through", reading.text(found)[:300])


def _met_on(reading: _Reading, found: Property) -> bool:
    return _set_day(reading, found, "met_on")


def _paused_until(reading: _Reading, found: Property) -> bool:
    return _set_day(reading, found, "paused_until")


def _cadence(reading: _Reading, found: Property) -> bool:
    text = reading.text(found).strip()
    if text.isascii() and text.isdecimal() and 1 <= int(text[:6]) <= 9_999:
        reading.draft.set_value("cadence_days", int(text[:6]))
        return True
    return False


def _flag(name: str, *, on: bool) -> Handler:
    def take(reading: _Reading, found: Property) -> bool:
        if reading.text(found).strip().lower() == ("true" if on else "false"):
            reading.draft.set_value(name, on)
        return True

    return take


def _done(reading: _Reading, found: Property) -> bool:
    return True


# What says nothing that the name does not say.
_USUAL = {"KIND": ("INDIVIDUAL", "ORG"), "X-ABSHOWAS": ("COMPANY",)}
# Of the file, not of the person; or read where they are needed.
_IGNORED = frozenset(
    ["VERSION", "PRODID", "PROFILE", "REV", "X-ABLABEL", "X-ABDATE-LABEL", "X-ABADR", "X-GENERATOR", f"{OWN}EXTRA"]
)
_HANDLERS: dict[str, Handler] = {
    "N": _name,
    "FN": _formatted_name,
    "NICKNAME": _nickname,
    "ORG": _organization,
    "TITLE": _title,
    "ROLE": _role,
    "NOTE": _note,
    "EMAIL": _email,
    "TEL": _phone,
    "URL": _url,
    "ADR": _address,
    "LABEL": _address_label,
    "IMPP": _messaging,
    "X-SOCIALPROFILE": _social_profile,
    "SOCIALPROFILE": _social_profile,
    "CATEGORIES": _categories,
    "TZ": _time_zone,
    "LANG": _language,
    "UID": _uid,
    "PHOTO": _photo,
    "BDAY": _birthday,
    "DEATHDATE": _death,
    "RELATED": _related,
    "X-ABRELATEDNAMES": _related,
    "AGENT": _agent,
    "X-ANDROID-CUSTOM": _android,
    "X-MS-TEL": _phone,
    f"{OWN}HOW-MET": _how_met,
    f"{OWN}MET-ON": _met_on,
    f"{OWN}MET-THROUGH": _met_through,
    f"{OWN}CADENCE-DAYS": _cadence,
    f"{OWN}PAUSED-UNTIL": _paused_until,
    f"{OWN}FAVORITE": _flag("is_favorite", on=True),
    f"{OWN}ARCHIVED": _flag("is_archived", on=True),
    f"{OWN}SHARE-WITH-AI": _flag("share_with_ai", on=False),
}
_HANDLERS |= dict.fromkeys(
    ["ANNIVERSARY", "X-ANNIVERSARY", "X-EVOLUTION-ANNIVERSARY", "X-KADDRESSBOOK-X-ANNIVERSARY", "X-MS-ANNIVERSARY"],
    _day,
)
_HANDLERS["X-ABDATE"] = _day
for _service in (
    "AIM",
    "ICQ",
    "Jabber",
    "MSN",
    "Yahoo",
    "Skype",
    "Google-Talk",
    "QQ",
    "Twitter",
    "GaduGadu",
    "Groupwise",
):
    _HANDLERS |= dict.fromkeys([f"X-{_service.upper()}"], _social_of(_service.replace("-", " ")))
_HANDLERS |= {
    "X-SKYPE-USERNAME": _social_of("Skype"),
    "X-GTALK": _social_of("Google Talk"),
    "X-MS-IMADDRESS": _social_of(""),
    "X-MS-IM-ADDRESS": _social_of(""),
    "X-MATRIX": _social_of("Matrix"),
    "X-TELEGRAM": _social_of("Telegram"),
}
for _word in ("SPOUSE", "MANAGER", "ASSISTANT", "CHILD"):
    for _before in ("X-", "X-MS-", "X-EVOLUTION-", "X-KADDRESSBOOK-X-"):
        _name_of = f"{_before}{_word}" + ("SNAME" if _before.startswith("X-KADD") else "")
        _HANDLERS[_name_of] = _tie_of(_word.lower())
_HANDLERS["X-KADDRESSBOOK-X-SPOUSENAME"] = _tie_of("spouse")
