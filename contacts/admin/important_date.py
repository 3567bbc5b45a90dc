"""Days of the year that matter to a contact, as staff enter them."""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.admin.base import OwnedAdmin, OwnedInline, called
from contacts.admin.partial_dates import PartialDateOptions
from contacts.models import ImportantDate


class ImportantDateInline(PartialDateOptions, OwnedInline):
    model = ImportantDate
    fields = ["label", "day", "month", "year"]


class ImportantDateAdmin(PartialDateOptions, OwnedAdmin):
    joined = ("contact__organization",)
    list_display = ["when", "label", "contact"]
    search_fields = ["label"]
    search_help_text = _("Labels, and the names of those concerned.")
    fields = ["contact", "label", ("day", "month", "year")]

    def matching(self, word: str) -> Q:
        return Q(label__icontains=word) | Q(contact__in=called(word))

    @admin.display(description=_("date"), ordering="month")
    def when(self, row: ImportantDate) -> str:
        return str(row.date)
