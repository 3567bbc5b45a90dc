"""Which suggestions there are, and which of them are shown."""

import datetime as dt
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator

from django.db.models import QuerySet

from contacts import reminders
from contacts.asking import Question
from contacts.book import Book
from contacts.models import Dismissal, SuggestionType
from contacts.reminders import Day
from contacts.suggestions import dates, follow_ups, networking, reconnecting
from contacts.suggestions.suggestion import Suggestion

# How many of each rule are weighed; what was dismissed is read beside them.
_READ = 24
_RULES: dict[SuggestionType, tuple[Callable[..., Iterator[Suggestion]], ...]] = {
    SuggestionType.FOLLOW_UP: (follow_ups.owed, follow_ups.unnoted),
    SuggestionType.ANNIVERSAIRE: (dates.coming,),
    SuggestionType.RELANCE: (reconnecting.due, reconnecting.drifting),
    SuggestionType.NETWORKING: (networking.introductions,),
}
# What one more of the same type is worth less: eight unpaid promises are no varied list.
_REPEATED = 9


def suggest(book: Book) -> list[Suggestion]:
    """As many as the user wants to see, the most useful first."""
    return whole(book, choose(candidates(book), book.profile.suggestions_shown))


def candidates(book: Book, *, day: Day | None = None) -> list[Suggestion]:
    """All that the rules find of the types that the user wants, without what was dismissed; best first.

    `day` is what was read of the book at this moment already. Of those that are shown, `whole` reads the rest.
    """
    day = day or Day(book)
    if not book.profile.suggestions_shown:
        return []
    dismissed = _Dismissed(book)
    wanted = [rule for kind, rules in _RULES.items() if kind in book.profile.suggestion_types for rule in rules]
    found = (suggestion for rule in wanted for suggestion in rule(day, most=_READ + dismissed.count))
    today, tomorrow = (book.start_of(book.today + dt.timedelta(days=days)) for days in (0, 1))
    left = [one for one in found if one not in dismissed and not _is_written_to(one, today, tomorrow)]
    return sorted(left, key=lambda suggestion: (-suggestion.score, suggestion.id))


def whole(book: Book, suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    """With what a list shows of their people, which is read in one question; without those of whom somebody is gone."""
    found = list(suggestions)
    gone = reminders.listed_rest(book, (person for one in found for person in (*one.people, *one.named)))
    return [one for one in found if gone.isdisjoint(person.pk for person in (*one.people, *one.named))]


def choose(found: Iterable[Suggestion], most: int) -> list[Suggestion]:
    """The best of each type, then the best of the rest; nobody twice. They are `found` best first."""
    left = defaultdict[SuggestionType, deque[tuple[int, Suggestion]]](deque)
    for place, suggestion in enumerate(found):
        left[suggestion.type].append((place, suggestion))
    chosen, people = list[Suggestion](), set[int]()
    while len(chosen) < most:
        for of_type in left.values():
            while of_type and not people.isdisjoint(of_type[0][1].ids):
                of_type.popleft()
        types = Counter(suggestion.type for suggestion in chosen)
        firsts = [of_type[0] for of_type in left.values() if of_type]
        if not firsts:
            break
        _place, best = max(firsts, key=lambda first: _worth(first[0], first[1], types))
        chosen.append(best)
        people |= best.ids
    return sorted(chosen, key=lambda suggestion: (-suggestion.score, suggestion.id))


def _worth(place: int, suggestion: Suggestion, types: Counter[SuggestionType]) -> tuple[bool, int, int]:
    return not types[suggestion.type], suggestion.score - _REPEATED * types[suggestion.type], -place


def _is_written_to(suggestion: Suggestion, today: dt.datetime, tomorrow: dt.datetime) -> bool:
    """Whoever was spoken to today is left alone until tomorrow; what was said can still be written down."""
    is_to_write_down = suggestion.type == SuggestionType.FOLLOW_UP and suggestion.meeting is not None
    if is_to_write_down:
        return False
    for person in suggestion.people:
        last = person.last_interaction_at
        if last is not None and today <= last < tomorrow:
            return True
    return False


@Question
def _dismissed(book: Book) -> QuerySet[Dismissal, tuple[int, str, str]]:
    return book.dismissals.in_force(book.today).order_by().values_list("contact", "type", "identity")


class _Dismissed:
    """What is not to be shown today."""

    def __init__(self, book: Book) -> None:
        self.identities, self.whole_types = set[str](), set[tuple[int, str]]()
        for contact, kind, identity in _dismissed.ask(book):
            if identity:
                self.identities.add(identity)
            else:
                self.whole_types.add((contact, kind))

    @property
    def count(self) -> int:
        return len(self.identities) + len(self.whole_types)

    def __contains__(self, suggestion: Suggestion) -> bool:
        if suggestion.id in self.identities:
            return True
        kind = suggestion.type.value
        return bool(self.whole_types) and any((pk, kind) in self.whole_types for pk in suggestion.ids)
