"""Writing down what was said, and planning what comes."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contacts.book import Book
from contacts.forms.fields import BookForm, DateInput, DateTimeInput, PeopleField, grow
from contacts.models import Contact, FollowUp, Interaction


class InteractionForm(BookForm, forms.ModelForm):
    """Everything about an interaction; for one that is new, `contact` is who it was with."""

    people = PeopleField(label=_("with"), error_messages={"required": _("Say with whom.")})

    class Meta:
        model = Interaction
        fields = ["kind", "occurred_at", "title", "body", "counts_as_contact"]
        widgets = {"occurred_at": DateTimeInput(), "body": grow(6)}

    def __init__(self, *args: Any, book: Book, **kwargs: Any) -> None:
        super().__init__(*args, book=book, **kwargs)
        if self.instance.pk:
            self.initial["people"] = list(self.instance.contacts.select_related("organization"))

    @transaction.atomic
    def save(self, commit: bool = True) -> Interaction:
        self.instance.owner = self.book.user
        interaction: Interaction = super().save(commit)
        interaction.contacts.set(self.cleaned_data["people"])
        return interaction


class LogForm(BookForm, forms.ModelForm):
    """The quick form on a contact's page, with what was promised on the way."""

    others = PeopleField(label=_("with others too"), required=False)
    promise = forms.CharField(label=_("promised"), required=False, max_length=300)
    promise_due_on = forms.DateField(label=_("for the"), required=False, widget=DateInput())
    promise_owed_by = forms.ChoiceField(label=_("by"), required=False, choices=FollowUp.OwedBy.choices)

    class Meta:
        model = Interaction
        fields = ["kind", "occurred_at", "title", "body"]
        widgets = {"occurred_at": DateTimeInput(), "body": grow(3)}

    @transaction.atomic
    def log(self, contact: Contact) -> Interaction:
        """Writes it down as one with `contact`, and the promise as a follow-up of theirs."""
        interaction: Interaction = self.instance
        interaction.owner = self.book.user
        interaction.counts_as_contact = Interaction.Kind(interaction.kind).is_contact
        interaction.save()
        interaction.contacts.set([contact, *self.cleaned_data["others"]])
        if self.cleaned_data["promise"]:
            FollowUp.objects.create(
                contact=contact,
                interaction=interaction,
                title=self.cleaned_data["promise"],
                due_on=self.cleaned_data["promise_due_on"],
                owed_by=self.cleaned_data["promise_owed_by"] or FollowUp.OwedBy.ME,
            )
        return interaction
