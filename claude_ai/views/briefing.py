"""The briefing of a contact: the API's route, and the page and panel that show it."""

import json
from functools import partial
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from claude_ai import briefing, calls, dossier
from claude_ai.api import api
from claude_ai.briefing import Briefing
from claude_ai.prompts import briefing as prompts
from contacts.http import book_of, is_fragment, vary_on_htmx
from contacts.models import Contact


@api("GET", spends_tokens=True)
def briefing_api(request: HttpRequest, pk: int) -> HttpResponse:
    contact = _contact_or_404(request, pk)
    made = briefing.by_claude(
        book_of(request), contact, caller=partial(calls.caller_of, request), refresh=bool(request.GET.get("refresh"))
    )
    if is_fragment(request):
        return render(request, "claude_ai/briefing.html#briefing", _context(request, contact, made))
    return JsonResponse(made.as_dict())


@require_http_methods(["GET", "HEAD", "POST"])
def briefing_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What there is at once: the rules' briefing, or Claude's if it was made already. A POST asks Claude."""
    if not settings.ENABLE_AI_FEATURES:
        raise Http404
    contact = _contact_or_404(request, pk)
    book, caller = book_of(request), partial(calls.caller_of, request)
    if request.method == "POST":
        made = briefing.by_claude(book, contact, caller=caller, refresh="refresh" in request.POST)
    else:
        made = briefing.kept(book, contact, caller=caller) or briefing.by_rules(book, contact)
    context = _context(request, contact, made)
    if is_fragment(request):
        context["is_awaited"] = context["can_ask"] and (made.source == "local" or made.changed_since > 0)
        return vary_on_htmx(render(request, "claude_ai/briefing.html#briefing", context))
    return vary_on_htmx(render(request, "claude_ai/briefing.html", context))


@require_http_methods(["GET", "HEAD"])
def briefing_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """Exactly what a briefing sends to Claude, word for word."""
    if not settings.ENABLE_AI_FEATURES:
        raise Http404
    contact = _contact_or_404(request, pk)
    context: dict[str, Any] = {"contact": contact, "base_url": settings.CLAUDE_BASE_URL}
    if contact.share_with_ai:
        sent = dossier.for_claude(dossier.read(book_of(request), contact))
        prompt = prompts.build(sent, language=translation.get_language() or settings.LANGUAGE_CODE)
        context |= {
            "system": prompt.system,
            "question": prompt.messages[0]["content"],
            "records": json.dumps(json.loads(sent.as_json()), ensure_ascii=False, indent=2),
        }
    fragment = "#sent" if is_fragment(request) else ""
    return vary_on_htmx(render(request, f"claude_ai/briefing_sent.html{fragment}", context))


def _contact_or_404(request: HttpRequest, pk: int) -> Contact:
    contacts = book_of(request).contacts.select_related("organization", "met_through__organization")
    return get_object_or_404(contacts, pk=pk)


def _context(request: HttpRequest, contact: Contact, made: Briefing) -> dict[str, Any]:
    return {
        "contact": contact,
        "briefing": made,
        "can_ask": contact.share_with_ai and calls.configured(request),
        "today": book_of(request).today,
    }
