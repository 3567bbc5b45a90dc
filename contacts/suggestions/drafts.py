"""A first message for a suggestion, in the language of whoever gets it: a text to copy, never sent by us."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from contacts.asking import Question, given_ids
from contacts.book import Book
from contacts.models import Contact, ContactMethod, FollowUp, SuggestionType
from contacts.suggestions.suggestion import Suggestion


@dataclass(frozen=True)
class Draft:
    subject: str
    text: str
    # Opens the message in the user's own mail program; empty without an address.
    mailto: str


def drafts(
    book: Book, suggestions: list[Suggestion], *, words: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Draft]:
    """By suggestion; none for a meeting that is only to be written down. One query.

    `words` are texts to use in place of the rules' own, by suggestion too.
    """
    wanted = [suggestion for suggestion in suggestions if _is_for_a_message(suggestion)]
    emails = _emails(book, {person.pk for suggestion in wanted for person in _to(suggestion)})
    return {one.id: _draft(book, one, emails=emails, text=words.get(one.id, "")) for one in wanted}


def _draft(book: Book, suggestion: Suggestion, *, emails: dict[int, str], text: str) -> Draft:
    with translation.override(_language(suggestion.contact)):
        subject, own = _written(book, suggestion)
    addresses = [emails[person.pk] for person in _to(suggestion) if person.pk in emails]
    return Draft(subject, text or own, mailto(addresses, subject, text or own) if addresses else "")


def mailto(addresses: list[str], subject: str, body: str) -> str:
    """As RFC 6068 writes it: lines end in CRLF, and no address can add a header."""
    to = ",".join(quote(address, safe="@") for address in addresses)
    lines = "\r\n".join(body.splitlines())
    return f"mailto:{to}?subject={quote(subject, safe='')}&body={quote(lines, safe='')}"


def _is_for_a_message(suggestion: Suggestion) -> bool:
    return suggestion.meeting is None or suggestion.type == SuggestionType.NETWORKING


def _is_introduction(suggestion: Suggestion) -> bool:
    return suggestion.type == SuggestionType.NETWORKING and suggestion.meeting is None


def _to(suggestion: Suggestion) -> tuple[Contact, ...]:
    return suggestion.people if _is_introduction(suggestion) else (suggestion.contact,)


def _emails(book: Book, people: set[int]) -> dict[int, str]:
    """The preferred address of each."""
    return {pk: value.strip() for pk, value in _addresses.ask(book, people=list(people))}


@Question
def _addresses(book: Book) -> QuerySet[Any, tuple[int, str]]:
    emails = book.methods.filter(contact__in=given_ids("people"), kind=ContactMethod.Kind.EMAIL, value__contains="@")
    return emails.order_by("is_primary", "-pk").values_list("contact", "value")


def _language(contact: Contact) -> str:
    """The contact's, where there are words in it; else the user's."""
    spoken = contact.language.strip().lower()[:2]
    return spoken if spoken in dict(settings.LANGUAGES) else translation.get_language() or settings.LANGUAGE_CODE


# What a message is for: its subject and its text. Neither formal nor familiar: which of the two
# it should be, only the user knows.
_WORDS = {
    "i_owe": ("%(about)s", _("Hello %(name)s,\n\nAs promised: %(about)s.\n\nBest wishes,\n%(me)s")),
    "they_owe": (
        "%(about)s",
        _("Hello %(name)s,\n\nA small reminder: %(about)s. Any news?\n\nThank you, and best wishes,\n%(me)s"),
    ),
    "birthday": (
        _("Happy birthday!"),
        _("Hello %(name)s,\n\nHappy birthday, and a wonderful year ahead!\n\nBest wishes,\n%(me)s"),
    ),
    "date": (
        _("A thought for you"),
        _("Hello %(name)s,\n\nA thought today: %(about)s.\n\nBest wishes,\n%(me)s"),
    ),
    "question": (
        _("A question about %(about)s"),
        _(
            "Hello %(name)s,\n\nI am soon meeting %(other)s of %(about)s. "
            "Is there anything good to know before?\n\nThank you, and best wishes,\n%(me)s"
        ),
    ),
    "introduction": (
        "%(name)s / %(other)s",
        _(
            "Hello %(name)s, hello %(other)s,\n\nI have long thought that this introduction was due: "
            "%(name)s, meet %(other)s; %(other)s, meet %(name)s. What you have in common: %(about)s. "
            "I leave the rest to the two of you.\n\nBest wishes,\n%(me)s"
        ),
    ),
    "reconnecting": (
        _("How are things?"),
        _(
            "Hello %(name)s,\n\nIt has been a while: how are things? "
            "It would be a pleasure to catch up one of these days.\n\nBest wishes,\n%(me)s"
        ),
    ),
}


def _occasion(suggestion: Suggestion) -> str:
    if suggestion.type == SuggestionType.FOLLOW_UP:
        is_mine = suggestion.follow_up is not None and suggestion.follow_up.owed_by == FollowUp.OwedBy.ME
        return "i_owe" if is_mine else "they_owe"
    if suggestion.type == SuggestionType.ANNIVERSAIRE:
        return "date" if suggestion.sources[0].kind == "date" else "birthday"
    if suggestion.type == SuggestionType.NETWORKING:
        return "introduction" if _is_introduction(suggestion) else "question"
    return "reconnecting"


def _written(book: Book, suggestion: Suggestion) -> tuple[str, str]:
    words = {
        "name": _called(suggestion.contact),
        "about": suggestion.about,
        "other": _called(suggestion.others[0]) if suggestion.others else "",
        "me": book.user.get_short_name() or book.user.get_username(),
    }
    subject, text = _WORDS[_occasion(suggestion)]
    return str(subject) % words, str(text) % words


def _called(contact: Contact) -> str:
    return contact.first_name or contact.nickname or contact.name
