"""Addresses of rows: a page leads to a hundred of them, which differ in a number alone."""

from functools import lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse

_ANY = 9_876_543_210


def of_row(name: str, pk: int) -> str:
    """As `reverse` gives it, which is asked once for all rows of a kind."""
    before, after = _around(name, get_script_prefix(), get_urlconf())
    return f"{before}{pk}{after}"


@lru_cache(maxsize=200)
def _around(name: str, script_prefix: str, urlconf: str | None) -> tuple[str, str]:
    before, _number, after = reverse(name, args=[_ANY]).partition(str(_ANY))
    return before, after
