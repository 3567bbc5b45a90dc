"""The settings about Claude: the API's route, and the page's forms for browsers without JavaScript."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from claude_ai import keys, settings_panel
from claude_ai.api import api, sent
from claude_ai.error_pages import keep_values_out
from claude_ai.errors import Invalid
from contacts.http import is_fragment


@api("GET", "POST", "DELETE")
def settings_api(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _save(request)
    if request.method == "DELETE":
        keys.forget(request)
        return _state(request, said=_("The key is forgotten."))
    return _state(request)


def _save(request: HttpRequest) -> HttpResponse:
    form = settings_panel.form_for(request, sent(request))
    if form.is_valid():
        settings_panel.apply(request, form.changes)
        return _state(request, said=_("The settings are saved for this session."))
    if is_fragment(request):
        return render(request, "claude_ai/settings.html#panel", settings_panel.context(request, form), status=400)
    raise Invalid(form.problems)


def _state(request: HttpRequest, said: str = "") -> HttpResponse:
    if is_fragment(request):
        return render(request, "claude_ai/settings.html#panel", settings_panel.context(request, said=said))
    return JsonResponse(settings_panel.state(request))


def settings_page(request: HttpRequest) -> HttpResponse:
    """The form without JavaScript: saves, and shows the page again with what there is to say."""
    keep_values_out(request)
    if not settings.ENABLE_AI_FEATURES:
        raise Http404
    if request.method == "POST":
        form = settings_panel.form_for(request, sent(request))
        if form.is_valid():
            settings_panel.apply(request, form.changes)
            messages.success(request, _("The settings are saved for this session."))
        else:
            for name, errors in form.problems.items():
                messages.error(request, f"{form.fields[name].label}: {' '.join(errors)}")
    return redirect(f"{reverse('settings')}#claude")


@require_POST
def forget_page(request: HttpRequest) -> HttpResponse:
    keys.forget(request)
    messages.success(request, _("The key is forgotten."))
    return redirect(f"{reverse('settings')}#claude")
