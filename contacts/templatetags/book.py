"""Template tags of the pages."""

from typing import Any

from django.template import Context, Library
from django.utils.safestring import SafeString

from contacts import slots

register = Library()


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str, **kwargs: Any) -> SafeString:
    """What pluggable apps put into this place; see `contacts.slots`."""
    return slots.render(name, context["request"], **kwargs)
