"""The list's filters and orders, as a form whose fields are the address's parameters."""

import datetime as dt
from collections import defaultdict
from functools import partial
from typing import Any

from django import forms
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from contacts import naming, paging, reminders, search
from contacts.asking import Question, given, given_ids
from contacts.book import Book
from contacts.models import Contact, ContactQuerySet, Tag
from contacts.models.base import OwnedQuerySet
from contacts.paging import Count, Listed, Order, Page

# An address that says nothing of a field means its first choice.
_SORTS = {
    "": Order("sort_name"),
    "unseen": Order("last_interaction_at", is_nullable=True),
    "seen": Order("last_interaction_at", is_nullable=True, is_descending=True),
    "added": Order("created_at", is_descending=True),
}


@Question
def _labels(book: Book) -> OwnedQuerySet[Tag]:
    """A tag for each contact that has it."""
    labels = book.tags.filter(contacts__in=given_ids("people"))
    return labels.annotate(contact=F("contacts")).order_by("name")


def _bring_labels(book: Book, contacts: list[Contact]) -> None:
    """Gives each its tags as `labels`, in one question."""
    by_contact = defaultdict[int, list[Tag]](list)
    for tag in _labels.ask(book, people=[contact.pk for contact in contacts]):
        by_contact[tag.contact].append(tag)  # type: ignore[attr-defined]
    for contact in contacts:
        contact.labels = by_contact[contact.pk]  # type: ignore[attr-defined]


def _fitting(book: Book, show: str, tag: Any, unseen_since: Any, with_archived: bool) -> ContactQuerySet:
    contacts = book.contacts
    if show == "archived":
        contacts = contacts.archived()
    elif not with_archived:
        contacts = contacts.active()
    if show == "favorites":
        contacts = contacts.favorites()
    if tag is not None:
        contacts = contacts.filter(tags=tag)
    return contacts if unseen_since is None else contacts.not_seen_since(unseen_since)


def _to_list(book: Book, show: str, is_tagged: bool, is_unseen: bool) -> ContactQuerySet:
    tag, since = given("tag") if is_tagged else None, given("since") if is_unseen else None
    return reminders.listed(_fitting(book, show, tag, since, with_archived=False))


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
        asked = self.asked
        contacts = search.contacts(self._filtered(with_archived=with_archived), asked.get("q", ""))
        if not self._sort and asked.get("q"):
            return search.by_relevance(contacts, asked["q"])
        return contacts.order_by(*_SORTS[self._sort].ordering)

    def page(self, *, size: int, after: int | None, before: int | None) -> tuple[Page[Contact], Count]:
        """A part of it, and how many there are in all."""
        if naming.words(self.asked.get("q", "")):
            found = self._found()
            count = Count(len(found.contacts), found.is_more)
            read = partial(reminders.listed_by_id, self.book)
            page = paging.page_of_ids(found.contacts, read, size=size, after=after, before=before)
        else:
            count = paging.count(self._filtered())
            page = paging.page(self._listed, _SORTS[self._sort], size=size, after=after, before=before)
        _bring_labels(self.book, page.rows)
        return page, count

    def _found(self) -> search.Best:
        others = {name: value for name, value in self.asked.items() if value and name != "q"}
        if others.keys() <= {"show"} and others.get("show") != "favorites":
            return search.best(self.book, self.asked["q"], archived="show" in others)
        ids = list(self.contacts().values_list("pk", flat=True)[: search.MOST_FOUND + 1])
        return search.Best(ids[: search.MOST_FOUND], is_more=len(ids) > search.MOST_FOUND)

    @property
    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data

    @property
    def _sort(self) -> str:
        return str(self.asked.get("sort", ""))

    def _filtered(self, *, with_archived: bool = False) -> ContactQuerySet:
        asked = self.asked
        return _fitting(self.book, asked.get("show", ""), asked.get("tag"), self._unseen_since, with_archived)

    @property
    def _unseen_since(self) -> dt.datetime | None:
        days = self.asked.get("unseen")
        return self.book.start_of(self.book.today - dt.timedelta(days)) if days else None

    @property
    def _listed(self) -> Listed[Contact]:
        tag, since = self.asked.get("tag"), self._unseen_since
        values = {"tag": tag and tag.pk, "since": since}
        return Listed(self.book, _to_list, (self.asked.get("show", ""), tag is not None, since is not None), values)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the order is asked for."""
        return any(value for name, value in self.cleaned_data.items() if name != "sort")
