"""What a user says about themselves: language and time zone."""

import copy

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from contacts.forms.fields import time_zones
from contacts.http import book_of
from contacts.models import Profile, SuggestionType


class ProfileForm(forms.ModelForm):
    class Meta:
        model = Profile
        fields = ["language", "time_zone"]
        widgets = {
            "time_zone": forms.TextInput(
                attrs={"list": "time-zones", "autocomplete": "off", "placeholder": "Europe/Paris"}
            ),
        }

    def __init__(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [("", gettext_lazy("The browser's language")), *settings.LANGUAGES]


class SuggestionsForm(forms.ModelForm):
    suggestion_types = forms.MultipleChoiceField(
        label=gettext_lazy("kinds of suggestions"),
        choices=SuggestionType,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Profile
        fields = ["suggestion_types", "suggestions_shown", "dates_ahead_days"]


@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    # Copies: a form writes what was typed into its instance before it is known to be good.
    profile, wishes = copy.copy(Profile.of(request.user)), copy.copy(Profile.of(request.user))
    is_about_suggestions = "suggestions_shown" in request.POST
    form = ProfileForm(None if is_about_suggestions else request.POST or None, instance=profile)
    suggestions = SuggestionsForm(request.POST if is_about_suggestions else None, instance=wishes)
    sent = suggestions if is_about_suggestions else form
    if request.method == "POST" and sent.is_valid():
        saved = sent.save()
        with translation.override(saved.language or translation.get_language_from_request(request)):
            messages.success(request, _("Your settings are saved."))
        return redirect("settings")
    context = {
        "form": form,
        "time_zones": time_zones(),
        "suggestions": suggestions,
        "silenced": book_of(request).dismissals.of_whole_type().select_related("contact__organization"),
    }
    return render(request, "contacts/settings.html", context, status=422 if sent.errors else 200)
