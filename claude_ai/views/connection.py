"""Testing the connection to Claude, with the key in force or with one that was just pasted."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from claude_ai import calls, connection
from claude_ai.api import api, is_form, sent
from claude_ai.calls import Answer, Caller
from claude_ai.error_pages import keep_values_out
from claude_ai.errors import ClaudeError, Invalid
from claude_ai.forms import ApiKeyForm
from claude_ai.keys import Key
from contacts.http import is_fragment


@api("GET", "POST", spends_tokens=True)
def test(request: HttpRequest) -> HttpResponse:
    answer = connection.test(_caller(request))
    if is_fragment(request):
        return render(request, "claude_ai/settings.html#test_result", {"answer": answer})
    return JsonResponse(
        {
            "ok": True,
            "model": answer.model,
            "display_name": answer.display_name,
            "lifecycle": answer.lifecycle,
            "latency_ms": answer.latency_ms,
        }
    )


@require_POST
def test_page(request: HttpRequest) -> HttpResponse:
    """The same button without JavaScript."""
    keep_values_out(request)
    if not settings.ENABLE_AI_FEATURES:
        raise Http404
    try:
        messages.success(request, _summary(connection.test(_caller(request))))
    except ClaudeError as error:
        messages.error(request, str(error.message))
    return redirect("claude_settings_page")


def _caller(request: HttpRequest) -> Caller:
    """With the pasted key; a form whose field was left empty means the key in force."""
    if request.method == "GET":
        return calls.caller_of(request)
    fields = sent(request)
    if "api_key" not in fields and is_form(request):
        return calls.caller_of(request)
    form = ApiKeyForm({"api_key": fields.get("api_key", "")})
    if not form.is_valid():
        raise Invalid(form.problems)
    return calls.caller_with_pasted_key(request, Key(form.cleaned_data["api_key"], source="pasted"))


def _summary(answer: Answer) -> str:
    works = _("The connection works: %(model)s answered in %(latency)s ms.")
    said = [works % {"model": answer.display_name, "latency": answer.latency_ms}]
    return " ".join(said + [notice["message"] for notice in answer.notices])
