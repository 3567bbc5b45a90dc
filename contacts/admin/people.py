"""Those who use the product: the business of superusers alone, whatever permissions were given."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import admin as auth
from django.http import HttpRequest


class SuperusersOnly(admin.options.BaseModelAdmin):
    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)


def _is_superuser(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_superuser


class ProfileAdmin(SuperusersOnly, admin.ModelAdmin):
    list_display = ["user", "language", "time_zone"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__first_name", "user__last_name"]
    autocomplete_fields = ["user"]
    # The rest, each decides on the settings page.
    fields = ["user", "language", "time_zone"]


class UserAdmin(SuperusersOnly, auth.UserAdmin):
    pass


class GroupAdmin(SuperusersOnly, auth.GroupAdmin):
    pass
