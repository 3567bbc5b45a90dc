"""The list's filters and orders, as a form whose fields are the address's parameters."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from contacts import search
from contacts.book import Book
from contacts.models import ContactQuerySet, Tag

# An address that says nothing of a field means its first choice.
_SORTS: dict[str, tuple[Any, ...]] = {
    "": ("sort_name", "pk"),
    "unseen": (F("last_interaction_at").asc(nulls_first=True), "pk"),
    "seen": (F("last_interaction_at").desc(nulls_last=True), "-pk"),
    "added": ("-created_at", "-pk"),
}


class ListForm(forms.Form):
    q = forms.CharField(
        label=_("search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    tag = forms.ModelChoiceField(Tag.objects.none(), label=_("tag"), required=False, empty_label=_("all"))
    show = forms.ChoiceField(
        label=_("show"),
        required=False,
        choices=[("", _("all")), ("favorites", _("favorites")), ("archived", _("archived ones"))],
    )
    unseen = forms.IntegerField(
        label=_("not seen for (days)"),
        required=False,
        min_value=1,
        max_value=36_500,
        widget=forms.NumberInput(attrs={"min": 1}),
    )
    sort = forms.ChoiceField(
        label=_("order"),
        required=False,
        choices=[
            ("", _("by name")),
            ("unseen", _("not seen for longest")),
            ("seen", _("seen last")),
            ("added", _("added last")),
        ],
    )

    def __init__(self, data: Any, *, book: Book) -> None:
        super().__init__(data)
        self.book = book
        tag = self.fields["tag"]
        assert isinstance(tag, forms.ModelChoiceField)
        tag.queryset = book.tags

    def contacts(self, *, with_archived: bool = False) -> ContactQuerySet:
        """What the address asks for; a parameter that makes no sense is left out."""
        self.is_valid()
        asked = self.cleaned_data
        contacts = self.book.contacts
        if asked.get("show") == "archived":
            contacts = contacts.archived()
        elif not with_archived:
            contacts = contacts.active()
        return self._sorted(self._filtered(contacts, asked), asked)

    def _filtered(self, contacts: ContactQuerySet, asked: dict[str, Any]) -> ContactQuerySet:
        if asked.get("show") == "favorites":
            contacts = contacts.favorites()
        if asked.get("tag"):
            contacts = contacts.filter(tags=asked["tag"])
        if asked.get("unseen"):
            contacts = contacts.not_seen_since(self.book.start_of(self.book.today - dt.timedelta(asked["unseen"])))
        return search.contacts(contacts, asked.get("q", ""))

    def _sorted(self, contacts: ContactQuerySet, asked: dict[str, Any]) -> ContactQuerySet:
        sort = asked.get("sort", "")
        if not sort and asked.get("q"):
            return search.by_relevance(contacts, asked["q"])
        return contacts.order_by(*_SORTS[sort])

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the order is asked for."""
        return any(value for name, value in self.cleaned_data.items() if name != "sort")
