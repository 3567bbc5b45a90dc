"""`networking`: who could be introduced to whom, or asked about what, by what two people have in common.

Only among those who are present in one's life: the people seen last, those of planned meetings
and their colleagues. That bounds the work whatever the size of the book.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import naming, records, reminders
from contacts.asking import Question, given_ids
from contacts.book import Book
from contacts.models import Contact, ContactQuerySet, Interaction, SuggestionType
from contacts.reminders import Day
from contacts.suggestions.suggestion import Point, Suggestion, Words
from contacts.written import date_format

_SEEN_LAST, _COLLEAGUES = 200, 40
# What more people share says nothing about any two of them.
_MOST_SHARING = 12
_FEW_SHARING = 4
_MOST_SHARED = 3
# Many of those who share something know each other already.
_ACQUAINTED_SHARE = 10
_WORTH = attrgetter("worth")


class _Person(NamedTuple):
    """What is weighed of one of the circle; whole contacts are fetched of the few that are chosen."""

    pk: int
    organization: int | None
    met_through: int | None
    city: str
    is_favorite: bool


def _weighed(person: Contact) -> _Person:
    return _Person(person.pk, person.organization_id, person.met_through_id, person.city, person.is_favorite)


@dataclass(frozen=True)
class _Kind:
    """A kind of thing to share: the words, and what it is worth between a few."""

    worth: int
    label: Promise
    sentence: Promise

    def worth_among(self, people: int) -> int:
        """The fewer they are, the more it says."""
        return self.worth if people <= _FEW_SHARING else max(1, self.worth // 2)


_THROUGH = _Kind(16, gettext_lazy("Met through the same person"), gettext_lazy("You met both through %(name)s."))
_EMPLOYER = _Kind(14, gettext_lazy("The same organization"), gettext_lazy("Both work at %(name)s."))
_TAG = _Kind(8, gettext_lazy("The same tag"), gettext_lazy("Both have the tag “%(name)s”."))
_CITY = _Kind(8, gettext_lazy("The same city"), gettext_lazy("Both live in %(name)s."))


@dataclass(frozen=True)
class _Shared:
    """One thing that two people have in common: a contact's or an organization's id, or a name."""

    kind: _Kind
    what: int | str
    worth: int

    @cached_property
    def point(self) -> Point:
        return Point(self.kind.label, self.worth)


@dataclass(frozen=True)
class _Also:
    """What makes a pair worth a suggestion beside what the two share."""

    label: Promise
    worth: int

    @cached_property
    def point(self) -> Point:
        return Point(self.label, self.worth)


_ASKED_BEFORE = _Also(gettext_lazy("A meeting ahead, and somebody to ask before"), 30)
_NOT_ACQUAINTED = _Also(gettext_lazy("They do not seem to know each other"), 12)
_SEEN_SOON = _Also(gettext_lazy("You will see one of them soon"), 8)
_FAVORITE = _Also(gettext_lazy("A favorite"), 4)
# By whether one of them is met soon, and whether one is a favorite.
_ON_INTRODUCING = {
    (False, False): (_NOT_ACQUAINTED,),
    (True, False): (_NOT_ACQUAINTED, _SEEN_SOON),
    (False, True): (_NOT_ACQUAINTED, _FAVORITE),
    (True, True): (_NOT_ACQUAINTED, _SEEN_SOON, _FAVORITE),
}


class _Pair(NamedTuple):
    """Two people, the lower id first, and what they share that says most. There are many, hence a tuple."""

    first: _Person
    second: _Person
    ids: tuple[int, int]
    # More would be a list, and would push a birthday aside.
    best: tuple[_Shared, ...]
    # Whom of the two to ask before the other one is met at the employer of both.
    asked: _Person | None
    meeting: Interaction | None
    # What the suggestion will score beside that, and why.
    also: tuple[_Also, ...]

    @property
    def people(self) -> set[int]:
        """Both, and through whom they were met."""
        return {*self.ids, *self.introducers}

    @property
    def introducers(self) -> list[int]:
        return [int(one.what) for one in self.best if one.kind is _THROUGH]

    @property
    def is_through_the_other(self) -> bool:
        return self.first.pk == self.second.met_through or self.second.pk == self.first.met_through

    @property
    def order(self) -> tuple[int, tuple[int, int]]:
        shared = 0 if self.meeting else sum(map(_WORTH, self.best))
        return -shared - sum(map(_WORTH, self.also)), self.ids

    def points(self) -> Iterator[Point]:
        """The first of what else there is, then what is shared, then the rest."""
        first, *rest = self.also
        yield first.point
        if not self.meeting:
            yield from (one.point for one in self.best)
        yield from (one.point for one in rest)


def introductions(day: Day, *, most: int) -> Iterator[Suggestion]:
    book, circle = day.book, _Circle(day)
    pairs = sorted(circle.pairs(), key=lambda pair: pair.order)[: _ACQUAINTED_SHARE * most]
    acquainted = _acquainted(book, {pk for pair in pairs for pk in pair.ids})
    new = [pair for pair in pairs if pair.ids not in acquainted and not pair.is_through_the_other]
    yield from _suggestions(day, list(_among(2 * most, _varied(new))))


def _among(most: int, pairs: Iterable[_Pair]) -> Iterator[_Pair]:
    """Those of the first so many people: it is people who are fetched, and pairs cost little."""
    people = set[int]()
    for pair in pairs:
        if people.issuperset(pair.ids):
            yield pair
        elif len(people) < most and len(people.union(pair.ids)) <= most:
            people.update(pair.ids)
            yield pair


def _varied(pairs: list[_Pair]) -> list[_Pair]:
    """First those in which nobody is twice, or somebody who fits with everybody would take all places."""
    people, first, others = set[int](), list[_Pair](), list[_Pair]()
    for pair in pairs:
        if people.isdisjoint(pair.ids):
            first.append(pair)
            people.update(pair.ids)
        else:
            others.append(pair)
    return [*first, *others]


def _present(book: Book) -> ContactQuerySet:
    return book.contacts.keeping_in_touch(book.today)


def _seen_last(book: Book) -> ContactQuerySet:
    seen = _present(book).filter(last_interaction_at__isnull=False)
    return seen.order_by("-last_interaction_at", "-pk")[:_SEEN_LAST]


def _colleagues(book: Book) -> ContactQuerySet:
    return _present(book).filter(organization__in=given_ids("employers")).order_by("pk")[:_COLLEAGUES]


@Question
def _people(book: Book, which: Callable[[Book], ContactQuerySet]) -> QuerySet[Contact, tuple[Any, ...]]:
    return which(book).values_list(*_Person._fields)


@Question
def _tagged(book: Book) -> QuerySet[Any, tuple[int, str]]:
    tagged = Contact.tags.through.objects.filter(contact__in=given_ids("people"))
    return tagged.order_by("contact", "tag__name").values_list("contact", "tag__name")


class _Circle:
    """The people who are present in one's life, and what any two of them share."""

    def __init__(self, day: Day) -> None:
        self.book, self.meetings = day.book, day.planned
        # By meeting.
        self.there = {meeting.pk: meeting.people for meeting in self.meetings}

    @cached_property
    def next_meeting(self) -> dict[int, Interaction]:
        """By contact."""
        return {person.pk: meeting for meeting in reversed(self.meetings) for person in self.there[meeting.pk]}

    @cached_property
    def people(self) -> dict[int, _Person]:
        met = [person for people in self.there.values() for person in people]
        employers = {person.organization_id for person in met if person.organization_id}
        rows = _people.ask_all(self.book, [((_seen_last,), {}), ((_colleagues,), {"employers": list(employers)})])
        rows += [_weighed(person) for person in met if person.is_kept_in_touch(self.book.today)]
        return {row[0]: _Person(*row) for row in sorted(rows, key=itemgetter(0))}

    def pairs(self) -> Iterator[_Pair]:
        shared: dict[tuple[int, int], list[_Shared]] = defaultdict(list)
        for kind, what, ids in self._groups():
            if 1 < len(ids) <= _MOST_SHARING:
                one = _Shared(kind, what, kind.worth_among(len(ids)))
                for pair in combinations(ids, 2):
                    shared[pair].append(one)
        for (first, second), things in shared.items():
            yield self._pair(self.people[first], self.people[second], (first, second), things)

    def _groups(self) -> Iterator[tuple[_Kind, int | str, list[int]]]:
        """What is shared, and by whom, in the order of their ids."""
        through, employers, tags, cities = (defaultdict[int | str, list[int]](list) for _kind in range(4))
        for person in self.people.values():
            if person.met_through:
                through[person.met_through].append(person.pk)
            if person.organization:
                employers[person.organization].append(person.pk)
            if person.city:
                cities[naming.fold(person.city)].append(person.pk)
        for pk, tag in self._tags():
            tags[tag].append(pk)
        for kind, groups in ((_THROUGH, through), (_EMPLOYER, employers), (_TAG, tags)):
            for what, ids in groups.items():
                yield kind, what, ids
        for ids in cities.values():
            yield _CITY, self.people[ids[0]].city, ids

    def _tags(self) -> list[tuple[int, str]]:
        """By contact."""
        return _tagged.ask(self.book, people=list(self.people))

    def _pair(self, first: _Person, second: _Person, ids: tuple[int, int], things: list[_Shared]) -> _Pair:
        best = tuple(sorted(things, key=lambda one: -one.worth)[:_MOST_SHARED] if len(things) > 1 else things)
        is_soon = not self.next_meeting.keys().isdisjoint(ids)
        for met, asked in ((first, second), (second, first)) if is_soon else ():
            if meeting := self._meeting_before_which_to_ask(met, asked):
                return _Pair(first, second, ids, best, asked, meeting, self._on_asking(meeting))
        also = _ON_INTRODUCING[is_soon, first.is_favorite or second.is_favorite]
        return _Pair(first, second, ids, best, None, None, also)

    def _meeting_before_which_to_ask(self, met: _Person, asked: _Person) -> Interaction | None:
        """Where one of an organization is met, and a colleague is known who will not be there."""
        meeting = self.next_meeting.get(met.pk)
        if meeting is None or met.organization is None or met.organization != asked.organization:
            return None
        return None if any(person.pk == asked.pk for person in self.there[meeting.pk]) else meeting

    def _on_asking(self, meeting: Interaction) -> tuple[_Also, ...]:
        days = (timezone.localdate(meeting.occurred_at, self.book.zone) - self.book.today).days
        return _ASKED_BEFORE, _Also(gettext_lazy("It is soon"), max(0, reminders.PLANNED_DAYS - days))


# --- In words -------------------------------------------------------------------------------------


def _suggestions(day: Day, pairs: list[_Pair]) -> Iterator[Suggestion]:
    book = day.book
    ids = {pk for pair in pairs for pk in pair.people}
    contacts = reminders.weighed_by_id(book, ids)
    for pair in pairs:
        if not pair.people <= contacts.keys():
            continue  # deleted by another request this very moment
        first, second = (contacts[pk] for pk in pair.ids)
        named = tuple(contacts[pk] for pk in pair.introducers)
        if pair.asked and pair.meeting:
            asked, met = (first, second) if pair.asked is pair.first else (second, first)
            written = partial(_asking, book, asked, met, pair.meeting)
            due_on = timezone.localdate(pair.meeting.occurred_at, book.zone)
        else:
            asked, met, due_on = first, second, None
            written = partial(_introducing, first, second, pair.best, contacts)
        yield Suggestion(
            # One occasion is two people, whichever comes first and whatever they share.
            id=f"networking:{pair.first.pk}-{pair.second.pk}",
            type=SuggestionType.NETWORKING,
            contact=asked,
            others=(met,),
            weights=tuple(pair.points()),
            written=written,
            language=day.language,
            due_on=due_on,
            meeting=pair.meeting,
            named=named,
        )


def _asking(book: Book, asked: Contact, met: Contact, meeting: Interaction) -> Words:
    on = timezone.localdate(meeting.occurred_at, book.zone)
    words = {
        "asked": asked.name,
        "met": met.name,
        "organization": str(met.organization),
        "day": date_format(on, "MONTH_DAY_FORMAT"),
    }
    return Words(
        title=_("Ask %(asked)s about %(organization)s") % words,
        reason=_("You meet %(met)s of %(organization)s on %(day)s, and %(asked)s works there too.") % words,
        sources=(records.of_interaction(meeting, book.zone), *map(records.of_contact, (asked, met))),
        about=words["organization"],
    )


def _introducing(first: Contact, second: Contact, best: tuple[_Shared, ...], contacts: dict[int, Contact]) -> Words:
    through = [contacts[int(one.what)] for one in best if one.kind is _THROUGH]
    return Words(
        title=_("Introduce %(first)s and %(second)s to each other") % {"first": first.name, "second": second.name},
        reason=" ".join(str(one.kind.sentence) % {"name": _name(one, first, contacts)} for one in best),
        sources=tuple(map(records.of_contact, (first, second, *through))),
        about=_name(best[0], first, contacts),
    )


def _name(shared: _Shared, person: Contact, contacts: dict[int, Contact]) -> str:
    """Of what this person shares."""
    if shared.kind is _THROUGH:
        return contacts[int(shared.what)].name
    return str(person.organization) if shared.kind is _EMPLOYER else str(shared.what)


def _tied(book: Book) -> QuerySet[Any, tuple[int, int]]:
    ties = book.relationships.filter(from_contact__in=given_ids("people"), to_contact__in=given_ids("people"))
    return ties.order_by().values_list("from_contact", "to_contact")


def _met_together(book: Book) -> QuerySet[Any, tuple[int, int]]:
    both = {"contact__in": given_ids("people"), "interaction__contacts__in": given_ids("people")}
    link = Interaction.contacts.through.objects.filter(**both, interaction__contacts__gt=F("contact"))
    return link.values_list("contact", "interaction__contacts").distinct()


@Question
def _pairs(book: Book, how: Callable[[Book], QuerySet[Any, tuple[int, int]]]) -> QuerySet[Any, tuple[int, int]]:
    return how(book)


def _acquainted(book: Book, people: set[int]) -> set[tuple[int, int]]:
    """Pairs that are related, or were somewhere together: they need no introduction."""
    theirs = {"people": list(people)}
    known = _pairs.ask_all(book, [((_tied,), theirs), ((_met_together,), theirs)])
    return {(min(pair), max(pair)) for pair in known}
