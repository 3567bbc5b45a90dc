"""Django's own `date` and `naturalday`, as French writes the first of a month; builtins of all templates."""

import datetime as dt
from functools import lru_cache
from typing import Any

from django.contrib.humanize.templatetags import humanize
from django.template import Library
from django.template.defaultfilters import date as django_date
from django.utils import translation

from contacts.written import first_of_month

register = Library()


@register.filter(expects_localtime=True, is_safe=False)
def date(value: Any, arg: str | None = None) -> str:
    if arg == "c" and isinstance(value, dt.datetime):
        # What Django makes of it too, by a longer way; a list has one in each row.
        return value.isoformat()
    if type(value) is dt.date:
        return _day(value, arg, translation.get_language())
    return first_of_month(django_date(value, arg))


@lru_cache(maxsize=1_000)
def _day(day: dt.date, style: str | None, _language: str | None) -> str:
    """In the language that is active; a page has the same few days again and again."""
    return first_of_month(django_date(day, style))


@register.filter(expects_localtime=True, is_safe=False)
def near_day(value: Any, arg: str | None = None) -> str:
    """`naturalday`, under another name: where `humanize` is loaded, its own wins."""
    return first_of_month(humanize.naturalday(value, arg) or "")
