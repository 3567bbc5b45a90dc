"""The three small fields of a date of which a part may be unknown."""

from typing import Any

from django import forms
from django.utils.dates import MONTHS

BOUNDS: dict[str, dict[str, int]] = {
    "day": {"min_value": 1, "max_value": 31},
    "year": {"min_value": 1, "max_value": 9999},
}


def month_field(label: Any, *, required: bool) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, required=required, choices=[("", "–"), *MONTHS.items()], coerce=int, empty_value=None
    )


def number_field(part: str, label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, **BOUNDS[part])  # type: ignore[arg-type]
