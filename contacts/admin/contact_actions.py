"""What can be done to many contacts at once."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from contacts.admin import bulk
from contacts.admin.base import OwnedAdmin, owner_of
from contacts.admin.pickers import Picker
from contacts.models import Contact, ContactQuerySet, Tag


class TagChoice(bulk.Choice):
    question = _("Which tag do they get?")
    tag = forms.ModelChoiceField(Tag.objects.none(), label=_("Tag"))

    def __init__(self, data: Any, *, owner: AbstractBaseUser, site: AdminSite) -> None:
        super().__init__(data)
        field = cast("forms.ModelChoiceField[Tag]", self.fields["tag"])
        picker = Picker(Contact._meta.get_field("tags"), site)
        picker.owner, picker.is_required = owner, True
        field.widget = picker
        field.queryset = Tag.objects.owned_by(owner)


class LostTagChoice(TagChoice):
    question = _("Which tag do they lose?")


class CadenceChoice(bulk.Choice):
    question = _("How often do you want to be in touch with them?")
    cadence_days = forms.IntegerField(
        label=_("Cadence (days)"),
        required=False,
        min_value=1,
        max_value=32_767,
        help_text=Contact._meta.get_field("cadence_days").help_text,
    )


@admin.action(description=_("Add a tag…"), permissions=["change"])
def add_tag(model_admin: OwnedAdmin, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    return _retag(model_admin, request, queryset, add=True)


@admin.action(description=_("Remove a tag…"), permissions=["change"])
def remove_tag(model_admin: OwnedAdmin, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    return _retag(model_admin, request, queryset, add=False)


def _retag(
    model_admin: OwnedAdmin, request: HttpRequest, contacts: ContactQuerySet, *, add: bool
) -> HttpResponse | None:
    first = contacts.first()
    if first is None or contacts.exclude(owner=first.owner_id).exists():
        model_admin.message_user(request, gettext("Choose contacts of one owner at a time."), messages.ERROR)
        return None
    choice = TagChoice if add else LostTagChoice
    form = choice(bulk.answer(request), owner=owner_of(first), site=model_admin.admin_site)
    if not form.is_valid():
        return bulk.ask(model_admin, request, contacts, form, action="add_tag" if add else "remove_tag")
    tag = form.cleaned_data["tag"]
    with transaction.atomic():
        changed = _update(contacts)  # before: the tag may be what they are filtered by
        change = tag.contacts.add if add else tag.contacts.remove
        change(*changed)
    bulk.report(model_admin, request, changed, field="tags", message=_retagged(tag, len(changed), add=add))
    return None


def _retagged(tag: Tag, count: int, *, add: bool) -> str:
    if add:
        text = ngettext("%(count)d contact now has “%(tag)s”.", "%(count)d contacts now have “%(tag)s”.", count)
    else:
        text = ngettext(
            "%(count)d contact is now without “%(tag)s”.", "%(count)d contacts are now without “%(tag)s”.", count
        )
    return text % {"count": count, "tag": tag}


@admin.action(description=_("Set the cadence…"), permissions=["change"])
def set_cadence(model_admin: OwnedAdmin, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    form = CadenceChoice(bulk.answer(request))
    if not form.is_valid():
        return bulk.ask(model_admin, request, queryset, form, action="set_cadence")
    changed = _update(queryset, cadence_days=form.cleaned_data["cadence_days"])
    message = ngettext("%(count)d contact has a new cadence.", "%(count)d contacts have a new cadence.", len(changed))
    bulk.report(model_admin, request, changed, field="cadence_days", message=message % {"count": len(changed)})
    return None


@admin.action(description=_("Archive"), permissions=["change"])
def archive(model_admin: OwnedAdmin, request: HttpRequest, queryset: Any) -> None:
    changed = _update(queryset.active(), is_archived=True)
    message = ngettext("%(count)d contact archived.", "%(count)d contacts archived.", len(changed))
    bulk.report(model_admin, request, changed, field="is_archived", message=message % {"count": len(changed)})


@admin.action(description=_("Take out of the archive"), permissions=["change"])
def unarchive(model_admin: OwnedAdmin, request: HttpRequest, queryset: Any) -> None:
    changed = _update(queryset.archived(), is_archived=False)
    message = ngettext(
        "%(count)d contact taken out of the archive.", "%(count)d contacts taken out of the archive.", len(changed)
    )
    bulk.report(model_admin, request, changed, field="is_archived", message=message % {"count": len(changed)})


def _update(contacts: ContactQuerySet, **values: Any) -> list[Contact]:
    """Gives them `values`; returns them as they were."""
    with transaction.atomic():
        changed = list(contacts)
        contacts.update(**values, updated_at=timezone.now())
    return changed
