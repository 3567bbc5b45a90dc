"""What a proposal writes that no page of `contacts` has a form for: one field of a contact, one tag."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from contacts.book import Book
from contacts.models import Contact
from contacts.partial_dates import PartialDate


class BirthdayField(forms.CharField):
    """A date of which a part may be unknown, as `PartialDate.fromisoformat` takes it."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        try:
            return PartialDate.fromisoformat(text) if text else PartialDate()
        except ValueError:
            raise forms.ValidationError(_("Write it as 1980-04-02, or --04-02 without the year.")) from None


class ContactFieldForm(forms.ModelForm):
    """One field of a contact, under the rules that hold for it everywhere."""

    organization = forms.CharField(required=False, max_length=200)
    birthday = BirthdayField(required=False)

    class Meta:
        model = Contact
        fields = [
            "first_name", "last_name", "nickname", "job_title", "city", "country", "language", "time_zone",
            "cadence_days", "met_on", "paused_until", "notes", "how_met",
        ]  # fmt: skip

    def __init__(self, data: dict[str, Any], *, instance: Contact, name: str, book: Book) -> None:
        super().__init__(data, instance=instance)
        self.book = book
        for other in set(self.fields) - {name}:
            del self.fields[other]

    def clean(self) -> None:
        super().clean()
        if (birthday := self.cleaned_data.get("birthday")) is not None:
            self.instance.birthday_day = birthday.day
            self.instance.birthday_month = birthday.month
            self.instance.birthday_year = birthday.year
        if "organization" in self.cleaned_data:
            name = self.cleaned_data.pop("organization")
            self.instance.organization = self.book.organization_named(name) if name else None


class TagForm(forms.Form):
    tag = forms.CharField(max_length=200)


def value_of(contact: Contact, name: str) -> str:
    """What `ContactFieldForm` takes for what is there now."""
    value = getattr(contact, name)
    if isinstance(value, PartialDate):
        return value.isoformat()
    return "" if value is None else str(value)
