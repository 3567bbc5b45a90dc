"""The three small fields of a date of which a part may be unknown."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.dates import MONTHS
from django.utils.text import capfirst

from contacts.admin.base import OwnedOptions

_BOUNDS = {"day": {"min_value": 1, "max_value": 31}, "year": {"min_value": 1, "max_value": 9999}}


class PartialDateOptions(OwnedOptions):
    # `"birthday_"` for `birthday_day` and so on.
    date_prefix = ""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        name = db_field.name
        part = name.removeprefix(self.date_prefix) if name.startswith(self.date_prefix) else ""
        if part == "month":
            return forms.TypedChoiceField(
                label=capfirst(db_field.verbose_name),
                required=not db_field.blank,
                choices=[("", "–"), *MONTHS.items()],
                coerce=int,
                empty_value=None,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs | _BOUNDS.get(part, {}))
