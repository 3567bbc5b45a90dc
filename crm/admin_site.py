"""The administration's front door and frame; what is inside, each app registers."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.translation import gettext_lazy as _

from contacts.models import OwnedModel


class AutocompleteView(AutocompleteJsonView):
    """Django's own, which offers what the model's list shows, under the names given for picking."""

    def get_queryset(self) -> QuerySet[Any]:
        """`owner` narrows what a superuser is offered to the owner whom the form is about."""
        rows = super().get_queryset()
        owner = self.request.GET.get("owner", "")
        if issubclass(rows.model, OwnedModel) and owner.isdecimal():
            return rows.filter(**{rows.model.owner_path: int(owner)})
        return rows

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        label = getattr(self.model_admin, "label", str)
        return super().serialize_result(obj, to_field_name) | {"text": label(obj)}


class Site(admin.AdminSite):
    site_header = site_title = _("Personal CRM")
    index_title = _("Data entry")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Without the redirect to any model's page, which would tell whose rows exist."""
        return [entry for entry in super().get_urls() if getattr(entry, "name", "") != "view_on_site"]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """In the order of registration, which is that of use, not of the alphabet."""
        order = list(self._registry)
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda entry: order.index(entry["model"]))
        return sorted(apps, key=lambda app: order.index(app["models"][0]["model"]))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """One login for the whole site; who is signed in and not staff has no business here."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("password_change")

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return AutocompleteView.as_view(admin_site=self)(request)
