"""What to take along, and in which format."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.book import Book
from contacts.exports.formats import FORMATS
from contacts.forms.listing import ListForm
from contacts.models import ContactQuerySet


class ExportForm(forms.Form):
    """`listed` is the list that one comes from, by the parameters of its address."""

    format = forms.ChoiceField(
        label=_("format"),
        choices=[(key, format_.label) for key, format_ in FORMATS.items()],
        widget=forms.RadioSelect,
        initial="vcard3",
    )
    # Those of the list, or all.
    who = forms.ChoiceField(required=False, choices=[("", ""), ("all", "")])
    archived = forms.BooleanField(label=_("the archived ones too"), required=False)

    def __init__(self, data: Any, *, book: Book) -> None:
        super().__init__(data if "format" in data else None)
        self.book = book
        self.listed = ListForm(data, book=book)
        self.found = self.listed.contacts()

    def contacts(self) -> ContactQuerySet:
        """Those to take along, in the order of the list; of a valid form."""
        with_archived = self.cleaned_data["archived"]
        if self.cleaned_data["who"] != "all":
            return self.listed.contacts(with_archived=with_archived)
        everybody = self.book.contacts if with_archived else self.book.contacts.active()
        return everybody.order_by("sort_name", "pk")
