"""A card in the making: texts are cleaned and fitted as they come, and what gets lost is said."""

import datetime as dt
import json
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from contacts.imports.card import Card, CardDate, CardMethod, CardTie
from contacts.imports.texts import clean, clean_address, clean_line, limits
from contacts.imports.words import STARRED, is_a_tag
from contacts.models import ContactMethod
from contacts.naming import fold
from contacts.partial_dates import PartialDate

MOST_REMARKS = 30
MOST_TAGS = 200
NOTES_CHARACTERS = 100_000
# What goes into the database beside the fields, for each card.
EXTRA_CHARACTERS = 50_000
Kind = ContactMethod.Kind
# How much a way to reach somebody is preferred: PREF's number.
NO_RANK = 1_000


class Draft:
    """Takes what a reader finds; the first value of a field stays."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.fields: dict[str, Any] = {}
        self.dates: dict[CardDate, None] = {}
        self.ties: dict[CardTie, None] = {}
        self.photo = b""
        self.extra: dict[str, Any] = {}
        self._notes: list[str] = []
        self._tags: dict[str, str] = {}
        self._methods: dict[tuple[str, str], CardMethod] = {}
        self._best: dict[str, tuple[int, str]] = {}
        self._remarks: dict[str, None] = {}
        self._extra_room = EXTRA_CHARACTERS

    def remark(self, text: str) -> None:
        if len(self._remarks) < MOST_REMARKS:
            self._remarks[text] = None

    def set(self, name: str, text: str) -> bool:
        """Whether it was taken: the field was empty, and the text is not."""
        text = self.fit(name, clean_line(text))
        if not text or self.fields.get(name):
            return False
        self.fields[name] = text
        return True

    def set_value(self, name: str, value: PartialDate | dt.date | int | bool) -> None:
        self.fields.setdefault(name, value)

    def set_text(self, name: str, text: str) -> None:
        """Of a field of several lines."""
        self.fields.setdefault(name, self._cut(clean(text), NOTES_CHARACTERS))

    def add_method(self, kind: str, value: str, *, label: str = "", rank: int = NO_RANK) -> None:
        value = clean_address(value) if kind in (Kind.EMAIL, Kind.PHONE) else clean_line(value)
        value = self.fit("method", value)
        if not value:
            return
        if (kind, value) not in self._methods:
            # A star is how tables mark the preferred one.
            label = self.fit("method_label", clean_line(label).lstrip("* "))
            self._methods[kind, value] = CardMethod(kind=str(kind), value=value, label=label)
        if rank < min(NO_RANK, self._best.get(kind, (NO_RANK, ""))[0]):
            self._best[kind] = (rank, value)

    def add_date(self, label: str, date: PartialDate) -> None:
        label = self.fit("date_label", clean_line(label)) or _("date")
        self.dates.setdefault(CardDate(label=label, date=date))

    def add_tie(self, name: str, kind: str) -> None:
        tie = CardTie(name=clean_line(name)[:300].rstrip(), kind=clean_line(kind)[:100].rstrip())
        if tie.name:
            self.ties.setdefault(tie)

    def add_tag(self, name: str) -> None:
        name = self.fit("tag", clean_line(name))
        if fold(name).strip("* ") in STARRED:
            self.set_value("is_favorite", value=True)
        elif is_a_tag(name) and len(self._tags) < MOST_TAGS:
            self._tags.setdefault(name.lower(), name)

    def add_note(self, text: str) -> None:
        self._notes.append(text)

    def keep(self, key: str, value: Any) -> None:
        """Adds to the list `extra[key]` what there is no field for."""
        if self._has_room(value):
            self.extra.setdefault(key, []).append(value)

    def keep_named(self, key: str, name: str, value: Any) -> None:
        """The same in the dictionary `extra[key]`, which takes the place of what a file calls so and is none."""
        if self._has_room([name, value]):
            if not isinstance(self.extra.get(key), dict):
                self.extra[key] = {}
            self.extra[key].setdefault(name, value)

    def keep_whole(self, key: str, value: Any) -> None:
        """The same as `extra[key]`, where there is none yet."""
        if key not in self.extra and self._has_room([key, value]):
            self.extra[key] = value

    def _has_room(self, value: Any) -> bool:
        size = len(json.dumps(value))
        if size > self._extra_room:
            self.remark(_("The card has more than is kept beside the fields: the rest is left out."))
            return False
        self._extra_room -= size
        return True

    def fit(self, name: str, text: str) -> str:
        """`text` as long as its column allows."""
        longest = limits().get(name)
        return text if longest is None else self._cut(text, longest)

    def _cut(self, text: str, longest: int) -> str:
        if len(text) <= longest:
            return text
        said = _("Longer than %(most)s characters, cut: “%(text)s…”.")
        self.remark(said % {"most": number_format(longest, force_grouping=True), "text": text[:30]})
        return text[:longest].rstrip()

    def card(self) -> Card:
        notes = self._cut(clean("\n\n".join(filter(None, map(clean, self._notes)))), NOTES_CHARACTERS)
        return Card(
            line=self.line,
            notes=notes,
            methods=tuple(map(self._ranked, self._methods.values())),
            dates=tuple(self.dates),
            ties=tuple(self.ties),
            tags=tuple(self._tags.values()),
            photo=self.photo,
            extra=self.extra,
            remarks=tuple(self._remarks),
            **self.fields,
        )

    def _ranked(self, method: CardMethod) -> CardMethod:
        best = self._best.get(method.kind)
        if best is None or best[1] != method.value:
            return method
        return CardMethod(kind=method.kind, value=method.value, label=method.label, is_primary=True)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found, remarks apart."""
        found = (self.fields, self.dates, self.ties, self.photo, self.extra, self._notes, self._tags, self._methods)
        return not any(found)
