"""What is sent with an act on a suggestion."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.forms.fields import BookForm, DateInput


class PutOffForm(BookForm, forms.Form):
    """How long a suggestion is not to be shown: `cleaned_data["until"]` is the day on which it may come again."""

    DAYS = {"week": 7, "month": 30}

    wish = forms.ChoiceField(choices=[(name, name) for name in (*DAYS, "date")])
    day = forms.DateField(label=_("until the"), required=False, widget=DateInput())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        until = self._until(cleaned.get("wish"), cleaned.get("day"))
        if "wish" in cleaned and "day" in cleaned and (until is None or until <= self.book.today):
            self.add_error("day", _("Choose a day that is still ahead."))
        return cleaned | {"until": until}

    def _until(self, wish: str | None, day: dt.date | None) -> dt.date | None:
        return self.book.today + dt.timedelta(days=self.DAYS[wish]) if wish in self.DAYS else day
