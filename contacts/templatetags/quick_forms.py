"""The fields of forms that lie folded on a page which is read far more often than they are filled in."""

from django import forms
from django.forms import BoundField
from django.template import Library
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = Library()

_Key = tuple[type[forms.BaseForm], str | None, str, str, str | None]
# As many as there are fields, choices and languages: nothing that anybody typed is in it.
_drawn: dict[_Key, SafeString] = {}


@register.simple_tag
def quick_field(field: BoundField) -> SafeString:
    """`_field.html` of it. An empty one looks the same each time, so it is drawn once for each language.

    For forms alone whose fields depend on nothing but the form's class and prefix.
    """
    value = field.value()
    if field.form.is_bound or not (_is_choice(field) or value in (None, "", [])):
        return _draw(field)
    key = (type(field.form), field.form.prefix, field.name, str(value or ""), get_language())
    if key not in _drawn:
        _drawn[key] = _draw(field)
    return _drawn[key]


def _is_choice(field: BoundField) -> bool:
    """Among a few words of the program's own."""
    return isinstance(field.field, forms.ChoiceField) and not isinstance(field.field, forms.ModelChoiceField)


def _draw(field: BoundField) -> SafeString:
    return render_to_string("_field.html", {"field": field})
