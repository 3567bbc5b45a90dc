"""Naming somebody in a form: what is offered while one types, and whom the typed text means."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts import naming, search
from contacts.book import Book
from contacts.models import Contact

OFFERED = 10
# A number at the end tells apart those who are called the same.
_NUMBER = re.compile(r"#(\d{1,18})\s*$")


def label(contact: Contact, *, numbered: bool = False) -> str:
    """«Paul Roux, Nordlys»; with the number that `find` takes as the last word."""
    employer = str(contact.organization) if contact.organization_id else ""
    name = contact.name if employer in ("", contact.name) else f"{contact.name}, {employer}"
    return f"{name} #{contact.pk}" if numbered else name


def offers(book: Book, text: str) -> list[str]:
    """Labels of those whose name has the words of `text`; different ones for different people."""
    if not naming.words(text):
        return []
    people = list(search.named(book.contacts.active(), text).select_related("organization")[:OFFERED])
    labels = [label(person) for person in people]
    return [label(person, numbered=labels.count(said) > 1) for person, said in zip(people, labels, strict=True)]


def find(book: Book, text: str) -> Contact:
    """The one whom `text` names, by a label or by the name alone.

    Raises `ValidationError`, in the user's language, when that is nobody or more than one.
    """
    number = _NUMBER.search(text)
    found = list(book.contacts.filter(pk=int(number[1]))) if number else _called(book, text)
    if not found:
        raise ValidationError(_("Nobody in your book is called “%(name)s”."), params={"name": text})
    if len(found) > 1:
        choices = "; ".join(label(person, numbered=True) for person in found[:5])
        raise ValidationError(
            _("More than one is called so. Write the number too: %(choices)s."), params={"choices": choices}
        )
    return found[0]


def _called(book: Book, text: str) -> list[Contact]:
    wanted = naming.words(text)
    if not wanted:
        return []
    name = text.partition(",")[0]
    candidates = search.named(book.contacts, name).select_related("organization")[:200]
    found = [person for person in candidates if naming.words(label(person)) == wanted]
    return found or [person for person in candidates if naming.words(person.name) == wanted]
