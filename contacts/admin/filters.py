"""What a list can be narrowed by, beside plain yes and no; each offers only rows that the viewer may see."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact, Tag


class ChoiceFilter(admin.SimpleListFilter):
    """One of `lookups`; an address that names anything else is refused as Django's own filters do."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value is None:
            return queryset
        if value not in {str(choice) for choice, _title in self.lookup_choices}:
            raise IncorrectLookupParameters(f"{self.parameter_name}={value}")
        return self.narrow(queryset, value)

    def narrow(self, queryset: Any, value: str) -> QuerySet[Any]:
        raise NotImplementedError


class TagFilter(ChoiceFilter):
    title = _("tag")
    parameter_name = "tag"
    NONE = "none"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        tags = model_admin.admin_site.get_model_admin(Tag).get_queryset(request)
        choices = [(str(tag.pk), str(tag)) for tag in tags]
        return [*choices, (self.NONE, _("without a tag"))] if choices else []

    def narrow(self, queryset: QuerySet[Contact], value: str) -> QuerySet[Contact]:
        if value == self.NONE:
            return queryset.filter(tags=None)
        return queryset.filter(pk__in=Contact.tags.through.objects.filter(tag=int(value)).values("contact"))


class PlannedFilter(ChoiceFilter):
    title = _("when")
    parameter_name = "planned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("yes", _("planned")), ("no", _("past"))]

    def narrow(self, queryset: Any, value: str) -> QuerySet[Any]:
        now = timezone.now()
        return queryset.planned(now) if value == "yes" else queryset.past(now)  # type: ignore[no-any-return]


class StateFilter(ChoiceFilter):
    """Of a follow-up."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("open", _("open")), ("overdue", _("overdue")), ("done", _("done"))]

    def narrow(self, queryset: Any, value: str) -> QuerySet[Any]:
        if value == "overdue":
            return queryset.overdue(timezone.localdate())  # type: ignore[no-any-return]
        return queryset.open() if value == "open" else queryset.done()  # type: ignore[no-any-return]
