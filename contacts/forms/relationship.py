"""Who is what to somebody."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.book import Book
from contacts.forms.fields import BookForm, PersonField
from contacts.models import Contact, Relationship


class RelationshipForm(BookForm, forms.ModelForm):
    """What another person is to `contact`."""

    to_contact = PersonField(label=_("who"))

    class Meta:
        model = Relationship
        fields = ["to_contact", "kind"]

    def __init__(self, *args: Any, book: Book, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, book=book, **kwargs)
        self.instance.from_contact = contact

    def _get_validation_exclusions(self) -> set[str]:
        """The end that is given counts too: nobody is tied to themselves, or twice to the same."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"from_contact"}
