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
from contacts.models import Profile


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


@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    # A copy: a form writes what was typed into its instance before it is known to be good.
    profile = copy.copy(Profile.of(request.user))
    form = ProfileForm(request.POST or None, instance=profile)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(profile.language or translation.get_language_from_request(request)):
            messages.success(request, _("Your settings are saved."))
        return redirect("settings")
    context = {"form": form, "time_zones": time_zones()}
    return render(request, "contacts/settings.html", context, status=422 if form.errors else 200)
