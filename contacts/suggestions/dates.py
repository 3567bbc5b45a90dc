"""`anniversaire`: birthdays and other dates of the coming days, the day itself before all others."""

from collections.abc import Iterator
from functools import partial

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contacts import records
from contacts.book import Book
from contacts.models import ImportantDate, SuggestionType
from contacts.reminders import ComingDate, Day
from contacts.suggestions.suggestion import Point, Suggestion, Words
from contacts.templatetags.days import seen_from
from contacts.written import date_format

_MONTH_NOW, _MONTH_AHEAD = (Point(gettext_lazy("The day is not known"), value) for value in (25, 20))
_TODAY = Point(gettext_lazy("It is today"), 95)
_TOMORROW = Point(gettext_lazy("It is tomorrow"), 68)
_BIRTHDAY = Point(gettext_lazy("A birthday"), 4)
_FAVORITE = Point(gettext_lazy("A favorite"), 4)


def coming(day: Day, *, most: int) -> Iterator[Suggestion]:
    """One occasion is one date in one year."""
    book = day.book
    for date in day.dates_to_suggest(most):
        source = _source(date)
        yield Suggestion(
            id=f"anniversaire:{source.ref}:{date.on.year}",
            type=SuggestionType.ANNIVERSAIRE,
            contact=date.contact,
            weights=tuple(_points(date)),
            written=partial(_words, book, date, source),
            language=day.language,
            due_on=date.on if date.date.day else None,
        )


def _words(book: Book, date: ComingDate, source: records.Source) -> Words:
    return Words(_title(date), _reason(book, date), (source,), about=date.label)


def _source(date: ComingDate) -> records.Source:
    if isinstance(date.source, ImportantDate):
        return records.of_date(date.source, date.on)
    return records.of_contact(date.contact)


def _title(date: ComingDate) -> str:
    words = {"name": date.contact.name, "label": date.label}
    if date.is_birthday:
        return _("Wish %(name)s a happy birthday") % words
    return _("A word to %(name)s: %(label)s") % words


def _reason(book: Book, date: ComingDate) -> str:
    words = {
        "name": date.contact.name,
        "label": date.label,
        "years": date.years,
        "day": date_format(date.on, "MONTH_DAY_FORMAT"),
        "month": date_format(date.on, "F"),
        "when": seen_from(date.on, book.today),
    }
    return capfirst(_sentence(date) % words)


def _sentence(date: ComingDate) -> str:
    if not date.date.day:
        return _("%(label)s of %(name)s: in %(month)s, the day is not known.")
    if date.years is None:
        return _("%(label)s of %(name)s: on %(day)s (%(when)s).")
    if date.is_birthday:
        return ngettext(
            "%(name)s turns %(years)d on %(day)s (%(when)s).",
            "%(name)s turns %(years)d on %(day)s (%(when)s).",
            date.years,
        )
    return ngettext(
        "%(label)s of %(name)s: %(years)d year on %(day)s (%(when)s).",
        "%(label)s of %(name)s: %(years)d years on %(day)s (%(when)s).",
        date.years,
    )


def _points(date: ComingDate) -> Iterator[Point]:
    if not date.date.day:
        yield _MONTH_NOW if date.days_away == 0 else _MONTH_AHEAD
        return
    if date.days_away == 0:
        yield _TODAY
    elif date.days_away == 1:
        yield _TOMORROW
    else:
        days = date.days_away
        yield Point(
            ngettext("It is in %(days)d day", "It is in %(days)d days", days) % {"days": days}, max(24, 62 - 3 * days)
        )
    if date.is_birthday:
        yield _BIRTHDAY
    if date.contact.is_favorite:
        yield _FAVORITE
