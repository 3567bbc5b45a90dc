"""`anniversaire`: birthdays and other dates of the coming days, the day itself before all others."""

from collections.abc import Iterator
from functools import partial

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts import records
from contacts.book import Book
from contacts.models import ImportantDate, SuggestionType
from contacts.reminders import ComingDate, Day
from contacts.suggestions.suggestion import Point, Suggestion, Words
from contacts.templatetags.days import seen_from
from contacts.written import date_format


def coming(day: Day, *, most: int) -> Iterator[Suggestion]:
    """One occasion is one date in one year."""
    book = day.book
    for date in day.dates_to_suggest(most):
        source = _source(date)
        yield Suggestion(
            id=f"anniversaire:{source.ref}:{date.on.year}",
            type=SuggestionType.ANNIVERSAIRE,
            contact=date.contact,
            points=tuple(_points(date)),
            written=partial(_words, book, date, source),
            due_on=date.on if date.date.day else None,
            about=date.label,
        )


def _words(book: Book, date: ComingDate, source: records.Source) -> Words:
    return Words(_title(date), _reason(book, date), (source,))


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
        yield Point(_("The day is not known"), 25 if date.days_away == 0 else 20)
        return
    if date.days_away == 0:
        yield Point(_("It is today"), 95)
    elif date.days_away == 1:
        yield Point(_("It is tomorrow"), 68)
    else:
        days = date.days_away
        yield Point(
            ngettext("It is in %(days)d day", "It is in %(days)d days", days) % {"days": days}, max(24, 62 - 3 * days)
        )
    if date.is_birthday:
        yield Point(_("A birthday"), 4)
    if date.contact.is_favorite:
        yield Point(_("A favorite"), 4)
