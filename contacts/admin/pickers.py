"""Fields that are filled by searching; they offer the rows of one owner."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.admin.widgets import AutocompleteMixin, AutocompleteSelect, AutocompleteSelectMultiple
from django.contrib.auth.models import AbstractBaseUser

from contacts.models import OwnedModel


class PickerMixin(AutocompleteMixin, forms.Select):
    """Django's autocomplete, for the rows of `owner`.

    `loaded` is the row in the field, where it came with the form's own: a table of twenty
    forms would otherwise look up one after the other.
    """

    owner: AbstractBaseUser
    loaded: OwnedModel | None = None

    def get_url(self) -> str:
        return f"{super().get_url()}?{urlencode({'owner': self.owner.pk})}"

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        if self.loaded is None or list(value) != [str(self.loaded.pk)]:
            return super().optgroups(name, value, attr)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        label = self.choices.field.label_from_instance(self.loaded)
        options.append(self.create_option(name, self.loaded.pk, label, True, len(options)))
        return [(None, options, 0)]


class Picker(PickerMixin, AutocompleteSelect):
    pass


class MultiplePicker(PickerMixin, AutocompleteSelectMultiple):
    pass
