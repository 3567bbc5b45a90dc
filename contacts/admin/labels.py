"""What contacts are grouped by, as staff enter it."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from contacts import search
from contacts.admin.base import OwnedAdmin
from contacts.admin.filters import TagFilter
from contacts.models import Contact, OwnedQuerySet, Tag


def swatch(tag: Tag) -> SafeString:
    return format_html('<span class="tag tag-{}">{}</span>', tag.color, tag)


class NamedAdmin(OwnedAdmin):
    """Found by name, whatever the case and accents; says how many contacts it groups."""

    search_fields = ["name"]
    # The column of a contact that names one of these, and the parameter that filters by it.
    link: str
    parameter: str

    def listed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Counted for the rows of the page alone: a join would be counted through for each page."""
        those = Contact.objects.filter(**{self.link: OuterRef("pk")}).order_by().values(self.link)
        count = Subquery(those.annotate(count=Count("pk")).values("count"))
        counted: QuerySet[Any] = rows.annotate(contact_count=Coalesce(count, 0))
        return counted

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return search.named(cast(OwnedQuerySet[Any], queryset), search_term), False

    @admin.display(description=_("contacts"), ordering="contact_count")
    def contact_list(self, row: Any) -> SafeString:
        page = reverse("admin:contacts_contact_changelist")
        return format_html('<a href="{}?{}={}">{}</a>', page, self.parameter, row.pk, row.contact_count)


class OrganizationAdmin(NamedAdmin):
    link, parameter = "organization", "organization__id__exact"
    list_display = ["name", "contact_list"]
    fields = ["name"]


class TagAdmin(NamedAdmin):
    link, parameter = "tags", TagFilter.parameter_name
    list_display = ["colored_name", "cadence_days", "contact_list"]
    fields = ["name", "color", "cadence_days"]

    @admin.display(description=_("name"), ordering="name")
    def colored_name(self, tag: Tag) -> SafeString:
        return swatch(tag)
