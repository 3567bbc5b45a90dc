"""Ownership in the admin, said once: whose rows a person sees, picks, makes and links.

Staff keep their own book and need no permission for it. A superuser sees every book; a form,
though, is about one: its row's, or for a new row that of the person who adds it. No form links
rows of two owners.
"""

from typing import Any, ClassVar, cast

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from contacts import search
from contacts.admin.pickers import MultiplePicker, Picker
from contacts.models import Contact, OwnedModel, OwnedQuerySet


def owner_of(row: OwnedModel) -> AbstractBaseUser:
    value: Any = row
    for name in row.owner_path.split("__"):
        value = getattr(value, name)
    return value  # type: ignore[no-any-return]


def owns(user: AbstractBaseUser, row: OwnedModel) -> bool:
    """Without a query where the contact that the row belongs to is loaded."""
    value: Any = row
    *through, last = row.owner_path.split("__")
    for name in through:
        value = getattr(value, name)
    return bool(getattr(value, f"{last}_id") == user.pk)


def called(word: str) -> QuerySet[Contact, Any]:
    """The contacts in whose name a word begins with `word`, to be searched through."""
    return search.named(Contact.objects.all(), word).values("pk")


class OwnedForm(forms.ModelForm):
    """A form about a row of `owner`'s: only rows of theirs can be chosen, whatever is posted."""

    owner: ClassVar[AbstractBaseUser]
    viewer: ClassVar[AbstractBaseUser]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding and self._has_owner:
            self.instance.owner = self.owner
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField) and isinstance(field.queryset, OwnedQuerySet):
                field.queryset = field.queryset.owned_by(self.owner)
                self._fit(name, field)

    @property
    def _has_owner(self) -> bool:
        return bool(self.instance.owner_path == "owner")

    def _fit(self, name: str, field: Any) -> None:
        """Makes the field's picker search among the same rows, and call them what the search does."""
        wrapper, column = field.widget, self.instance._meta.get_field(name)
        field.label_from_instance = wrapper.admin_site.get_model_admin(column.related_model).label
        # What is made in the pop-up would belong to who makes it.
        wrapper.can_add_related &= self.owner == self.viewer
        wrapper.can_delete_related = wrapper.can_view_related = False
        picker = wrapper.widget
        picker.owner = self.owner
        if isinstance(column, ForeignKey) and column.is_cached(self.instance):
            picker.loaded = getattr(self.instance, name)

    def _get_validation_exclusions(self) -> set[str]:
        """A name is unique among the owner's: that is checked although the owner is no field."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"owner"}


class OwnedOptions(admin.options.BaseModelAdmin):
    """What the page of a model and a table inside a page have in common."""

    form = OwnedForm
    # Rows that come with each row, because its name is made of theirs.
    joined: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        if self.joined:
            rows = rows.select_related(*self.joined)
        if request.user.is_superuser:
            return rows.select_related(self.model.owner_path)  # type: ignore[no-any-return]
        return rows.owned_by(request.user)  # type: ignore[no-any-return]

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any] | None:
        """What the related model's own page lists."""
        if not issubclass(db_field.related_model, OwnedModel):
            return super().get_field_queryset(db, db_field, request)
        rows: QuerySet[Any] = self.admin_site.get_model_admin(db_field.related_model).get_queryset(request)
        return rows

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if issubclass(db_field.related_model, OwnedModel):
            kwargs.setdefault("widget", Picker(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("widget", MultiplePicker(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def owned_form(self, form: Any, request: HttpRequest, row: OwnedModel | None) -> None:
        """Tells a form's class whose book it is about."""
        form.viewer = request.user
        form.owner = owner_of(row) if row and request.user.is_superuser else request.user

    def may(self, request: HttpRequest, row: OwnedModel | None = None) -> bool:
        """Whether the user keeps a book here and, for a row, whether it is in theirs."""
        user = request.user
        if not (user.is_active and user.is_staff):
            return False
        return row is None or user.is_superuser or owns(user, row)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, obj)


class OwnedChangeList(ChangeList):
    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        rows = super().get_queryset(request, exclude_parameters)
        return cast(OwnedAdmin, self.model_admin).listed(rows)


class OwnedAdmin(OwnedOptions, admin.ModelAdmin):
    """The pages of a model whose rows belong to someone."""

    list_per_page = 50
    show_full_result_count = False

    class Media:
        css = {"all": ["contacts/admin.css"]}

    def label(self, row: Any) -> str:
        """What a row is called where it is picked."""
        return str(row)

    def listed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """`rows` with what the columns of the list need, in a constant number of queries."""
        return rows

    def matching(self, word: str) -> Q:
        """The rows that `word` finds."""
        raise NotImplementedError

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Those that every word finds; Django's own would join tables and multiply rows."""
        for word in search_term.split()[: search.MAX_WORDS]:
            queryset = queryset.filter(self.matching(word))
        return queryset, False

    def view_on_site(self, obj: Any) -> str | None:
        try:
            return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None
        except NoReverseMatch:
            return None

    @admin.display(description=_("owner"))
    def owner_name(self, row: OwnedModel) -> str:
        return str(owner_of(row))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return OwnedChangeList

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)
        return [*columns, self.model.owner_path] if request.user.is_superuser else columns

    def get_list_filter(self, request: HttpRequest) -> Any:
        filters = super().get_list_filter(request)
        return [self.model.owner_path, *filters] if request.user.is_superuser else filters

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "owner_name"] if obj and request.user.is_superuser else fields

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj and request.user.is_superuser:
            return [*fieldsets, (None, {"fields": ["owner_name"]})]
        return fieldsets

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Without the rows that only tie two others together, which mean nothing to a person."""
        tree, counts, lacking, protected = super().get_deleted_objects(objs, request)
        models = [model._meta for model in apps.get_models(include_auto_created=True) if model._meta.auto_created]
        plurals = {str(model.verbose_name_plural) for model in models}
        ties = tuple(f"{capfirst(model.verbose_name)}: {model.object_name} object (" for model in models)
        counts = {name: count for name, count in counts.items() if str(name) not in plurals}
        return _without(tree, ties), counts, lacking, protected

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        self.owned_form(form, request, obj)
        return form


def _without(tree: list[Any], prefixes: tuple[str, ...]) -> list[Any]:
    """The nested lists of `tree` less the texts that begin with one of `prefixes`."""
    kept = [_without(entry, prefixes) if isinstance(entry, list) else entry for entry in tree]
    return [entry for entry in kept if entry and not (isinstance(entry, str) and entry.startswith(prefixes))]


class OwnedInlineForm(OwnedForm):
    def validate_unique(self) -> None:
        """With the constraints that name the contact, from which Django excuses a row of a table.

        Only where nothing else is wrong, or each complaint about the row would come twice.
        """
        super().validate_unique()
        if not self.errors:
            try:
                self.instance.validate_constraints(exclude=self._get_validation_exclusions())
            except ValidationError as error:
                self._update_errors(error)  # type: ignore[attr-defined]


class OwnedInline(OwnedOptions, admin.TabularInline):
    """A table of rows inside the page of the contact that they belong to."""

    form = OwnedInlineForm
    extra = 0
    view_on_site = False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        self.owned_form(formset.form, request, obj)
        return formset
