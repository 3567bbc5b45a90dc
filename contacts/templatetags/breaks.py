"""Where a long word without spaces may be broken."""

import re

from django.template import Library
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = Library()


@register.filter
def breakable(value: str) -> SafeString:
    """An address that breaks after its «@», dots and slashes rather than within a word."""
    return format_html_join(SafeString("<wbr>"), "{}", ((part,) for part in re.split(r"(?<=[@./])(?=[^@./])", value)))
