"""What of a person counts when two are compared, folded once; and the keys under which they are looked up."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product

from contacts import naming
from contacts.duplicates import given_names
from contacts.imports.card import Card
from contacts.imports.plans import normalized
from contacts.models import ContactMethod
from contacts.partial_dates import PartialDate

Words = tuple[str, ...]
# (kind, normalized), as `ContactMethod` has them.
Detail = tuple[str, str]

# What says nothing of who it is: a postal address is a household's or an office's.
_TELLING = {ContactMethod.Kind.EMAIL, ContactMethod.Kind.PHONE, ContactMethod.Kind.SOCIAL, ContactMethod.Kind.URL}
_SHORTEST_NUMBER = 6
_MOST_NAME_KEYS = 16


@dataclass(frozen=True, slots=True)
class Person:
    """`known_as` are the nickname's words; `employer` and `city` are one folded text each."""

    first: Words = ()
    last: Words = ()
    known_as: Words = ()
    employer: str = ""
    city: str = ""
    birthday: PartialDate = field(default_factory=PartialDate)
    details: frozenset[Detail] = frozenset()

    @property
    def name(self) -> Words:
        """All words of the name, whatever their order."""
        return tuple(sorted(self.first + self.last))

    @property
    def is_organization(self) -> bool:
        return not (self.first or self.last or self.known_as)


def of_texts(names: tuple[str, str, str], *, employer: str, city: str) -> tuple[Words, Words, Words, str, str]:
    """First, last and nickname, employer and city, as `Person` takes them."""
    first, last, nickname = names
    return _words(first), _words(last), _words(nickname), " ".join(_words(employer)), " ".join(_words(city))


def of_card(card: Card) -> Person:
    texts = of_texts((card.first_name, card.last_name, card.nickname), employer=card.organization, city=card.city)
    details = telling((method.kind, normalized(method.kind, method.value)) for method in card.methods)
    return Person(*texts, birthday=card.birthday, details=details)


def telling(details: Iterable[Detail]) -> frozenset[Detail]:
    """Those of which two equal ones say something."""
    return frozenset(detail for detail in details if _is_telling(*detail))


def _is_telling(kind: str, normalized: str) -> bool:
    if kind == ContactMethod.Kind.PHONE:
        return len(normalized) >= _SHORTEST_NUMBER
    if kind == ContactMethod.Kind.EMAIL:
        return "@" in normalized
    return kind in _TELLING and bool(normalized)


def keys(person: Person) -> Iterator[str | Detail]:
    """Two people who are worth comparing have one of these in common."""
    yield from person.details
    if person.is_organization:
        yield f"organization {person.employer}"
        return
    yield from (f"name {' '.join(name)}" for name in _names(person))
    words = {*person.first, *person.last}
    if person.employer:
        yield from (f"at {person.employer} {word}" for word in words)
    if person.birthday.day:
        yield from (f"born {person.birthday.day}/{person.birthday.month} {word}" for word in words)


def _names(person: Person) -> set[Words]:
    """The name's words in order of the alphabet, a first name as whatever it may be short for."""
    called = [person.first + person.last]
    if person.known_as:
        called += [person.known_as + person.last, person.known_as, person.first + person.known_as]
    return {
        tuple(sorted(words))
        for name in called
        for words in _limited(product(*(sorted(given_names.roots(word)) for word in name)))
        if words
    }


def _limited(names: Iterable[Words]) -> Iterator[Words]:
    for number, name in enumerate(names):
        if number == _MOST_NAME_KEYS:
            return
        yield name


@lru_cache(maxsize=1 << 15)
def _words(text: str) -> Words:
    return tuple(naming.words(text))
