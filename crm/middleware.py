"""What holds for every request, whichever view answers it."""

import re
from collections.abc import Callable
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.middleware import gzip, security
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from contacts.http import json_error
from contacts.models import Profile
from crm import views
from crm.body_limit import TOO_LARGE

LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


class SecurityMiddleware(security.SecurityMiddleware):
    """TLS everywhere but on loopback, where a browser on this machine talks to this machine.

    There no certificate can be had, nothing crosses a network, and a `Secure` cookie would
    be dropped by some browsers.
    """

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        if _is_loopback(request):
            return None
        return super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not request.is_secure() and _is_loopback(request):
            for cookie in response.cookies.values():
                cookie["secure"] = ""
        return super().process_response(request, response)


def _is_loopback(request: HttpRequest) -> bool:
    return re.sub(r":\d*$", "", request.META.get("HTTP_HOST", "")) in LOOPBACK


class CompressionMiddleware(gzip.GZipMiddleware):
    """Compresses pages and fragments, with Django's defence against BREACH.

    What streams passes as it is: the words of a conversation come one by one, and downloads are
    read as they are made.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class LoginRequiredMiddleware(auth.LoginRequiredMiddleware):
    """Every view needs a signed-in user unless it says `@login_not_required`.

    The API answers 401; a fragment's request sends the whole page to the login, or the login
    form would land in a panel. What was typed must not go with the page: one that sends a form stays.
    """

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponse:
        htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
        if htmx:
            sign_in = f"{resolve_url(settings.LOGIN_URL)}?next={quote(htmx.current_url_abs_path or '/')}"
            if request.method not in ("GET", "HEAD"):
                message = _(
                    "You are no longer signed in. Sign in, and then send it again: what you typed is still here."
                )
                return views.refused(request, message, status=401, sign_in=sign_in)
            response = HttpResponse(status=401)
            response["HX-Redirect"] = sign_in
            return response
        if request.path.startswith("/api/"):
            return json_error("not_authenticated", _("Please sign in first."), status=401)
        is_form = request.method not in ("GET", "HEAD")
        return redirect_to_login(_page_of_form(request) if is_form else request.get_full_path())


def _page_of_form(request: HttpRequest) -> str:
    """The page that a form was sent from; the address it was sent to may be none to come back to."""
    page = urlsplit(request.headers.get("Referer", ""))
    return page._replace(scheme="", netloc="").geturl() or "/"


class LocaleMiddleware:
    """The user's own language and time zone, else what the browser asks for."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        profile = Profile.of(request.user) if request.user.is_authenticated else None
        language = (profile and profile.language) or translation.get_language_from_request(request)
        zone = profile.zone if profile else timezone.get_default_timezone()
        with translation.override(language), timezone.override(zone):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            patch_vary_headers(response, ["Accept-Language"])
        return response


class BodyLimitMiddleware:
    """Answers a request of which `crm.body_limit` has kept the body from Django, or one that says that it is larger."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        announced = request.META.get("CONTENT_LENGTH") or ""
        is_too_large = announced.isdecimal() and int(announced) > settings.REQUEST_MAX_BYTES
        if is_too_large or getattr(request, "scope", {}).get(TOO_LARGE):
            return views.too_large(request)
        return self.get_response(request)
