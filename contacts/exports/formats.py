"""The formats in which contacts leave, each as pieces of text one after the other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.db.models import Count, Max, Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contacts.book import Book
from contacts.exports import table, vcard
from contacts.exports.cards import batches
from contacts.exports.table import Width
from contacts.imports.card import Card
from contacts.models import ContactMethod, ContactQuerySet, ImportantDate, Relationship


@dataclass(frozen=True)
class Format:
    label: str | Promise
    suffix: str
    content_type: str
    # Pieces of the file, each of a batch of contacts.
    write: Callable[[Book, ContactQuerySet], Iterator[str]]
    # The whole of it, of cards that are there already.
    write_cards: Callable[[list[Card]], str]


def _vcards(book: Book, contacts: ContactQuerySet, *, version: vcard.Version) -> Iterator[str]:
    for cards in batches(book, contacts):
        yield _vcards_of(cards, version=version)


def _vcards_of(cards: list[Card], *, version: vcard.Version) -> str:
    return "".join(vcard.write(card, version) for card in cards)


def _table(book: Book, contacts: ContactQuerySet) -> Iterator[str]:
    width = width_of(contacts)
    yield table.header(width)
    for cards in batches(book, contacts):
        yield "".join(table.row(card, width) for card in cards)


def _table_of(cards: list[Card]) -> str:
    width = Width.of(cards)
    return table.header(width) + "".join(table.row(card, width) for card in cards)


def width_of(contacts: ContactQuerySet) -> Width:
    """How many columns of each kind `contacts` need: eight queries, however many they are."""
    chosen = contacts.order_by().values("pk")
    methods = {
        str(kind): _most(ContactMethod.objects.filter(contact__in=chosen, kind=kind), "contact")
        for kind in ContactMethod.Kind
    }
    ties = sum(
        _most(Relationship.objects.filter(**{f"{end}__in": chosen}), end) for end in ("from_contact", "to_contact")
    )
    return Width(methods, _most(ImportantDate.objects.filter(contact__in=chosen), "contact"), ties)


def _most(rows: "QuerySet[Model]", owner: str) -> int:
    return rows.order_by().values(owner).annotate(count=Count("pk")).aggregate(most=Max("count"))["most"] or 0


FORMATS = {
    "vcard4": Format(
        _("vCard 4: Nextcloud, Thunderbird, recent Apple devices"),
        "vcf",
        "text/vcard; charset=utf-8",
        partial(_vcards, version="4.0"),
        partial(_vcards_of, version="4.0"),
    ),
    "vcard3": Format(
        _("vCard 3: Google, Outlook, iCloud and most phones"),
        "vcf",
        "text/vcard; charset=utf-8",
        partial(_vcards, version="3.0"),
        partial(_vcards_of, version="3.0"),
    ),
    "csv": Format(
        _("CSV: spreadsheets, and programs that read no vCards"), "csv", "text/csv; charset=utf-8", _table, _table_of
    ),
}
