"""The suggestions of the day: the API's route, whose fragment takes the place of the dashboard's widget."""

from functools import partial

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from claude_ai import calls, suggestions, suggestions_panel
from claude_ai.api import api
from contacts.http import book_of, is_fragment


@api("GET", spends_tokens=True)
def suggestions_api(request: HttpRequest) -> HttpResponse:
    made = suggestions.by_claude(
        book_of(request), caller=partial(calls.caller_of, request), refresh=bool(request.GET.get("refresh"))
    )
    if is_fragment(request):
        return render(request, suggestions_panel.TEMPLATE, suggestions_panel.context(request, made))
    return JsonResponse(made.as_dict())
