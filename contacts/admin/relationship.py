"""Who is what to whom, as staff enter it: on either one's page, or in a list of its own."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contacts.admin.base import OwnedAdmin, OwnedInline, called
from contacts.models import Relationship

# Both ends with what their names are made of.
ENDS = ("from_contact__organization", "to_contact__organization")


class RelationshipInline(OwnedInline):
    model = Relationship
    fk_name = "from_contact"
    joined = ENDS
    fields = ["kind", "to_contact"]


class RelationshipFromOthersInline(OwnedInline):
    """Those that were entered on the other one's page: to be read from here, and taken away."""

    model = Relationship
    fk_name = "to_contact"
    joined = ENDS
    verbose_name = _("relationship entered from the other end")
    verbose_name_plural = _("relationships entered from the other end")
    fields = ["seen_from_here", "from_contact"]
    readonly_fields = ["seen_from_here", "from_contact"]

    @admin.display(description=_("kind"))
    def seen_from_here(self, relationship: Relationship) -> str:
        return str(relationship.inverse_kind.label)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RelationshipAdmin(OwnedAdmin):
    joined = ENDS
    list_display = ["from_contact", "kind", "to_contact"]
    list_filter = ["kind"]
    search_fields = ["kind"]  # that there is a search: how, says matching
    search_help_text = _("The names of both.")
    fields = [("from_contact", "kind", "to_contact")]

    def matching(self, word: str) -> Q:
        """In the name of either one."""
        return Q(from_contact__in=called(word)) | Q(to_contact__in=called(word))
