"""The three small fields of a date of which a part may be unknown, in the admin."""

from typing import Any

from django.http import HttpRequest
from django.utils.text import capfirst

from contacts.admin.base import OwnedOptions
from contacts.forms.partial_dates import BOUNDS, month_field


class PartialDateOptions(OwnedOptions):
    # `"birthday_"` for `birthday_day` and so on.
    date_prefix = ""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        name = db_field.name
        part = name.removeprefix(self.date_prefix) if name.startswith(self.date_prefix) else ""
        if part == "month":
            return month_field(capfirst(db_field.verbose_name), required=not db_field.blank)
        return super().formfield_for_dbfield(db_field, request, **kwargs | BOUNDS.get(part, {}))
