"""Calendars that meetings come from: subscribed to, uploaded, and whom their events are with."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.book import Book
from contacts.calendars import failures, fetching
from contacts.calendars.reading import MOST_BYTES
from contacts.forms.fields import BookForm, PersonField
from contacts.models import CalendarSource

MOST_CALENDARS = 20


class SourceForm(forms.ModelForm):
    """What may be changed of a calendar."""

    class Meta:
        model = CalendarSource
        fields = ["name", "own_addresses"]
        widgets = {"own_addresses": forms.TextInput(attrs={"autocomplete": "email"})}


class SubscribeForm(forms.ModelForm):
    class Meta:
        model = CalendarSource
        fields = ["url", "own_addresses"]
        widgets = {
            "url": forms.TextInput(
                attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "https://…/calendar.ics"}
            ),
            "own_addresses": forms.TextInput(attrs={"autocomplete": "email"}),
        }

    def __init__(self, *args: Any, book: Book, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.book = book
        self.instance.owner = book.user
        self.fields["url"].required = True

    def _get_validation_exclusions(self) -> set[str]:
        """An address is one's own once: that is checked although the owner is no field."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"owner"}

    def clean_url(self) -> str:
        try:
            return fetching.checked(self.cleaned_data["url"])
        except fetching.FetchError as error:
            raise forms.ValidationError(failures.sentence(error.reason)) from None

    def clean(self) -> dict[str, Any]:
        if self.book.calendar_sources.count() >= MOST_CALENDARS:
            raise forms.ValidationError(_("You have as many calendars as there may be. Remove one first."))
        return super().clean() or self.cleaned_data


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("calendar file (.ics)"), widget=forms.ClearableFileInput(attrs={"accept": ".ics,text/calendar"})
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(failures.sentence("too_large"))
        return file


class AttachForm(BookForm, forms.Form):
    """Whom an event is with that names nobody in the book."""

    person = PersonField(label=_("with"))
