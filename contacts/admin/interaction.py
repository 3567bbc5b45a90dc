"""What was said and what is planned, as staff enter it."""

from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import search
from contacts.admin.base import OwnedAdmin, called
from contacts.admin.filters import PlannedFilter
from contacts.models import Contact, Interaction
from contacts.written import date_format

# How many people a line of the list names.
NAMED = 5


class InteractionAdmin(OwnedAdmin):
    date_hierarchy = "occurred_at"
    list_display = ["occurred_at", "kind", "subject", "people", "counts_as_contact"]
    list_filter = ["kind", PlannedFilter, "counts_as_contact"]
    search_fields = ["title"]  # that there is a search: how, says matching
    search_help_text = _("Titles, texts, and the names of those who were there.")
    fields = ["contacts", ("kind", "occurred_at"), "title", "body", "counts_as_contact"]

    def label(self, row: Interaction) -> str:
        """With the day: many have no title."""
        day = date_format(timezone.localtime(row.occurred_at), "SHORT_DATE_FORMAT")
        return f"{day} · {row}"

    def listed(self, rows: QuerySet[Interaction]) -> QuerySet[Interaction]:
        return rows.prefetch_related(Prefetch("contacts", Contact.objects.select_related("organization")))

    def matching(self, word: str) -> Q:
        """In the text, or in a name: “lunch anna” finds the lunch with Anna."""
        in_text = search.interactions(Interaction.objects.all(), word).values("pk")
        with_name = Interaction.contacts.through.objects.filter(contact__in=called(word)).values("interaction")
        return Q(pk__in=in_text) | Q(pk__in=with_name)

    @admin.display(description=_("title"), ordering="title")
    def subject(self, interaction: Interaction) -> str:
        return str(interaction)

    @admin.display(description=_("with"))
    def people(self, interaction: Interaction) -> str:
        names = [str(contact) for contact in interaction.contacts.all()]
        return ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
