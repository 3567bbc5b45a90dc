"""`networking`: who could be introduced to whom, or asked about what, by what two people have in common.

Only among those who are present in one's life: the people seen last, those of planned meetings
and their colleagues. That bounds the work whatever the size of the book.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import naming, records, reminders
from contacts.book import Book
from contacts.models import Contact, Interaction, SuggestionType
from contacts.records import Source
from contacts.suggestions.suggestion import Point, Suggestion
from contacts.written import date_format

_SEEN_LAST, _COLLEAGUES = 200, 40
# What more people share says nothing about any two of them.
_MOST_SHARING = 12
_FEW_SHARING = 4
_MOST_SHARED = 3
# Many of those who share something know each other already.
_ACQUAINTED_SHARE = 10
_MEETINGS_AHEAD_DAYS = 14


@dataclass(frozen=True)
class Shared:
    """One thing that two people have in common: as a sentence, as a point, and where it is written."""

    sentence: str
    point: Point
    about: str
    source: Source | None = None


@dataclass
class _Pair:
    first: Contact
    second: Contact
    shared: list[Shared] = field(default_factory=list)

    @property
    def key(self) -> tuple[int, int]:
        low, high = sorted((self.first.pk, self.second.pk))
        return low, high

    @property
    def is_through_the_other(self) -> bool:
        return self.first.pk == self.second.met_through_id or self.second.pk == self.first.met_through_id

    @property
    def identity(self) -> str:
        """One occasion is two people, whichever comes first and whatever they share."""
        low, high = self.key
        return f"networking:{low}-{high}"

    @property
    def best(self) -> list[Shared]:
        """What says most: more would be a list, and would push a birthday aside."""
        return sorted(self.shared, key=lambda shared: -shared.point.value)[:_MOST_SHARED]

    @cached_property
    def weight(self) -> int:
        return sum(shared.point.value for shared in self.best)


def introductions(book: Book, *, most: int) -> Iterator[Suggestion]:
    circle = _Circle(book)
    pairs = sorted(circle.pairs(), key=lambda pair: (-pair.weight, pair.key))[: _ACQUAINTED_SHARE * most]
    acquainted = _acquainted(book, {person.pk for pair in pairs for person in (pair.first, pair.second)})
    for pair in pairs:
        if pair.key not in acquainted and not pair.is_through_the_other:
            yield circle.suggestion(pair)


class _Circle:
    def __init__(self, book: Book) -> None:
        self.book = book
        self.meetings = reminders.planned_meetings(book, days=_MEETINGS_AHEAD_DAYS)

    @cached_property
    def next_meeting(self) -> dict[int, Interaction]:
        """By contact."""
        return {person.pk: meeting for meeting in reversed(self.meetings) for person in meeting.contacts.all()}

    @cached_property
    def people(self) -> list[Contact]:
        present = self.book.contacts.keeping_in_touch(self.book.today)
        seen = present.filter(last_interaction_at__isnull=False).order_by("-last_interaction_at", "-pk")
        # Found in an index first: joined to all else, whole books would be sorted.
        people = set(seen.values_list("pk", flat=True)[:_SEEN_LAST]) | set(self.next_meeting)
        if self.next_meeting:
            employers = {p.organization_id for m in self.meetings for p in m.contacts.all() if p.organization_id}
            colleagues = present.filter(organization__in=employers).order_by("pk")
            people |= set(colleagues.values_list("pk", flat=True)[:_COLLEAGUES])
        rows = present.filter(pk__in=people).select_related("organization", "met_through__organization")
        return list(rows.defer(*Contact.LONG).order_by("pk"))

    def _tags(self) -> Iterator[tuple[int, str]]:
        """By contact: fetched with the people, each tag would be made again for each of them."""
        tagged = Contact.tags.through.objects.filter(contact__in=[person.pk for person in self.people])
        yield from tagged.order_by("contact", "tag__name").values_list("contact", "tag__name")

    def pairs(self) -> Iterable[_Pair]:
        pairs: dict[tuple[int, int], _Pair] = {}
        for sharing, make in self._groups():
            if not 1 < len(sharing) <= _MOST_SHARING:
                continue
            for first, second in combinations(sharing, 2):
                pair = pairs.setdefault((first.pk, second.pk), _Pair(first, second))
                pair.shared.append(make(len(sharing)))
        return pairs.values()

    def _groups(self) -> Iterator[tuple[list[Contact], "_Make"]]:
        """People who share something, and what makes a `Shared` of how many they are."""
        through, employers, cities, tags = (defaultdict[str | int, list[Contact]](list) for _kind in range(4))
        by_id = {person.pk: person for person in self.people}
        for person in self.people:
            if person.met_through_id:
                through[person.met_through_id].append(person)
            if person.organization_id:
                employers[person.organization_id].append(person)
            if person.city:
                cities[naming.fold(person.city)].append(person)
        for pk, tag in self._tags():
            tags[tag].append(by_id[pk])
        for sharing in through.values():
            yield sharing, _through(sharing[0])
        for sharing in employers.values():
            yield sharing, _employer(sharing[0])
        for name, sharing in tags.items():
            yield sharing, _tag(str(name))
        for sharing in cities.values():
            yield sharing, _city(sharing[0].city)

    def suggestion(self, pair: _Pair) -> Suggestion:
        """Asking one about the other's employer, where a meeting there is planned; else introducing them."""
        for met, other in ((pair.first, pair.second), (pair.second, pair.first)):
            meeting = self.next_meeting.get(met.pk)
            is_elsewhere = meeting is not None and other not in meeting.contacts.all()
            if meeting and is_elsewhere and met.organization_id and met.organization_id == other.organization_id:
                return self._asking(pair, asked=other, met=met, meeting=meeting)
        return self._introducing(pair)

    def _asking(self, pair: _Pair, *, asked: Contact, met: Contact, meeting: Interaction) -> Suggestion:
        on = timezone.localdate(meeting.occurred_at, self.book.zone)
        words = {
            "asked": asked.name,
            "met": met.name,
            "organization": str(met.organization),
            "day": date_format(on, "MONTH_DAY_FORMAT"),
        }
        days = (on - self.book.today).days
        return Suggestion(
            id=pair.identity,
            type=SuggestionType.NETWORKING,
            contact=asked,
            others=(met,),
            title=_("Ask %(asked)s about %(organization)s") % words,
            reason=_("You meet %(met)s of %(organization)s on %(day)s, and %(asked)s works there too.") % words,
            sources=(records.of_interaction(meeting, self.book.zone), *map(records.of_contact, (asked, met))),
            points=(
                Point(_("A meeting ahead, and somebody to ask before"), 30),
                Point(_("It is soon"), max(0, _MEETINGS_AHEAD_DAYS - days)),
            ),
            due_on=on,
            meeting=meeting,
            about=str(met.organization),
        )

    def _introducing(self, pair: _Pair) -> Suggestion:
        first, second = pair.first, pair.second
        words = {"first": first.name, "second": second.name}
        return Suggestion(
            id=pair.identity,
            type=SuggestionType.NETWORKING,
            contact=first,
            others=(second,),
            title=_("Introduce %(first)s and %(second)s to each other") % words,
            reason=" ".join(shared.sentence for shared in pair.best),
            sources=(
                *map(records.of_contact, (first, second)),
                *(shared.source for shared in pair.best if shared.source),
            ),
            points=tuple(self._points(pair)),
            about=pair.best[0].about,
        )

    def _points(self, pair: _Pair) -> Iterator[Point]:
        yield Point(_("They do not seem to know each other"), 12)
        yield from (shared.point for shared in pair.best)
        if pair.first.pk in self.next_meeting or pair.second.pk in self.next_meeting:
            yield Point(_("You will see one of them soon"), 8)
        if pair.first.is_favorite or pair.second.is_favorite:
            yield Point(_("A favorite"), 4)


# --- What two people share ------------------------------------------------------------------------


class _Make:
    """Makes a `Shared` for a group of so many people: the fewer they are, the more it says."""

    def __init__(self, *, sentence: str, label: str, about: str, value: int, source: Source | None = None) -> None:
        self.sentence, self.label, self.about, self.value, self.source = sentence, label, about, value, source

    def __call__(self, people: int) -> Shared:
        value = self.value if people <= _FEW_SHARING else max(1, self.value // 2)
        return Shared(self.sentence, Point(self.label, value), self.about, self.source)


def _through(person: Contact) -> _Make:
    assert person.met_through
    name = person.met_through.name
    return _Make(
        sentence=_("You met both through %(name)s.") % {"name": name},
        label=_("Met through the same person"),
        about=name,
        value=16,
        source=records.of_contact(person.met_through),
    )


def _employer(person: Contact) -> _Make:
    name = str(person.organization)
    return _Make(
        sentence=_("Both work at %(name)s.") % {"name": name},
        label=_("The same organization"),
        about=name,
        value=14,
    )


def _tag(name: str) -> _Make:
    return _Make(
        sentence=_("Both have the tag “%(name)s”.") % {"name": name}, label=_("The same tag"), about=name, value=8
    )


def _city(name: str) -> _Make:
    return _Make(sentence=_("Both live in %(name)s.") % {"name": name}, label=_("The same city"), about=name, value=8)


def _acquainted(book: Book, people: set[int]) -> set[tuple[int, int]]:
    """Pairs that are related, or were somewhere together: they need no introduction."""
    ties = book.relationships.filter(from_contact__in=people, to_contact__in=people)
    known = set(ties.values_list("from_contact", "to_contact"))
    link = Interaction.contacts.through.objects
    together = link.filter(
        contact__in=people, interaction__contacts__in=people, interaction__contacts__gt=F("contact")
    ).values_list("contact", "interaction__contacts")
    known |= set(together.distinct())
    return {(min(pair), max(pair)) for pair in known}
