"""Takes out of free text what may not leave the machine: contact details, and people who are not shared.

Names are found by their words, without case, accents or punctuation mattering: «ROUX, Paul»
is Paul Roux. A nickname that is not in the book, or a misspelt name, can't be known.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from django.conf import settings

from contacts import naming
from contacts.book import Book

GONE = "[…]"

_WORD = re.compile(r"[^\W_]+")
# As long as an address may be: without a bound, a long run of letters would be tried from each of them.
_EMAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,64}\s?@\s?[\w-]{1,63}(?:\.[\w-]{1,63})+")
# Beside those that the region's rules know: numbers as they are written elsewhere, without a country code.
_FOREIGN_PHONE = re.compile(
    r"(?<![\w.,])"
    r"(?:\(\d{2,5}\)[ .-]?\d{3,4}[ .-]?\d{3,4}|0\d{1,4}[ .-]\d{3,4}[ .-]?\d{3,4}|\d{3}[.-]\d{3}[.-]\d{4})"
    r"(?!\w)"
)
_SHORTEST_PHONE = 7
# A single word of somebody's name is looked for from this length on.
_SHORTEST_NAME = 3

Words = tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """Somebody who stays here. Of those who are `linked` to a dossier, each part of the name is taken out."""

    names: tuple[str, ...]
    full_name: str
    is_linked: bool


class Redactor:
    def __init__(self, people: Iterable[Kept], *, details: Iterable[str], allowed: Iterable[str]) -> None:
        """`details` are values of contact details; `allowed` is sent by itself, so it stays in texts too."""
        self._allowed = {_words(text) for text in allowed}
        self._allowed |= {(word,) for words in self._allowed for word in words}
        # By first word; True where a single word counts only with a capital, because it may be any word.
        self._hidden: dict[str, list[tuple[Words, bool]]] = defaultdict(list)
        for person in people:
            self._hide_person(person)
        for value in details:
            self._hide(_words(value))
            self._hide(_words(re.sub(r"^\w+://(www\.)?", "", value.strip())))
        for sequences in self._hidden.values():
            sequences.sort(key=lambda sequence: -len(sequence[0]))

    def clean(self, text: str) -> str:
        """`text` without them, and without characters that nobody sees: these hide orders, or split a name."""
        text = visible(text)
        if "@" in text:
            text = _EMAIL.sub(GONE, text)
        if sum(character.isdigit() for character in text) >= _SHORTEST_PHONE:
            text = _without_phones(text)
        return self._without_hidden(text) if self._hidden else text

    def _hide_person(self, person: Kept) -> None:
        full = _words(person.full_name)
        self._hide(full, needs_capital=len(full) == 1 and not person.is_linked)
        self._hide(full[::-1], needs_capital=len(full) == 1 and not person.is_linked)
        for name in person.names if person.is_linked else ():
            if len("".join(_words(name))) >= _SHORTEST_NAME:
                self._hide(_words(name))

    def _hide(self, words: Words, *, needs_capital: bool = False) -> None:
        if words and words not in self._allowed and len("".join(words)) >= _SHORTEST_NAME:
            self._hidden[words[0]].append((words, needs_capital))

    def _without_hidden(self, text: str) -> str:
        found = list(_WORD.finditer(text))
        folded = [_folded(word.group()) for word in found]
        kept, end, at = [], 0, 0
        while at < len(found):
            length = self._hidden_at(found, folded, at)
            if length:
                kept += [text[end : found[at].start()], GONE]
                end = found[at + length - 1].end()
            at += length or 1
        return "".join([*kept, text[end:]])

    def _hidden_at(self, found: list[re.Match[str]], folded: list[str], at: int) -> int:
        """How many words from here on are somebody's name, or a detail."""
        for words, needs_capital in self._hidden.get(folded[at], ()):
            is_there = tuple(folded[at : at + len(words)]) == words
            if is_there and not (needs_capital and found[at].group()[0].islower()):
                return len(words)
        return 0


def visible(text: str) -> str:
    """Composed, and without control and format characters: no direction marks, no zero width."""
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cn", "Cs"))


def redactor_of(book: Book, linked: set[int], *, allowed: Iterable[str]) -> Redactor:
    """One that knows all who are not shared, and the contact details of those whom a text is about.

    Full names are taken out wherever they are written; of the `linked`, each part of the name is.
    """
    details = book.methods.filter(contact__in=linked).values_list("value", flat=True)
    return Redactor(_kept(book, linked), details=details, allowed=allowed)


def _kept(book: Book, linked: set[int]) -> Iterator[Kept]:
    unshared = book.contacts.filter(share_with_ai=False)
    rows = unshared.values_list("pk", "first_name", "last_name", "nickname", "organization__name")
    for pk, first_name, last_name, nickname, organization in rows:
        full_name = naming.display_name(first_name, last_name, nickname=nickname, organization=organization or "")
        yield Kept((first_name, last_name, nickname), full_name, is_linked=pk in linked)


def _without_phones(text: str) -> str:
    matcher = phonenumbers.PhoneNumberMatcher(
        text, settings.PHONE_REGION, leniency=phonenumbers.Leniency.POSSIBLE, max_tries=len(text)
    )
    kept, end = [], 0
    for match in matcher:
        kept += [text[end : match.start], GONE]
        end = match.end
    return _FOREIGN_PHONE.sub(GONE, "".join([*kept, text[end:]]))


@lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    return naming.fold(word)


def _words(text: str) -> Words:
    """As `_without_hidden` finds them in a text."""
    return tuple(_folded(word) for word in _WORD.findall(visible(text)))
