"""The suggestions of the day: the API's route, whose fragment takes the place of the dashboard's widget."""

from functools import partial

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from claude_ai import calls, suggestions, suggestions_panel
from claude_ai.api import api
from contacts.http import book_of, is_fragment, vary_on_htmx


@require_safe
def suggestions_now(request: HttpRequest) -> HttpResponse:
    """The widget without asking anybody, for a dashboard that did not wait for it."""
    if not settings.ENABLE_AI_FEATURES:
        raise Http404
    if not is_fragment(request):
        return redirect(f"{reverse('dashboard')}?suggestions=now#suggestions")
    return vary_on_htmx(render(request, suggestions_panel.TEMPLATE, suggestions_panel.at_once(request)))


@api("GET", spends_tokens=True)
def suggestions_api(request: HttpRequest) -> HttpResponse:
    made = suggestions.by_claude(
        book_of(request), caller=partial(calls.caller_of, request), refresh=bool(request.GET.get("refresh"))
    )
    if is_fragment(request):
        return render(request, suggestions_panel.TEMPLATE, suggestions_panel.context(request, made))
    return JsonResponse(made.as_dict())
