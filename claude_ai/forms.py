"""What a user may set about Claude."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from claude_ai import catalogue
from claude_ai.catalogue import Model
from claude_ai.choices import Choices

_KEY = re.compile(r"[!-~]{1,300}")


class ApiKeyForm(forms.Form):
    """A pasted key. A field that is not sent is left as it is; one that is may not be blank."""

    use_required_attribute = False

    api_key = forms.CharField(
        label=_("API key"),
        widget=forms.PasswordInput(
            render_value=False, attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "sk-ant-…"}
        ),
        help_text=_("Made in the Claude Console. It is kept, encrypted, until you sign out."),
    )

    def __init__(self, data: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name, field in self.fields.items():
            field.required = name in self.data

    def clean_api_key(self) -> str:
        value: str = self.cleaned_data["api_key"]
        if value and not (isinstance(self.data["api_key"], str) and _KEY.fullmatch(value)):
            raise ValidationError(
                _("This is not an API key: a key is made of letters, digits and signs, without spaces.")
            )
        return value

    @property
    def changes(self) -> dict[str, Any]:
        """What was sent, checked."""
        return {name: value for name, value in self.cleaned_data.items() if name in self.data}

    @property
    def problems(self) -> dict[str, list[str]]:
        return {name: [str(error) for error in errors] for name, errors in self.errors.items()}


class SettingsForm(ApiKeyForm):
    model = forms.CharField(label=_("Model"), widget=forms.Select)
    max_tokens = forms.IntegerField(
        label=_("Longest answer (tokens)"),
        min_value=1,
        max_value=64_000,
        help_text=_("A token is about three quarters of a word. A longer answer is cut there."),
    )

    def __init__(self, data: dict[str, Any] | None = None, *, chosen: Choices, models: tuple[Model, ...]) -> None:
        super().__init__(data, initial={"model": chosen.model, "max_tokens": chosen.max_tokens})
        self.models = models
        offered = catalogue.offered(models, chosen=chosen.model)
        self.fields["model"].widget.choices = [(model.id, model.name) for model in offered]

    def clean_model(self) -> str:
        value: str = self.cleaned_data["model"]
        if value and value not in {model.id for model in self.models}:
            raise ValidationError(_("There is no such model among those that we know."))
        return value
