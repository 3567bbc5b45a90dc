"""What a card changes in a contact. The rule: what is empty is filled, what is many grows, and where both
say something, the user has said for the whole import who is right. Nothing is ever taken away.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from contacts import naming
from contacts.book import Book
from contacts.imports.card import Card, CardDate, CardMethod, CardTie
from contacts.models import Contact, ContactMethod, ImportantDate
from contacts.partial_dates import PartialDate

TEXTS = (
    "first_name", "last_name", "nickname", "job_title", "how_met", "city", "country", "time_zone", "language", "notes",
)  # fmt: skip
VALUES = ("met_on", "cadence_days", "paused_until", "deceased_on")
# What a file says that says nothing of it.
_USUAL = Card()
# Those that grow as one writes.
_LONG = ("how_met", "notes")
# A property of `Contact.extra` that says which card of which program this is: it names, it doesn't tell.
UID = "uid"
# People whom a card names and of whom the book has none, or more than one.
TIES = "ties"
MET_THROUGH = "met_through"

Day = tuple[str, int | None, int, int | None]


@dataclass
class Known:
    """A contact, with all that a card may add to."""

    contact: Contact
    organization: str = ""
    met_through: str = ""
    # By kind and normalized value.
    methods: set[tuple[str, str]] = field(default_factory=set)
    primary_kinds: set[str] = field(default_factory=set)
    dates: set[Day] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    # The folded words of the names of those whom they are tied to.
    ties: set[str] = field(default_factory=set)
    # Whether the import has said through whom they were met.
    is_introduced: bool = False


@dataclass(frozen=True)
class Change:
    """One field, `extra` with its `key`; `is_conflict` where both say something and not the same."""

    field: str
    before: Any
    after: Any
    key: str = ""
    is_conflict: bool = False


@dataclass(frozen=True)
class Plan:
    changes: tuple[Change, ...] = ()
    methods: tuple[CardMethod, ...] = ()
    dates: tuple[CardDate, ...] = ()
    tags: tuple[str, ...] = ()
    ties: tuple[CardTie, ...] = ()

    @property
    def adds(self) -> bool:
        """Whether anything comes that nothing stands against."""
        return bool(self.methods or self.dates or self.tags or self.ties) or any(
            not change.is_conflict for change in self.changes
        )

    @property
    def differs(self) -> bool:
        return any(change.is_conflict for change in self.changes)

    def in_force(self, *, takes_file: bool) -> list[Change]:
        return [change for change in self.changes if takes_file or not change.is_conflict]


def known(book: Book, pks: Iterable[int], *, with_ties: bool) -> dict[int, Known]:
    """By id, those that are in the book, in a constant number of queries."""
    contacts = book.contacts.select_related("organization", "met_through__organization").prefetch_related(
        "methods", "dates", "tags"
    )
    found = {contact.pk: _known(contact) for contact in contacts.filter(pk__in=set(pks))}
    if with_ties and found:
        _add_ties(book, found)
    return found


def as_known(card: Card) -> Known:
    """Whom a card would make, for what another card adds to them. Nothing of it is written."""
    fields = {name: getattr(card, name) for name in (*TEXTS, *VALUES, "is_favorite", "is_archived", "share_with_ai")}
    return Known(
        contact=Contact(
            **fields,
            birthday_day=card.birthday.day,
            birthday_month=card.birthday.month,
            birthday_year=card.birthday.year,
            extra=dict(card.extra) | ({UID: card.uid} if card.uid else {}),
        ),
        organization=card.organization.strip(),
        met_through=card.met_through,
        methods={(method.kind, normalized(method.kind, method.value)) for method in card.methods},
        dates={day_of(date) for date in card.dates},
        tags=set(_by_key(card.tags)),
        ties={name_key(tie.name) for tie in card.ties},
    )


def of(card: Card, to: Known) -> Plan:
    """What `card` would change in `to`; all of the card for a blank contact."""
    if to.contact._state.adding and not card.has_name:
        card = replace(card, first_name=called(card)[:150])
    return Plan(
        changes=tuple(_changes(card, to)),
        methods=tuple(_new_methods(card.methods, to)),
        dates=tuple(date for date in dict.fromkeys(card.dates) if day_of(date) not in to.dates),
        tags=tuple(name for key, name in _by_key(card.tags).items() if key not in to.tags),
        ties=tuple(tie for tie in dict.fromkeys(card.ties) if not _is_tied(tie, to)),
    )


def called(card: Card) -> str:
    """What the person is called, who may have no name: else by what one reaches them; empty without anything."""
    name = naming.display_name(card.first_name, card.last_name, nickname=card.nickname, organization=card.organization)
    return name or next(
        (method.value for kind in ("email", "phone") for method in card.methods if method.kind == kind), ""
    )


def day_of(date: CardDate | ImportantDate) -> Day:
    assert date.date.month
    return (date.label.lower(), date.date.day, date.date.month, date.date.year)


def name_key(name: str) -> str:
    return " ".join(naming.words(name))


@lru_cache(maxsize=50_000)
def normalized(kind: str, value: str) -> str:
    """As `ContactMethod` keeps it: what equal details have in common."""
    return ContactMethod(kind=kind, value=value).normalize()


def _known(contact: Contact) -> Known:
    methods, dates = contact.methods.all(), contact.dates.all()
    return Known(
        contact=contact,
        organization=str(contact.organization or ""),
        met_through=str(contact.met_through or contact.extra.get(MET_THROUGH, "")),
        methods={(method.kind, method.normalized) for method in methods},
        primary_kinds={method.kind for method in methods if method.is_primary},
        dates={day_of(date) for date in dates},
        tags={tag.name.lower() for tag in contact.tags.all()},
    )


def _add_ties(book: Book, found: dict[int, Known]) -> None:
    for end, other in (("from_contact", "to_contact"), ("to_contact", "from_contact")):
        ties = book.relationships.filter(**{f"{end}__in": found}).select_related(f"{other}__organization")
        for tie in ties:
            found[getattr(tie, f"{end}_id")].ties.add(name_key(getattr(tie, other).name))


def _changes(card: Card, to: Known) -> Iterable[Change]:
    yield from _texts(card, to)
    yield from _organization(card, to)
    yield from _birthday(card, to)
    yield from _values(card, to.contact)
    yield from _extra(card, to.contact)
    if card.met_through and name_key(card.met_through) != name_key(to.met_through):
        yield Change(MET_THROUGH, to.met_through, card.met_through, is_conflict=bool(to.met_through))


def _texts(card: Card, to: Known) -> Iterable[Change]:
    for name in TEXTS:
        said, kept = getattr(card, name).strip(), getattr(to.contact, name)
        # A text that has grown since still holds what the file says.
        if said and said != kept and not (name in _LONG and said in kept):
            yield Change(name, kept, said, is_conflict=bool(kept))


def _organization(card: Card, to: Known) -> Iterable[Change]:
    said = card.organization.strip()
    if said and said.lower() != to.organization.lower():
        yield Change("organization", to.organization, said, is_conflict=bool(to.organization))


def _birthday(card: Card, to: Known) -> Iterable[Change]:
    said, kept = card.birthday, to.contact.birthday
    if said and not _says_no_more(said, kept):
        yield Change("birthday", kept, said, is_conflict=bool(kept) and not _says_no_more(kept, said))


def _values(card: Card, contact: Contact) -> Iterable[Change]:
    for name in VALUES:
        said, kept = getattr(card, name), getattr(contact, name)
        if said is not None and said != kept:
            yield Change(name, kept, said, is_conflict=kept is not None)
    if card.is_favorite and not contact.is_favorite:
        yield Change("is_favorite", False, True)
    for name in ("is_archived", "share_with_ai"):
        said, kept = getattr(card, name), getattr(contact, name)
        if said != kept and said != getattr(_USUAL, name):
            yield Change(name, kept, said, is_conflict=not contact._state.adding)


def _says_no_more(less: PartialDate, more: PartialDate) -> bool:
    """Whether each part that `less` knows is in `more`: a birthday with its year is the one without, and more."""
    parts = ((less.day, more.day), (less.month, more.month), (less.year, more.year))
    return all(mine is None or mine == other for mine, other in parts)


def _extra(card: Card, contact: Contact) -> Iterable[Change]:
    if card.uid and UID not in contact.extra:
        yield Change("extra", None, card.uid, key=UID)
    for key, said in card.extra.items():
        kept = contact.extra.get(key)
        both = _together(kept, said)
        if key != UID and said and both != kept:
            yield Change("extra", kept, both, key=key, is_conflict=kept is not None and both is said)


def _together(kept: Any, said: Any) -> Any:
    """Lists and dictionaries grow; of anything else the new one is it."""
    if isinstance(kept, list) and isinstance(said, list):
        return [*kept, *(entry for entry in said if entry not in kept)]
    if isinstance(kept, dict) and isinstance(said, dict):
        return said | kept
    return said


def _new_methods(methods: Sequence[CardMethod], to: Known) -> Iterable[CardMethod]:
    seen = set(to.methods)
    for method in methods:
        key = (method.kind, normalized(method.kind, method.value))
        if key not in seen:
            seen.add(key)
            yield method


def _by_key(names: Iterable[str]) -> dict[str, str]:
    """The first spelling of each, by what the book tells them apart by."""
    found: dict[str, str] = {}
    for name in names:
        if name.strip():
            found.setdefault(name.strip().lower(), name.strip())
    return found


def waiting_ties(contact: Contact) -> list[dict[str, Any]]:
    """Whom they are tied to by a name that nobody has yet; what else a file has brought into that place is none."""
    kept = contact.extra.get(TIES)
    entries = kept if isinstance(kept, list) else []
    return [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("name"), str)]


def _is_tied(tie: CardTie, to: Known) -> bool:
    key = name_key(tie.name)
    return not key or key in to.ties or any(key == name_key(entry["name"]) for entry in waiting_ties(to.contact))
