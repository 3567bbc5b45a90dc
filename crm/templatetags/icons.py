"""Icons as inline SVG, each drawn once for the process: a page has a hundred, and few that differ."""

from functools import lru_cache

from django.template import Library
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide as draw

register = Library()


@register.simple_tag
def lucide(name: str, *, size: int = 24, **attributes: str) -> SafeString:
    return _drawn(name, size, tuple(sorted(attributes.items())))


@lru_cache(maxsize=1_000)
def _drawn(name: str, size: int, attributes: tuple[tuple[str, str], ...]) -> SafeString:
    return SafeString(draw(name, size=size, **dict(attributes)))
