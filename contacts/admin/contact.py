"""The page on which a contact is entered: what is known of a person, in one place."""

import datetime as dt
import json
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from contacts import naming, search
from contacts.admin import contact_actions
from contacts.admin.base import OwnedAdmin, OwnedInline, OwnedInlineForm
from contacts.admin.filters import TagFilter
from contacts.admin.important_date import ImportantDateInline
from contacts.admin.labels import swatch
from contacts.admin.partial_dates import PartialDateOptions
from contacts.admin.relationship import RelationshipFromOthersInline, RelationshipInline
from contacts.models import Contact, ContactMethod, ContactQuerySet
from contacts.written import date_format


class ContactMethodForm(OwnedInlineForm):
    def _get_validation_exclusions(self) -> set[str]:
        """A second preferred one is no mistake: saving it takes the preference from the first."""
        return super()._get_validation_exclusions() | {"is_primary"}


class ContactMethodInline(OwnedInline):
    model = ContactMethod
    form = ContactMethodForm
    fields = ["kind", "label", "value", "is_primary"]


class ContactAdmin(PartialDateOptions, OwnedAdmin):
    date_prefix = "birthday_"
    joined = ("organization",)
    inlines = [ContactMethodInline, ImportantDateInline, RelationshipInline, RelationshipFromOthersInline]

    list_display = [
        "name",
        "organization",
        "tag_list",
        "last_contact",
        "next_contact",
        "cadence",
    ]
    list_filter = [TagFilter, "is_favorite", "is_archived", "share_with_ai"]
    search_fields = ["sort_name"]  # that there is a search: how, says get_search_results
    search_help_text = _("Names, organizations, tags, contact details, notes and interactions.")
    actions = [
        contact_actions.add_tag,
        contact_actions.remove_tag,
        contact_actions.set_cadence,
        contact_actions.archive,
        contact_actions.unarchive,
    ]

    readonly_fields = [
        "last_interaction_at",
        "next_interaction_at",
        "effective_cadence_days",
        "shortcuts",
        "other_properties",
        "created_at",
        "updated_at",
    ]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("first_name", "last_name", "nickname"),
                    ("organization", "job_title"),
                    "tags",
                    ("is_favorite", "is_archived", "share_with_ai"),
                ]
            },
        ),
        (
            _("Keeping in touch"),
            {
                "fields": [
                    ("cadence_days", "paused_until"),
                    ("last_interaction_at", "next_interaction_at", "effective_cadence_days"),
                    "shortcuts",
                ]
            },
        ),
        (
            _("About"),
            {
                "fields": [
                    ("birthday_day", "birthday_month", "birthday_year"),
                    ("city", "country"),
                    ("time_zone", "language"),
                    "notes",
                    "deceased_on",
                ]
            },
        ),
        (_("How you met"), {"fields": ["how_met", ("met_on", "met_through")]}),
        (
            _("Record"),
            {"classes": ["collapse"], "fields": ["other_properties", ("created_at", "updated_at")]},
        ),
    ]

    def label(self, row: Contact) -> str:
        """With the organization, which tells namesakes apart."""
        name, organization = str(row), str(row.organization or "")
        return name if organization in ("", name) else f"{name} · {organization}"

    def listed(self, rows: QuerySet[Contact]) -> QuerySet[Contact]:
        return rows.prefetch_related("tags")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """As on the site; the best come first unless a column was chosen to sort by."""
        found = search.contacts(cast(ContactQuerySet, queryset), search_term)
        if naming.words(search_term) and ORDER_VAR not in request.GET:
            found = search.by_relevance(found, search_term)
        return found, False

    @admin.display(description=_("name"), ordering="sort_name")
    def name(self, contact: Contact) -> str:
        return f"{contact} ★" if contact.is_favorite else str(contact)

    @admin.display(description=_("tags"))
    def tag_list(self, contact: Contact) -> str:
        return format_html_join(" ", "{}", ((swatch(tag),) for tag in contact.tags.all()))

    @admin.display(description=_("last contact"), ordering="last_interaction_at")
    def last_contact(self, contact: Contact) -> str:
        return _day(contact.last_interaction_at)

    @admin.display(description=_("next contact"), ordering="next_interaction_at")
    def next_contact(self, contact: Contact) -> str:
        return _day(contact.next_interaction_at)

    @admin.display(description=_("cadence"), ordering="effective_cadence_days")
    def cadence(self, contact: Contact) -> str:
        days = contact.effective_cadence_days
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days} if days else ""

    @admin.display(description=_("Add"))
    def shortcuts(self, contact: Contact) -> str:
        if contact.pk is None:
            return gettext("Once the contact is saved.")
        return format_html(
            '<a class="addlink" href="{}?contacts={}">{}</a> <a class="addlink" href="{}?contact={}">{}</a>',
            reverse("admin:contacts_interaction_add"),
            contact.pk,
            gettext("Interaction"),
            reverse("admin:contacts_followup_add"),
            contact.pk,
            gettext("Follow-up"),
        )

    @admin.display(description=_("other properties"))
    def other_properties(self, contact: Contact) -> str:
        if not contact.extra:
            return self.get_empty_value_display()
        return format_html("<pre>{}</pre>", json.dumps(contact.extra, ensure_ascii=False, indent=2))


def _day(moment: dt.datetime | None) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT") if moment else ""
