"""Entering a person, with the ways to reach them and the days that matter."""

from typing import Any

from django import forms
from django.db import transaction
from django.forms.models import inlineformset_factory
from django.utils.translation import gettext_lazy as _

from contacts.book import Book
from contacts.forms.fields import BookForm, DateInput, PersonField, grow
from contacts.forms.partial_dates import month_field, number_field
from contacts.models import Contact, ContactMethod, ImportantDate, Tag

# More rows than anybody types; a form that claims more is refused.
MAX_ROWS = 100


class ContactForm(BookForm, forms.ModelForm):
    """Organizations and tags are named, and made when the book has none of that name."""

    organization = forms.CharField(
        label=_("organization"), required=False, max_length=200, widget=forms.TextInput(attrs={"list": "organizations"})
    )
    birthday_day = number_field("day", _("day"))
    birthday_month = month_field(_("month"), required=False)
    birthday_year = number_field("year", _("year"))
    met_through = PersonField(label=_("met through"), required=False)
    tags = forms.ModelMultipleChoiceField(
        queryset=Tag.objects.none(), label=_("tags"), required=False, widget=forms.CheckboxSelectMultiple
    )
    new_tags = forms.CharField(label=_("new tags"), required=False, max_length=500, help_text=_("Separated by commas."))

    class Meta:
        model = Contact
        fields = [
            "first_name", "last_name", "nickname", "job_title", "birthday_day", "birthday_month", "birthday_year",
            "how_met", "met_on", "met_through", "city", "country", "time_zone", "language", "notes", "tags",
            "cadence_days", "paused_until", "deceased_on", "is_favorite", "share_with_ai",
        ]  # fmt: skip
        widgets = {
            "how_met": grow(2),
            "notes": grow(5),
            "met_on": DateInput(),
            "paused_until": DateInput(),
            "deceased_on": DateInput(),
            "time_zone": forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
            "cadence_days": forms.NumberInput(attrs={"min": 1}),
        }

    def __init__(self, *args: Any, book: Book, **kwargs: Any) -> None:
        super().__init__(*args, book=book, **kwargs)
        if self.instance._state.adding:
            self.instance.owner = book.user
        self.initial["organization"] = str(self.instance.organization or "")
        self.initial["met_through"] = self.instance.met_through
        tags = self.fields["tags"]
        assert isinstance(tags, forms.ModelMultipleChoiceField)
        tags.queryset = book.tags

    def clean_new_tags(self) -> list[str]:
        names = [name.strip() for name in self.cleaned_data["new_tags"].split(",")]
        return [name[:200] for name in dict.fromkeys(names) if name]

    def _get_validation_exclusions(self) -> set[str]:
        """A contact without a name of their own needs an organization: a typed one will be made."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        if not self.cleaned_data.get("organization"):
            self.instance.organization = None
            excluded.discard("organization")
        return excluded

    def save(self, commit: bool = True) -> Contact:
        if name := self.cleaned_data["organization"]:
            self.instance.organization = self.book.organization_named(name)
        contact: Contact = super().save(commit)
        contact.tags.add(*(self.book.tag_named(name) for name in self.cleaned_data["new_tags"]))
        return contact


class MethodForm(forms.ModelForm):
    class Meta:
        model = ContactMethod
        fields = ["kind", "value", "label", "is_primary"]
        widgets = {"value": grow(1), "label": forms.TextInput(attrs={"list": "method-labels"})}
        help_texts = {"label": ""}


class ImportantDateForm(forms.ModelForm):
    day = number_field("day", _("day"))
    month = month_field(_("month"), required=True)
    year = number_field("year", _("year"))

    class Meta:
        model = ImportantDate
        fields = ["label", "day", "month", "year"]
        widgets = {"label": forms.TextInput(attrs={"placeholder": _("Wedding, first day at work…")})}
        help_texts = {"label": ""}


MethodRows = inlineformset_factory(
    Contact, ContactMethod, form=MethodForm, extra=1, max_num=MAX_ROWS, absolute_max=MAX_ROWS
)
DateRows = inlineformset_factory(
    Contact, ImportantDate, form=ImportantDateForm, extra=1, max_num=MAX_ROWS, absolute_max=MAX_ROWS
)
ROWS: dict[str, Any] = {"methods": MethodRows, "dates": DateRows}


class ContactForms:
    """All forms of the page of a contact that is entered: valid together, saved together."""

    def __init__(self, book: Book, contact: Contact, data: Any = None) -> None:
        self.contact = ContactForm(data, instance=contact, book=book)
        self.methods = MethodRows(data, instance=contact, prefix="methods")
        self.dates = DateRows(data, instance=contact, prefix="dates")

    def is_valid(self) -> bool:
        return all([self.contact.is_valid(), self.methods.is_valid(), self.dates.is_valid()])

    @transaction.atomic
    def save(self) -> Contact:
        contact = self.contact.save()
        self.methods.save()
        self.dates.save()
        return contact
