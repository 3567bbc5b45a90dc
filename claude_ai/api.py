"""What all routes under `/api/claude/` have in common: errors, headers, and how a body is read."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import gettext as _

from claude_ai.error_pages import keep_values_out
from claude_ai.errors import AiDisabled, ClaudeError, Invalid, TooLarge
from contacts.http import is_fragment, json_error

View = Callable[..., HttpResponseBase]


def api(*methods: str, spends_tokens: bool = False) -> Callable[[View], View]:
    """The decorated view may raise; whoever asks gets the contract's error, as JSON or a fragment.

    One that `spends_tokens` refuses a GET that another site makes a browser send.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            keep_values_out(request)
            response = (
                _answer(view, request, *args, spends_tokens=spends_tokens, **kwargs)
                if request.method in methods
                else HttpResponseNotAllowed(methods)
            )
            add_never_cache_headers(response)
            patch_vary_headers(response, ["HX-Request", "Accept"])
            return response

        return wrapper

    return decorate


def _answer(view: View, request: HttpRequest, *args: Any, spends_tokens: bool, **kwargs: Any) -> HttpResponseBase:
    try:
        _check_allowed(request, spends_tokens=spends_tokens)
        return view(request, *args, **kwargs)
    except ClaudeError as error:
        return failure(request, error)
    except Http404:
        return _error(request, "not_found", _("There is nothing here."), status=404)
    except PermissionDenied:
        return _error(request, "forbidden", _("You may not do this."), status=403)


def _check_allowed(request: HttpRequest, *, spends_tokens: bool) -> None:
    if not settings.ENABLE_AI_FEATURES:
        raise AiDisabled
    # Other methods are guarded by their CSRF token.
    if spends_tokens and request.method == "GET" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise PermissionDenied


def failure(request: HttpRequest, error: ClaudeError) -> HttpResponse:
    said = error.as_dict()
    response = _error(request, said.pop("code"), said.pop("message"), status=error.status, **said)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


def _error(request: HttpRequest, code: str, message: str, *, status: int, **extra: Any) -> HttpResponse:
    if is_fragment(request):
        context = {"code": code, "message": message, **extra}
        return render(request, "claude_ai/_error.html", context, status=status)
    return json_error(code, message, status=status, **extra)


def is_form(request: HttpRequest) -> bool:
    return request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data")


def sent(request: HttpRequest) -> dict[str, Any]:
    """The fields of a JSON object or of a form; a form cannot leave out a field, so empty ones are."""
    if is_form(request):
        return {name: value for name, value in request.POST.items() if value}
    try:
        body = json.loads(request.body or b"{}")
    except RequestDataTooBig:
        raise TooLarge from None
    except ValueError:  # its text would quote the body
        raise Invalid from None
    if not isinstance(body, dict):
        raise Invalid
    return body
