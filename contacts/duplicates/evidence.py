"""What speaks for two people being one, and what against it.

Each thing in favour is a probability of its own, and together they are 1 - (1 - a)(1 - b)…; each
thing against multiplies what is left. The weights are judgement, not measurement: two people of one
name and nothing else in common stay just above `ENOUGH`, a couple with one e-mail well below it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from math import prod
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contacts.duplicates import given_names
from contacts.duplicates.person import Detail, Person, Words
from contacts.models import ContactMethod
from contacts.partial_dates import PartialDate

# Less than this is not worth a person's time.
ENOUGH = 0.5
# More people than this share a detail: it is an office's or a household's.
FEW = 3

_SHARED_MAILBOXES = re.compile(
    "accueil|admin(istration)?|bonjour|bureau|commercial|compta(bilite)?|contacts?|direction|hello|hi|hr|infos?|"
    "information|jobs?|mail|mairie|marketing|no-?reply|office|presse?|recrutement|reception|rh|sales|secretariat|"
    "service|support|team|webmaster"
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was weighed; `str()` says it in the language that is then active."""

    code: str
    value: str = ""
    is_against: bool = False

    def __str__(self) -> str:
        return str(_SENTENCES[self.code]) % {"value": self.value}


_SENTENCES: dict[str, Promise] = {
    "email": _("the same e-mail address: %(value)s"),
    "phone": _("the same phone number: %(value)s"),
    "social": _("the same profile: %(value)s"),
    "url": _("the same website: %(value)s"),
    "name": _("the same name"),
    "form": _("the same name in another form"),
    "close": _("one name is part of the other"),
    "organization": _("the same organization"),
    "city": _("the same city"),
    "birthday": _("the same birthday"),
    "first_names": _("different first names"),
    "last_names": _("different last names"),
    "names": _("different names"),
    "kind": _("one is a person, the other an organization"),
    "birthdays": _("different birthdays"),
    "related": _("noted as related to each other"),
    "details": _("no contact detail in common"),
    "organizations": _("different organizations"),
    "cities": _("different cities"),
}


class Names(Enum):
    """How two names stand to each other."""

    SAME = auto()
    FORM = auto()
    CLOSE = auto()
    UNKNOWN = auto()
    FIRST_DIFFERS = auto()
    LAST_DIFFERS = auto()
    DIFFERENT = auto()
    KIND_DIFFERS = auto()


@dataclass(frozen=True, slots=True)
class Verdict:
    """From 0 to 1, and why: first what speaks for it, strongest first, then what against."""

    score: float
    reasons: tuple[Reason, ...]

    @property
    def is_enough(self) -> bool:
        return self.score >= ENOUGH


def weigh(one: Person, other: Person, *, sharers: dict[Detail, int], are_related: bool = False) -> Verdict:
    """The same whichever comes first. `sharers`: how many people have each detail that both have."""
    names = compare_names(one, other)
    found = [*_names_speak_for(one, names), *_details(one, other, sharers)]
    if not found:
        return Verdict(0.0, ())
    found += _support(one, other)
    found.sort(key=lambda pair: (-pair[0], pair[1].code, pair[1].value))
    against = list(_against(one, other, names, are_related=are_related))
    score = (1 - prod(1 - weight for weight, _reason in found)) * prod(weight for weight, _reason in against)
    return Verdict(round(score, 2), tuple(reason for _weight, reason in (*found, *against)))


# --- Names --------------------------------------------------------------------------------------


def compare_names(one: Person, other: Person) -> Names:
    if one.is_organization and other.is_organization:
        if not one.employer or not other.employer:
            return Names.UNKNOWN
        return Names.SAME if one.employer == other.employer else Names.DIFFERENT
    if one.is_organization or other.is_organization:
        return Names.KIND_DIFFERS
    if one.name and one.name == other.name:
        return Names.SAME
    as_written = _compare(one, other)
    if as_written is Names.FORM:
        return as_written
    turned = {_compare(one, _turned(other)), _compare(_turned(one), other)}
    return Names.FORM if Names.FORM in turned else as_written


def _turned(person: Person) -> Person:
    """The first and the last name may be in each other's place."""
    return Person(first=person.last, last=person.first, known_as=person.known_as)


def _compare(one: Person, other: Person) -> Names:
    first = _compare_first(one, other)
    last = _compare_words(one.last, other.last)
    if Names.UNKNOWN in (first, last):
        return _with_one_name_alone(first, last)
    if Names.DIFFERENT in (first, last):
        if first is last:
            return Names.DIFFERENT
        return Names.FIRST_DIFFERS if first is Names.DIFFERENT else Names.LAST_DIFFERS
    return Names.CLOSE if Names.CLOSE in (first, last) else Names.FORM


def _with_one_name_alone(first: Names, last: Names) -> Names:
    if first is Names.DIFFERENT:
        return Names.FIRST_DIFFERS
    return Names.LAST_DIFFERS if last is Names.DIFFERENT else Names.UNKNOWN


def _compare_first(one: Person, other: Person) -> Names:
    """By what they are called too: a nickname is as good as a first name."""
    found = {_compare_words(a, b) for a in (one.first, one.known_as) for b in (other.first, other.known_as)}
    return next(
        names for names in (Names.SAME, Names.FORM, Names.CLOSE, Names.DIFFERENT, Names.UNKNOWN) if names in found
    )


def _compare_words(one: Words, other: Words) -> Names:
    if not one or not other:
        return Names.UNKNOWN
    if one == other:
        return Names.SAME
    if len(one) == len(other) and all(map(given_names.are_forms_of_one, one, other)):
        return Names.FORM
    is_part = set(one) <= set(other) or set(other) <= set(one)
    if is_part or _is_initials(one, other) or _is_initials(other, one):
        return Names.CLOSE
    return Names.DIFFERENT


def _is_initials(short: Words, long: Words) -> bool:
    """«J.-P.» of Jean-Pierre, and «J.» as well."""
    return len(short) <= len(long) and all(len(a) == 1 and b.startswith(a) for a, b in zip(short, long, strict=False))


# --- For and against ----------------------------------------------------------------------------

Weighed = tuple[float, Reason]
_NAME_WEIGHTS = {Names.SAME: (0.7, "name"), Names.FORM: (0.6, "form"), Names.CLOSE: (0.45, "close")}
_ONE_WORD = 0.4


def _names_speak_for(one: Person, names: Names) -> Iterator[Weighed]:
    if names in _NAME_WEIGHTS:
        weight, code = _NAME_WEIGHTS[names]
        is_one_word = names is Names.SAME and len(one.name) == 1
        yield _ONE_WORD if is_one_word else weight, Reason(code)


def _details(one: Person, other: Person, sharers: dict[Detail, int]) -> Iterator[Weighed]:
    for detail in one.details & other.details:
        kind, value = detail
        is_shared = sharers.get(detail, 2) > FEW
        yield _weight_of(kind, value, is_shared=is_shared), Reason(kind, value)


def _weight_of(kind: str, value: str, *, is_shared: bool) -> float:
    if kind == ContactMethod.Kind.EMAIL:
        is_mailbox = _SHARED_MAILBOXES.fullmatch(value.partition("@")[0]) is not None
        return 0.3 if is_shared or is_mailbox else 0.9
    if is_shared or kind == ContactMethod.Kind.URL:
        return 0.2
    return 0.75 if kind == ContactMethod.Kind.PHONE else 0.85


def _support(one: Person, other: Person) -> Iterator[Weighed]:
    """What says something of those alone whom something else brings together."""
    if one.employer and one.employer == other.employer and not (one.is_organization or other.is_organization):
        yield 0.35, Reason("organization")
    if one.city and one.city == other.city:
        yield 0.15, Reason("city")
    if one.birthday.day and _are_alike(one.birthday, other.birthday) and other.birthday.day:
        yield 0.5 if one.birthday.year and other.birthday.year else 0.4, Reason("birthday")


_NAMES_AGAINST = {
    Names.FIRST_DIFFERS: (0.3, "first_names"),
    Names.LAST_DIFFERS: (0.6, "last_names"),
    Names.DIFFERENT: (0.2, "names"),
    Names.KIND_DIFFERS: (0.6, "kind"),
}


def _against(one: Person, other: Person, names: Names, *, are_related: bool) -> Iterator[Weighed]:
    if names in _NAMES_AGAINST:
        weight, code = _NAMES_AGAINST[names]
        yield weight, Reason(code, is_against=True)
    if not _are_alike(one.birthday, other.birthday):
        yield 0.55, Reason("birthdays", is_against=True)
    if are_related:
        yield 0.3, Reason("related", is_against=True)
    if _are_apart(one, other):
        yield 0.75, Reason("details", is_against=True)
    if one.employer and other.employer and one.employer != other.employer:
        yield 0.9, Reason("organizations", is_against=True)
    if one.city and other.city and one.city != other.city:
        yield 0.9, Reason("cities", is_against=True)


def _are_apart(one: Person, other: Person) -> bool:
    """Both have an e-mail, or both a number, and no detail is the same."""
    if not one.details.isdisjoint(other.details):
        return False
    return not {kind for kind, _value in one.details}.isdisjoint(kind for kind, _value in other.details)


def _are_alike(one: PartialDate, other: PartialDate) -> bool:
    """Whether no part that both know differs."""
    pairs: tuple[tuple[Any, Any], ...] = ((one.day, other.day), (one.month, other.month), (one.year, other.year))
    return all(a == b for a, b in pairs if a and b)
