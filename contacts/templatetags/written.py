"""Django's own `date`, as French writes the first of a month; a builtin of all templates."""

from typing import Any

from django.template import Library
from django.template.defaultfilters import date as django_date

from contacts.written import first_of_month

register = Library()


@register.filter(expects_localtime=True, is_safe=False)
def date(value: Any, arg: str | None = None) -> str:
    return first_of_month(django_date(value, arg))
