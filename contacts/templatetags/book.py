"""Template tags of the pages."""

from typing import Any

from django.template import Context, Library
from django.utils.safestring import SafeString

from contacts import slots
from contacts.drawing import draw

register = Library()


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str, **kwargs: Any) -> SafeString:
    """What pluggable apps put into this place; see `contacts.slots`."""
    return slots.render(name, context["request"], **kwargs)


@register.simple_tag(takes_context=True)
def drawn(context: Context, name: str, **kwargs: Any) -> SafeString:
    """A template of `templates/jinja2/`, given what this one knows and `kwargs`."""
    known: dict[str, Any] = context.flatten()  # type: ignore[assignment]
    return draw(context["request"], name, known | kwargs)
